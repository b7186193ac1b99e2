// The button that makes the document: how far each chapter is, where the files are, what they lack.

parts.make = (host, wire, state) => {
  let shown = {};
  let drawn = "";
  const bars = new Map();

  const words = { pdf: "PDF", html: "HTML" };
  const boxes = Object.entries(words).map(([kind, word]) => {
    const box = el("input", { type: "checkbox", name: kind, onchange: name });
    return { kind, box, label: el("label", {}, box, word) };
  });
  const button = el("button", { class: "bk-button bk-primary", onclick: make });
  const status = el("span", { class: "bk-status", role: "status" });
  const changed = el("div", { class: "bk-note", "data-kind": "amber", role: "status" });
  const steps = el("ul", { class: "bk-make-steps", "aria-label": "How far it is" });
  const result = el("div", {});
  host.append(el("div", { class: "bk-make-bar" }, button, ...boxes.map(({ label }) => label), status), changed, steps, result);

  const ticked = () => boxes.filter(({ box }) => box.checked).map(({ kind }) => kind);

  function name() {
    const kinds = ticked().map((kind) => words[kind]);
    const what = kinds.length > 1 ? "PDF and HTML" : kinds.length ? `the ${kinds[0]}` : "the document";
    button.textContent = shown.making ? "Making it …" : `Make ${what}${shown.files?.length ? " again" : ""}`;
    button.disabled = Boolean(shown.making) || !kinds.length;
    for (const { box } of boxes) box.disabled = Boolean(shown.making);
  }

  async function make() {
    button.disabled = true; // a second click does nothing
    status.textContent = "Starting …";
    try {
      await wire.ask("make", { kinds: ticked() }, { retry: false, patience: 30000 });
    } catch (error) {
      status.textContent = error.message;
      name();
    }
  }

  function step(title, at, of) {
    if (!bars.has(title)) {
      const bar = el("progress", { "aria-label": title });
      const row = el("li", {}, el("span", {}, title), bar);
      bars.set(title, { bar, row });
      steps.append(row);
    }
    const { bar, row } = bars.get(title);
    bar.max = of || 1;
    bar.value = at;
    row.toggleAttribute("data-done", at >= of);
    const done = [...bars.values()].filter((each) => each.row.hasAttribute("data-done")).length;
    status.textContent = `${done} of ${bars.size} parts are done. You can go on working.`;
  }

  function row(file) {
    const save = () => fileSaved(wire, { name: file.name }, file.type);
    const keep = el("button", { class: "bk-button bk-quiet", "aria-label": `Save ${file.name}`, onclick: save }, "Save a copy");
    const title = el("span", {}, el("a", { href: "#", role: "button", onclick: (event) => { event.preventDefault(); save(); } }, file.name));
    const address = resultAddress(wire, file.way);
    // Only what the server really gives becomes a link.
    if (address) {
      fetch(address, { method: "HEAD", cache: "no-store" }).then(({ ok }) => {
        if (!ok) return;
        const link = el("a", { href: `${address}?t=${file.stamp}`, target: "_blank", rel: "noopener" }, `Open ${file.name}`);
        title.replaceChildren(link);
      }, () => {});
    }
    return el("div", { class: "bk-make-file" }, title, el("span", {}, file.shown), el("span", { class: "bk-status" }, `made ${file.made}`), keep);
  }

  function lacks(title, sentences, more = "") {
    if (!sentences?.length) return [];
    return [el("div", { class: "bk-make-lacks" }, el("strong", {}, title), el("ul", {}, sentences.map((each) => el("li", {}, each))), more)];
  }

  function draw() {
    const files = shown.files ?? [];
    result.replaceChildren(
      ...(shown.said ? [el("div", { class: "bk-make-failed", role: "alert" }, shown.said)] : []),
      ...(files.length ? [el("div", { class: "bk-make-files" }, files.map(row))] : []),
      ...files.slice(0, 1).map((file) => el("div", { class: "bk-make-path" }, `In the folder ${file.path.replace(/[\\/][^\\/]*$/, "")}`)),
      ...lacks("What it lacks", shown.missing, shown.gaps),
      ...lacks("Good to know", shown.warnings),
    );
  }

  function update(next) {
    const begins = shown.making !== next.making;
    if (shown.kinds === undefined || begins) for (const { kind, box } of boxes) box.checked = (next.kinds ?? ["pdf"]).includes(kind);
    shown = next;
    if (begins) {
      bars.clear();
      steps.replaceChildren();
      status.textContent = next.making ? "Starting …" : "";
    }
    if (next.making) for (const [title, at, of] of next.steps ?? []) step(title, at, of);
    name();
    changed.textContent = next.changed && !next.making && next.files?.length ? "The design has changed since this document was made: make it again." : "";
    const text = JSON.stringify([next.said, next.files, next.missing, next.warnings, next.gaps]);
    if (text !== drawn) {
      drawn = text;
      draw();
    }
  }

  const off = wire.on("progress", ({ name: title, step: at, steps: of }) => { if (shown.making) step(title, at, of); });
  update(state);
  return { update, dispose: off };
};
