// What could go wrong where, and place by place what is not written yet: one button takes it into the design.

parts.threats = (host, wire, state) => {
  const table = el("div", { class: "bk-follow" });
  const place = el("select", { class: "bk-input", "aria-label": "Element or flow", onchange: () => ask() });
  const status = el("span", { class: "bk-status" });
  const list = el("ul", { class: "bk-threats-list" });
  const panel = el("div", { class: "bk-threats" }, el("div", { class: "bk-threats-bar" }, el("label", {}, "Not written yet: ", place), status), list);
  const tables = parts.follow(table, wire, state);
  host.append(panel, table);
  const stop = wire.onStatus(({ text, state: kind }) => { status.textContent = text; status.dataset.state = kind ?? ""; });

  function update({ places = [] }) {
    const was = place.value;
    place.replaceChildren(...places.map(({ at, name }) => el("option", { value: at }, name)));
    if (places.some(({ at }) => at === was)) place.value = was;
    panel.hidden = !places.length;
    if (places.length) ask();
  }

  async function ask() {
    const at = place.value;
    const { todo } = await wire.ask("todo", { at }).catch((error) => (wire.say(error.message), { todo: [] }));
    if (at !== place.value) return;
    const focused = [...list.querySelectorAll("button")].indexOf(document.activeElement);
    list.replaceChildren(...todo.map(line));
    if (focused >= 0) ([...list.querySelectorAll("button")].slice(0, focused + 1).pop() ?? place).focus();
  }

  function line({ kind, state: is, record }) {
    const word = is === "proposed" ? "Accept" : "Write it down";
    const button = el("button", { class: "bk-button", type: "button", "aria-label": `${word}: ${kind}`, onclick: () => take(button, record) }, word);
    const done = record.control ?? "Nothing answers it yet: say under threats what is done.";
    return el("li", {}, el("span", { class: "bk-chip", "data-is": is }, is), el("div", { class: "bk-threats-text" }, el("strong", {}, `${kind}. `), record.threat, el("div", { class: "bk-threats-done" }, done, ...(record.tests?.length ? [` Tried by ${record.tests.join(", ")}.`] : []))), button);
  }

  async function take(button, record) {
    if (button.ariaDisabled) return; // it keeps the focus meanwhile
    button.ariaDisabled = "true";
    const answer = await wire.save([{ insert: { at: "", field: "security.threats", record } }], { label: `a threat at ${record.at}` });
    if (!answer.ok) { button.ariaDisabled = null; wire.say(answer.refused?.[0]?.message ?? "It was not saved: somebody else wrote there."); }
  }

  update(state);
  return { update(next) { tables.update(next); update(next); }, dispose: stop };
};
