// The phases as cards: number, title, minutes, and how far each is.

parts.board = (host, wire, state) => {
  const list = el("ol", { class: "bk-phases", "aria-label": "Phases" });
  let drawn = "";
  const update = ({ phases = [] }) => {
    const text = JSON.stringify(phases);
    if (text === drawn) return;
    drawn = text;
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.file : "";
    list.replaceChildren(...phases.map(card));
    if (focused) list.querySelector(`[data-file="${CSS.escape(focused)}"]`)?.focus();
  };
  const card = (phase) => el("li", {}, notebookLink(wire, phase.file, { class: "bk-phase", "data-kind": phase.kind, "data-file": phase.file },
    el("span", { class: "bk-phase-number", "aria-hidden": "true" }, phase.number),
    el("span", { class: "bk-phase-title" }, phase.title),
    el("span", { class: "bk-phase-minutes" }, `${phase.minutes} min`),
    el("span", { class: "bk-phase-state" }, phase.state || (phase.chapter ? "" : "what you hand over")),
  ));
  host.append(list);
  update(state);
  return { update };
};
