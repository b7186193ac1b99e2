// Decisions: options as columns, criteria as rows with a slider for the weight, scores, the sums, who wins and what
// would flip it. Everything moves while somebody drags; it is saved when the pointer is let go, or 300 ms after a key.

const PAUSE = 300;

parts.weigh = (host, wire, first) => {
  let base = first; // as it is saved
  let shown = first; // with what waits and what is being typed laid over it
  const drafts = new Map(); // at + field -> what is being typed or dragged
  const steps = { done: [], undone: [] };
  const cards = new Map();
  const open = new Map();

  const status = el("span", { class: "bk-status" });
  const heard = el("div", { class: "bk-visually-hidden", role: "status" });
  const undo = el("button", { class: "bk-button", onclick: () => back("done", "undone") }, "Undo");
  const redo = el("button", { class: "bk-button", onclick: () => back("undone", "done") }, "Redo");
  const held = el("div");
  const list = el("div");
  const empty = el("p", { class: "bk-weigh-empty" });
  const asking = asked((title) => begin(title));
  host.append(el("div", { class: "bk-weigh-bar" }, asking.node, undo, redo, status), held, empty, list, heard);
  const say = (text) => { heard.textContent = text; };

  // --- what is shown -----------------------------------------------------------------------------------------

  const refresh = () => {
    shown = structuredClone(base);
    for (const item of wire.pending()) if (!item.state) change(shown, item.changes);
    for (const { at, field, value } of drafts.values()) change(shown, [{ set: { at, field, value } }]);
    draw();
  };

  const draw = () => {
    const gone = new Set(cards.keys());
    const nodes = shown.decisions.map((decision, n) => {
      gone.delete(decision.at);
      if (!open.has(decision.at)) open.set(decision.at, n === 0);
      const form = JSON.stringify([decision.criteria.map((one) => one.at), decision.options.map((one) => one.at)]);
      let card = cards.get(decision.at);
      if (!card || card.form !== form) {
        const focus = card && spot(card.node);
        const fresh = cardOf(decision, tools);
        for (const line of card?.node.querySelectorAll("[data-spot^='add ']") ?? []) named(fresh.node, line.dataset.spot).value = line.value;
        card?.node.replaceWith(fresh.node);
        cards.set(decision.at, (card = { ...fresh, form }));
        if (focus) find(card.node, focus);
      }
      card.update(decision, open.get(decision.at));
      return card.node;
    });
    for (const at of gone) cards.delete(at);
    if (nodes.length !== list.children.length || nodes.some((node, n) => node !== list.children[n])) list.replaceChildren(...nodes);
    empty.hidden = nodes.length > 0;
    empty.textContent = shown.where === "environment" ? "No question about tools is asked yet: put one to the team above."
      : shown.where ? `There is no decision ${shown.where} in the design (any more).`
      : "No decision is written down yet. Begin with a question that somebody may ask again in two years: Which database? One program or several?";
    asking.node.hidden = Boolean(shown.where);
    undo.disabled = !steps.done.length;
    redo.disabled = !steps.undone.length;
  };

  const spot = (node) => {
    const active = node.getRootNode().activeElement;
    return node.contains(active) ? active.dataset.spot : "";
  };
  const named = (node, name) => [...node.querySelectorAll("[data-spot]")].find((one) => one.dataset.spot === name);
  const find = (node, name) => named(node, name)?.focus();

  // --- what is changed ---------------------------------------------------------------------------------------

  /** Save a step; `step` knows how to take it back. */
  const save = (changes, label, step) => {
    if (!changes.length) return;
    if (step) {
      const last = steps.done.at(-1);
      if (last && step.key && last.key === step.key && Date.now() - last.time < 2000) {
        Object.assign(last, { after: step.after, time: Date.now() });
      } else steps.done.push({ ...step, time: Date.now() });
      steps.undone.length = 0;
    }
    wire.save(changes, { label }).then((answer) => {
      if (answer.ok) {
        change(base, changes.map((one) => renumbered(one, answer.ids ?? {})));
        step?.took?.(answer.ids ?? {});
      }
      refresh();
      trouble();
    });
    refresh();
  };

  /** One field is being typed or dragged. */
  const draft = (at, field, value, label) => {
    const key = `${at}\n${field}`;
    const known = drafts.get(key);
    drafts.set(key, { at, field, value, label, was: known ? known.was : valueAt(shown, at, field) });
    refresh();
  };

  const flush = (at, field) => {
    const key = `${at}\n${field}`;
    const { value, was, label } = drafts.get(key) ?? {};
    if (!drafts.delete(key) || value === was) return;
    save([{ set: { at, field, value, was } }], label, {
      key, before: was, after: value,
      undo() { return [{ set: { at, field, value: this.before, was: this.after } }]; },
      redo() { return [{ set: { at, field, value: this.after, was: this.before } }]; },
    });
    const decision = shown.decisions.find((one) => at === one.at || at.startsWith(`${one.at}.`));
    if (decision) { const { verdict, flip } = parts.decide(decision); say(`${verdict} ${flip}`); }
  };

  const back = (from, to) => {
    for (const { at, field } of [...drafts.values()]) flush(at, field);
    const step = steps[from].pop();
    if (!step) return;
    steps[to].push({ ...step, time: 0 });
    save(from === "done" ? step.undo() : step.redo(), step.label ?? "a step");
    say(from === "done" ? "Undone." : "Done again.");
  };

  const add = (decision, list, name) => {
    const id = freeId(name, decision[list]);
    const record = { id, name };
    const insert = () => [{ insert: { at: decision.at, field: list, record } }];
    save(insert(), `“${name}”`, { undo: () => removal(`${decision.at}.${record.id}`), redo: insert, took: (ids) => recalled(record, ids) });
    say(`${name} is added.`);
  };

  /** The changes that take away a criterion or an option, with what speaks of it. */
  const removal = (at) => {
    const decision = shown.decisions.find((one) => [...one.criteria, ...one.options].some((each) => each.at === at));
    if (!decision) return [];
    const criterion = decision.criteria.find((one) => one.at === at);
    const option = decision.options.find((one) => one.at === at);
    const scores = criterion ? decision.options.flatMap((one) => scoreChange(one, criterion.id, null)) : [];
    const chosen = option && option.id && option.id === decision.chosen ? [{ set: { at: decision.at, field: "chosen", value: null, was: option.id } }] : [];
    return [...scores, ...chosen, { delete: { at, was: whole(criterion ?? option) } }];
  };

  const remove = (decision, list, one) => {
    const changes = removal(one.at);
    const beside = decision[list];
    const before = beside[beside.indexOf(one) + 1]?.at ?? null;
    const record = whole(one);
    const sets = changes.filter((each) => each.set).map(({ set }) => ({ set: { ...set, value: set.was, was: set.value } }));
    const insert = [{ insert: { at: decision.at, field: list, record, before } }, ...sets];
    save(changes, `“${one.name || one.id}”`, { undo: () => insert, redo: () => removal(one.at) });
    say(`${one.name || one.id} is deleted. Undo brings it back.`);
    find(cards.get(decision.at).node, `add ${list}`);
  };

  const begin = (title) => {
    const record = { id: shown.next, title, status: "proposed" };
    open.set(record.id, true);
    const insert = () => [{ insert: { at: "", field: "architecture.decisions", record } }];
    save(insert(), `“${title}”`, { undo: () => [{ delete: { at: record.id, was: record } }], redo: insert, took: (ids) => recalled(record, ids) });
    if (cards.has(record.id)) find(cards.get(record.id).node, "add options");
  };

  const toggle = (at) => { open.set(at, !open.get(at)); draw(); };
  const tools = { draft, flush, add, remove, toggle, statuses: first.statuses };

  // --- what could not be saved -------------------------------------------------------------------------------

  const trouble = () => {
    const mine = (change_) => Object.values(change_).some(({ at, field }) => field === "architecture.decisions" || base.decisions.some((one) => at === one.at || at?.startsWith(`${one.at}.`)));
    const items = wire.pending().filter((item) => item.state && item.changes.some(mine));
    held.replaceChildren(...items.map((item) => {
      const drop = () => { wire.drop(item.id); refresh(); trouble(); };
      if (item.state === "refused") {
        const why = item.answer.refused.map((one) => one.message).join(" ");
        return el("div", { class: "bk-note", "data-kind": "amber", role: "alert" }, `Not saved (${item.label}): ${why} `, el("button", { class: "bk-button", onclick: drop }, "Leave it"));
      }
      const kept = item.answer.conflict.find(({ n }) => !item.changes[n].set);
      if (kept) return el("div", { class: "bk-note", "data-kind": "amber", role: "alert" }, `${kept.at} was changed by somebody else meanwhile, and stays. `, el("button", { class: "bk-button", onclick: drop }, "Leave it"));
      const [{ theirs }] = item.answer.conflict;
      const force = () => {
        const changes = structuredClone(item.changes);
        for (const one of item.answer.conflict) changes[one.n].set.was = one.theirs;
        wire.drop(item.id);
        save(changes, item.label);
      };
      return el("div", { class: "bk-note", "data-kind": "amber", role: "alert" },
        `${item.label}: somebody else ${theirs === null ? "emptied it" : `wrote “${theirs}”`} meanwhile. `,
        el("button", { class: "bk-button", onclick: drop }, "Keep theirs"), " ", el("button", { class: "bk-button", onclick: force }, "Take mine"));
    }));
  };

  host.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || !"zy".includes(event.key.toLowerCase())) return;
    if (event.target.matches("textarea, input:not([type=range]):not([type=number])")) return; // the browser undoes typing
    event.preventDefault();
    if (event.key.toLowerCase() === "y" || event.shiftKey) back("undone", "done");
    else back("done", "undone");
  });

  const stops = [
    wire.onStatus(({ state, text }) => {
      status.dataset.state = state;
      status.textContent = text;
      trouble();
    }),
    wire.onShow(({ at }) => {
      const decision = shown.decisions.find((one) => one.at === at || at?.startsWith(`${one.at}.`));
      if (!decision) return false;
      open.set(decision.at, true);
      draw();
      const { node } = cards.get(decision.at);
      node.scrollIntoView({ block: "nearest" });
      node.classList.add("bk-weigh-shown");
      setTimeout(() => node.classList.remove("bk-weigh-shown"), 1500);
      return true;
    }),
  ];
  refresh();
  return {
    update: (state) => { base = structuredClone(state); refresh(); },
    dispose: () => {
      for (const { at, field } of [...drafts.values()]) flush(at, field);
      for (const stop of stops) stop();
    },
  };
};

/** The button for a new decision, and the line for its question. */
function asked(begin) {
  const line = el("input", { class: "bk-input", "aria-label": "Question to decide", placeholder: "Which question has to be decided?", size: 38 });
  const go = () => {
    const title = line.value.trim();
    if (!title) { line.focus(); return; }
    line.value = "";
    form.hidden = true;
    begin(title);
  };
  const form = el("span", { class: "bk-weigh-asked", hidden: true }, line, el("button", { class: "bk-button", onclick: go }, "Add"));
  const button = el("button", { class: "bk-button bk-primary", onclick: () => { form.hidden = !form.hidden; if (!form.hidden) line.focus(); } }, "New decision");
  line.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go();
    if (event.key === "Escape") { form.hidden = true; button.focus(); }
  });
  return { node: el("span", { class: "bk-weigh-new" }, button, form) };
}
