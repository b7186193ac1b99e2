// The parking lot: what nobody can answer now becomes an open question of the design, and the talk goes on.

parts.parking = (host, wire, state) => {
  const input = el("input", { class: "bk-input bk-park-input", placeholder: "What nobody can answer now", "aria-label": "What nobody can answer now", autocomplete: "off" });
  const add = el("button", { class: "bk-button" }, "Write it down");
  const list = el("ul", { class: "bk-questions" });
  const answered = el("p", { class: "bk-muted" });
  const people = el("datalist", { id: unique() });
  const rows = new Map(); // address -> {node, update, dispose}
  const draft = `backendkit/parking/${wire.design}/${state.phase?.name ?? ""}`; // half a question, until it is parked
  let questions = [];

  /** Questions that are in the outbox, not yet in the design. */
  const waiting = () => wire.pending().flatMap(({ changes, state: held, answer, id }) => changes
    .filter(({ insert }) => insert?.field === "requirements.questions")
    .map(({ insert }) => ({ ...insert.record, held, message: answer?.refused?.[0]?.message, step: id })))
    .filter(({ id }) => !questions.some((one) => one.id === id));
  const next = () => {
    const known = [...questions, ...waiting()].map(({ id }) => id?.match(/^(\D*)(\d+)$/)).filter(Boolean);
    const stem = known.at(-1)?.[1] ?? "OQ";
    return `${stem}${1 + Math.max(0, ...known.filter((one) => one[1] === stem).map((one) => Number(one[2])))}`;
  };
  const park = () => {
    const text = input.value.trim();
    if (!text) return input.focus();
    const id = next();
    input.value = "";
    storage.removeItem(draft);
    input.focus();
    wire.save([{ insert: { at: "", field: "requirements.questions", record: { id, text } } }], { label: `question ${id}` });
    draw();
  };
  add.addEventListener("click", park);
  input.value = storage.getItem(draft) ?? "";
  input.addEventListener("input", () => keepText(storage, draft, input.value));
  input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); park(); } });

  const row = (one) => {
    const asks = el("input", { class: "bk-input", list: people.id, placeholder: "who can answer", "aria-label": `Who can answer: ${one.text}`, autocomplete: "off" });
    const by = el("input", { class: "bk-input", type: "date", "aria-label": `Needed by: ${one.text}` });
    const answer = el("input", { class: "bk-input bk-answer", placeholder: "The answer", "aria-label": `Answer: ${one.text}`, autocomplete: "off", hidden: true });
    const fields = { asks: keep(wire, asks, { at: one.at, field: "asks" }), by: keep(wire, by, { at: one.at, field: "by" }) };
    const solved = keep(wire, answer, { at: one.at, field: "answer" });
    const text = el("span", { class: "bk-question" });
    const node = el("li", {}, text, asks, by,
      el("button", { class: "bk-button bk-quiet", onclick: () => { answer.hidden = false; answer.focus(); } }, "Answer"),
      el("button", { class: "bk-button bk-quiet", "aria-label": `Show ${one.id || one.text} in its list`, onclick: () => wire.show({ at: one.at }) }, "Show"),
      answer, fields.asks.node, fields.by.node, solved.node);
    return {
      node,
      update(fresh) {
        text.replaceChildren(el("b", {}, fresh.id), " ", fresh.text);
        fields.asks.update(fresh.asks || null);
        fields.by.update(fresh.by || null);
        solved.update(fresh.answer || null);
      },
      busy: () => node.contains(document.activeElement) || wire.pending().some(({ changes }) => changes.some(({ set }) => set?.at === one.at)),
      dispose() { for (const kept of [fields.asks, fields.by, solved]) kept.dispose(); },
    };
  };
  const listeners = new Set();
  const draw = () => {
    // A question that was answered stays while somebody is in its line, or while something of it is not saved.
    const open = questions.filter((one) => !one.answer || rows.get(one.at)?.busy());
    const extra = waiting();
    for (const [at, gone] of rows) if (!open.some((one) => one.at === at)) { gone.dispose(); gone.node.remove(); rows.delete(at); }
    for (const one of open) {
      if (!rows.has(one.at)) rows.set(one.at, row(one));
      rows.get(one.at).update(one);
    }
    const nodes = [
      ...open.map((one) => rows.get(one.at).node),
      ...extra.map((one) => el("li", { class: "bk-waiting" }, el("span", { class: "bk-question" }, el("b", {}, one.id), " ", one.text),
        one.held ? el("span", { class: "bk-error" }, one.message ?? "Not saved.") : null,
        one.held ? el("button", { class: "bk-button bk-quiet", onclick: () => { wire.drop(one.step); draw(); } }, "Drop it") : null)),
    ];
    if (nodes.length !== list.children.length || nodes.some((node, n) => list.children[n] !== node)) list.replaceChildren(...nodes);
    const done = questions.filter((one) => one.answer).length;
    answered.replaceChildren(done ? `${done} answered. ` : "", nodes.length ? "" : "No open question.");
    for (const listener of listeners) listener(open.filter((one) => !one.answer).length + extra.length);
  };
  const update = (fresh) => {
    questions = fresh.questions ?? [];
    people.replaceChildren(...(fresh.people ?? []).map((one) => el("option", { value: one.id }, one.name)));
    draw();
  };
  host.append(el("div", { class: "bk-inline" }, input, add), list, answered, people);
  const stop = wire.onStatus(() => draw());
  list.addEventListener("focusout", () => setTimeout(draw, 200));
  update(state);
  return {
    update,
    onCount: (listener) => { listeners.add(listener); draw(); },
    focus: () => input.focus(),
    dispose() {
      stop();
      for (const one of rows.values()) one.dispose();
    },
  };
};
