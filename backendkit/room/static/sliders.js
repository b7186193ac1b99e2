// Sliders with numbers beside them. A general part: weights, load profiles, capacity.
//
//   const shown = parts.sliders(host, wire, { rows }, { moved, saved });
//   rows: [{ key, label, value, min, max, step, unit, marks, at, field }]
//     marks: [{ value, label }] points on the line worth knowing, said below it.
//     at, field: where the number lives in the design. Such a row saves itself, unless `saved` is given.
//   moved(key, value): at every movement, many times a second. saved(key, value): when the pointer is let go, 300 ms
//   after the last key, or when the field is left.
//   shown.update({ rows }) takes new values, and leaves alone what somebody is moving.
//
// `parts.sliders.one(row, { moved, saved })` gives { node, update(row) } to put into a table of one's own.

parts.sliders = (host, wire, state, { moved = () => {}, saved } = {}) => {
  const shown = new Map();
  const given = new Map();
  const keep = (key, value) => {
    const { at, field, value: was } = given.get(key);
    given.set(key, { ...given.get(key), value });
    if (saved) saved(key, value);
    else if (field) wire.save([{ set: { at: at ?? "", field, value, was } }], { label: "a number" });
  };
  const update = ({ rows }) => {
    for (const row of rows) {
      given.set(row.key, row);
      if (shown.has(row.key)) shown.get(row.key).update(row);
      else shown.set(row.key, parts.sliders.one(row, { moved: (value) => moved(row.key, value), saved: (value) => keep(row.key, value) }));
    }
    for (const key of [...shown.keys()]) if (!rows.some((row) => row.key === key)) shown.delete(key);
    const nodes = rows.map((row) => shown.get(row.key).labelled);
    if (nodes.length !== host.children.length || nodes.some((node, n) => node !== host.children[n])) host.replaceChildren(...nodes);
  };
  update(state);
  return { update, dispose: () => { for (const one of shown.values()) one.flush(); } };
};

/** One slider and its number. */
parts.sliders.one = (row, { moved = () => {}, saved = () => {} } = {}) => {
  let held = false; // the pointer is down
  let timer = null;
  let value = row.value;
  const line = el("input", { type: "range", class: "bk-slider-line" });
  const box = el("input", { type: "number", class: "bk-input bk-slider-number", min: row.min, step: "any", inputmode: "decimal" });
  const unit = el("span", { class: "bk-slider-unit" });
  const ticks = el("span", { class: "bk-slider-ticks", "aria-hidden": "true" });
  const said = el("span", { class: "bk-slider-said" });
  const name = el("span", { class: "bk-slider-name" });
  const node = el("div", { class: "bk-slider" }, el("span", { class: "bk-slider-track" }, line, ticks), box, unit, said);
  const labelled = el("div", { class: "bk-slider-row" }, name, node);

  const flush = () => {
    clearTimeout(timer);
    if (timer !== null) { timer = null; saved(value); }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (!held) flush(); }, 300);
  };
  const move = (next, other) => {
    value = next;
    if (other) other.value = next;
    fill();
    moved(next);
    soon();
  };
  const fill = () => line.style.setProperty("--part", `${100 * place(value)}%`);
  const place = (at) => Math.min(1, Math.max(0, (at - line.min) / (line.max - line.min || 1)));

  line.addEventListener("input", () => move(Number(line.value), box));
  line.addEventListener("pointerdown", () => { held = true; });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture", "change"]) {
    line.addEventListener(end, () => { const was = held; held = false; if (was) flush(); });
  }
  box.addEventListener("input", () => {
    const next = box.valueAsNumber;
    const bad = Number.isNaN(next) || next < row.min;
    box.setAttribute("aria-invalid", String(bad));
    if (!bad) { stretch(next); move(next, line); }
  });
  box.addEventListener("blur", () => { flush(); box.value = value; box.removeAttribute("aria-invalid"); });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") flush(); });
  line.addEventListener("blur", flush);

  const stretch = (most) => { line.max = Math.max(row.max, most); };
  const update = (next) => {
    row = next;
    line.min = row.min;
    stretch(Number(row.value));
    line.step = row.step ?? "any";
    box.setAttribute("aria-label", `${row.label}, as a number`);
    line.setAttribute("aria-label", row.label);
    name.textContent = row.label;
    unit.textContent = row.unit ?? "";
    unit.hidden = !row.unit;
    if (timer === null && !held) {
      value = row.value;
      line.value = value;
      if (node.getRootNode().activeElement !== box || box.valueAsNumber !== value) box.value = value;
    }
    const marks = row.marks ?? [];
    ticks.replaceChildren(...marks.filter((mark) => mark.value <= line.max).map((mark) => el("i", { style: `--at:${place(mark.value)}` })));
    said.textContent = marks.map((mark) => mark.label).filter(Boolean).join("; ");
    said.hidden = !said.textContent;
    fill();
  };
  update(row);
  return { node, labelled, update, flush };
};
