// Dot votes: a name, some dots, plus and minus at every line. Sums are hidden until somebody asks for them.

const VOTER = "backendkit/voter";

parts.votes = (host, wire, first) => {
  let base = first; // as it is saved
  let shown = first; // with what waits laid over it
  let voter = "";
  let results = false;
  const rows = new Map();

  const asks = el("input", { class: "bk-input", "aria-label": "Your name", placeholder: "Your name", maxlength: 40, autocomplete: "off" });
  const go = el("button", { class: "bk-button bk-primary", onclick: () => begin(asks.value) }, "Vote");
  const hint = el("span", { class: "bk-votes-hint" });
  const entrance = el("span", { class: "bk-votes-who" }, asks, go, hint);
  const left = el("span", { class: "bk-votes-left", role: "status" });
  const who = el("strong");
  const next = el("button", { class: "bk-button", onclick: () => another() }, "Next person");
  const booth = el("span", { class: "bk-votes-who" }, who, left, next);
  const show = el("button", { class: "bk-button", onclick: () => { results = !results; draw(); } });
  const status = el("span", { class: "bk-status" });
  const note = el("div", { class: "bk-note", "data-kind": "amber", role: "alert" });
  const list = el("ul", { class: "bk-votes-list" });
  const empty = el("p", { class: "bk-votes-empty" });
  const which = el("select", { class: "bk-input", "aria-label": "Which decision", hidden: true, onchange: () => wire.ask("decision", { id: which.value }).catch((error) => wire.say(error.message)) });
  host.append(which, el("div", { class: "bk-votes-bar" }, entrance, booth, show, status), note, empty, list);

  const own = (line) => line.votes[voter] ?? 0;
  const total = (line) => Object.values(line.votes).reduce((sum, dots) => sum + dots, 0);
  const free = () => shown.dots - shown.lines.reduce((sum, line) => sum + own(line), 0);

  const refresh = () => {
    shown = structuredClone(base);
    for (const item of wire.pending()) if (!item.state) lay(shown, item.changes);
    draw();
  };

  const lay = (state, changes) => {
    for (const { set } of changes) {
      const line = set?.field.startsWith("votes.") && state.lines.find((one) => one.at === set.at);
      if (line) line.votes[set.field.slice(6)] = set.value ?? 0;
    }
  };

  const put = (at, more) => {
    const line = shown.lines.find((one) => one.at === at);
    const was = own(line);
    const value = was + more;
    if (!voter || value < 0 || (more > 0 && free() <= 0)) return;
    note.textContent = "";
    const set = { at, field: `votes.${voter}`, value: value || null, was: was || null };
    wire.save([{ set }], { label: `dots of ${voter}` }).then((answer) => {
      if (answer.ok) lay(base, [{ set }]);
      else refuse(answer, line.id);
      refresh();
    });
    refresh();
  };

  /** Another page, or the model, had another opinion: what is saved counts. */
  const refuse = ({ conflict, refused }, id) => {
    for (const item of wire.pending()) {
      if (item.state && item.changes.every(({ set }) => set?.field.startsWith("votes."))) wire.drop(item.id);
    }
    if (conflict) {
      base = structuredClone(base);
      lay(base, conflict.map(({ at, field, theirs }) => ({ set: { at, field, value: theirs } })));
      note.textContent = `${voter} votes on another page, too: ${id} has ${conflict[0].theirs ?? 0} of these dots now.`;
    } else note.textContent = `Not saved: ${refused.map((one) => one.message).join(" ")}`;
  };

  const begin = (text) => {
    const plain = named(text);
    if (!plain) { hint.textContent = "Type your name first."; asks.focus(); return; }
    const known = new Set(shown.lines.flatMap((line) => Object.keys(line.votes)));
    voter = [...known].find((name) => name.toLowerCase() === plain.toLowerCase() && !name.includes(".")) ?? plain;
    keepText(storage, VOTER, voter);
    results = false;
    draw();
    list.querySelector("button:not(:disabled)")?.focus();
  };

  const another = () => {
    voter = "";
    asks.value = hint.textContent = "";
    results = false;
    storage.removeItem(VOTER);
    draw();
    asks.focus();
  };

  const row = (line) => {
    const text = el("span", { class: "bk-votes-text" });
    const less = el("button", { class: "bk-button", onclick: () => put(line.at, -1) }, "−");
    const more = el("button", { class: "bk-button", onclick: () => put(line.at, 1) }, "+");
    const dots = el("span", { class: "bk-votes-dots" });
    const bar = el("span", { class: "bk-votes-fill" });
    const sum = el("span", { class: "bk-votes-sum" });
    const hand = el("span", { class: "bk-votes-hand" }, less, dots, more);
    const result = el("span", { class: "bk-votes-result" }, el("span", { class: "bk-votes-line", "aria-hidden": "true" }, bar), sum);
    const node = el("li", {}, el("span", { class: "bk-votes-id" }, line.id), text, hand, result);
    const update = (now, most) => {
      const mine = own(now);
      text.textContent = now.text;
      hand.hidden = results || !voter;
      result.hidden = !results;
      dots.textContent = mine ? (mine > 8 ? `${mine} ●` : "●".repeat(mine)) : "";
      dots.setAttribute("aria-label", `${mine} ${mine === 1 ? "dot" : "dots"}`);
      dots.setAttribute("role", "img");
      less.setAttribute("aria-label", `One dot less for ${now.id}`);
      more.setAttribute("aria-label", `One dot more for ${now.id}`);
      // A button that has the focus and is switched off would lose it.
      less.setAttribute("aria-disabled", String(mine === 0));
      more.setAttribute("aria-disabled", String(free() <= 0));
      const people = Object.values(now.votes).filter(Boolean).length;
      sum.textContent = total(now) ? `${total(now)} from ${people} ${people === 1 ? "person" : "people"}` : "0";
      bar.style.width = `${most ? (100 * total(now)) / most : 0}%`;
    };
    return { node, update };
  };

  const choices = ({ decisions = [], decision }) => {
    which.hidden = !decisions.length;
    const text = JSON.stringify(decisions);
    if (which.dataset.shown !== text) which.replaceChildren(...decisions.map(({ id, name }) => el("option", { value: id }, name)));
    which.dataset.shown = text;
    which.value = decision ?? "";
  };

  const draw = () => {
    choices(shown);
    entrance.hidden = Boolean(voter) || !shown.lines.length;
    booth.hidden = !voter;
    who.textContent = voter;
    const rest = free();
    left.textContent = rest < 0 ? `${-rest} too many: take some away` : `${"●".repeat(rest)}${"○".repeat(Math.max(0, shown.dots - rest))} ${rest} of ${shown.dots} dots left`;
    show.textContent = results ? (voter ? "Back to voting" : "Hide results") : "Show results";
    show.hidden = !shown.lines.length;
    show.setAttribute("aria-pressed", String(results));
    empty.hidden = shown.lines.length > 0;
    empty.textContent = `${shown.caption}: there is nothing to vote on yet.`;
    const most = Math.max(0, ...shown.lines.map(total));
    const order = results ? [...shown.lines].sort((one, other) => total(other) - total(one)) : shown.lines;
    for (const at of [...rows.keys()]) if (!order.some((line) => line.at === at)) rows.delete(at);
    const nodes = order.map((line) => {
      if (!rows.has(line.at)) rows.set(line.at, row(line));
      rows.get(line.at).update(line, most);
      return rows.get(line.at).node;
    });
    if (nodes.length !== list.children.length || nodes.some((node, n) => node !== list.children[n])) list.replaceChildren(...nodes);
    list.setAttribute("aria-label", results ? `${shown.caption}: results, the most dots first` : shown.caption);
  };

  asks.addEventListener("keydown", (event) => { if (event.key === "Enter") begin(asks.value); });
  asks.addEventListener("input", () => {
    hint.textContent = asks.value.includes(".") ? `A name has no dot here: “${named(asks.value)}”.` : "";
  });
  const stop = wire.onStatus(({ state, text }) => {
    status.dataset.state = state;
    status.textContent = text;
  });
  voter = named(storage.getItem(VOTER) ?? "");
  refresh();
  return {
    update: (state) => { base = structuredClone(state); refresh(); },
    dispose: stop,
  };
};

/** A name as it is written in the design: one line, no dot, for a dot leads into a field. */
function named(text) {
  return text.normalize("NFC").replace(/[.\s\u0000-\u001f\u007f]+/g, " ").trim().slice(0, 40);
}
