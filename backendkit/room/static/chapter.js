// The fields of a chapter: a label, a field that saves itself, what the model or other people make of it.

parts.chapter = (host, wire, state) => {
  const kept = new Map();
  const grows = [];
  const control = (column, id) => {
    const named = { id, title: column.help };
    if (column.kind === "choice") return el("select", { ...named, class: "bk-input" }, el("option", { value: "" }, "not said yet"), column.words.map((word) => el("option", { value: word }, word)));
    if (column.kind === "text" || column.kind === "lines") return el("textarea", { ...named, class: "bk-input", rows: 1, dir: "auto", spellcheck: "true" });
    return el("input", { ...named, class: "bk-input", dir: "auto", autocomplete: "off", inputmode: ["whole", "number"].includes(column.kind) ? "numeric" : null });
  };
  const line = (column) => {
    const name = `${state.chapter}.${column.name}`;
    const id = unique();
    const input = control(column, id);
    const field = keep(wire, input, { at: "", field: name, saved: state.values[name], label: column.heading, from: (text) => cellValue(column, text), to: (value) => cellText(column, value) });
    kept.set(name, field);
    if (input.tagName === "TEXTAREA") grows.push(grow(input));
    return el("div", { class: "bk-chapter-line", "data-kind": column.kind }, el("label", { for: id }, column.heading), el("div", {}, input, field.node));
  };
  host.append(...state.fields.map(line));
  return {
    update({ values }) { for (const [name, field] of kept) field.update(values[name] ?? null); },
    dispose() { for (const one of [...kept.values(), ...grows]) (one.dispose ?? one.stop)(); },
  };
};
