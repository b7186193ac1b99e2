// The start page: the design everybody works on, the others there are, its phases, and the paths.

parts.start = (host, first, state) => {
  let wire = first;
  const status = el("span", { class: "bk-status", role: "status" });
  const news = el("div", { class: "bk-news", role: "status", hidden: true });
  const about = el("section", { class: "bk-about", "aria-label": "The design" });
  const others = el("section", { class: "bk-others", "aria-label": "Which design" });
  const boardHost = el("div");
  const pathsHost = el("div");
  const board = parts.board(boardHost, wire, state);
  const paths = parts.paths(pathsHost, wire, state);
  let shown = null; // the fields of the design that is shown

  host.append(
    el("div", { class: "bk-start-head" }, about, others), news,
    el("h2", {}, "The phases"), boardHost,
    el("h2", {}, "A path for the time you have"), pathsHost,
  );

  /** Another design: another outbox, so that no edit ever goes to the wrong one. */
  const turn = () => {
    if (wire.design === wire.model.get("design")) return;
    shown?.dispose();
    shown = null;
    const next = new Wire(wire.model, host);
    if (wire === first) wire.outbox.wires.delete(wire);
    else wire.detach();
    wire = next;
    first.design = next.design;
  };
  const taken = (answer, say) => {
    turn();
    update(answer.state);
    tell(el("b", {}, say), ...onward(answer.state.phases));
  };
  const onward = (phases) => {
    const next = ["blank", "open", "holds"].map((kind) => phases.find((phase) => phase.kind === kind)).find(Boolean);
    return [
      "A notebook that is open already still shows the design before: run it again there (Run, Run All Cells).",
      ...(next ? [el("span", {}, "Go on with ", notebookLink(wire, next.file, {}, next.title), ".")] : []),
    ];
  };
  const chooser = startChooser(first, others, taken);

  const update = (fresh) => {
    state = fresh;
    turn();
    shown ??= startAbout(wire, about, status);
    shown.update(fresh);
    chooser.update(fresh);
    board.update(fresh);
    paths.update(fresh);
    if (fresh.imported?.from) imported(fresh.imported, fresh.phases);
    else if (fresh.told) tell(fresh.told);
  };
  const tell = (...lines) => {
    news.hidden = false;
    news.replaceChildren(...lines.map((line) => (line.tagName === "UL" ? line : el("p", {}, line))));
  };
  let told = "";
  const imported = (read, phases) => {
    if (told === JSON.stringify(read)) return;
    told = JSON.stringify(read);
    chooser.close();
    const unread = read.unread.map((line) => el("li", {}, line));
    tell(
      el("b", {}, `Read from ${read.from}: ${read.counts || "nothing that a design holds"}.`),
      unread.length ? "Not understood, so it is not in the design:" : "Everything in it was understood.",
      el("ul", {}, unread), ...onward(phases));
  };
  update(state.about ? state : { ...state, about: {}, designs: [], worked: [], paths: [], phases: [], chapters: [] });
  return {
    update,
    dispose() {
      shown?.dispose();
      if (wire !== first) wire.close();
    },
  };
};

/** Name, summary, authors and chapters of the design, edited where they stand. */
function startAbout(wire, host, status) {
  const name = el("input", { class: "bk-plain bk-name", "aria-label": "Name of the design", placeholder: "Name of the system", autocomplete: "off" });
  const summary = el("textarea", { class: "bk-plain", rows: "1", "aria-label": "Summary", placeholder: "What is it for? One or two sentences." });
  const authors = el("input", { class: "bk-plain", "aria-label": "Authors", placeholder: "Who designs it, with commas between", autocomplete: "off" });
  const place = el("code");
  const counts = el("span");
  const scope = el("div", { class: "bk-scope", role: "group", "aria-label": "Chapters of this design" });
  const scoped = el("summary");
  const list = (text) => { const names = text.split(",").map((one) => one.trim()).filter(Boolean); return names.length ? names : null; };
  const fields = {
    name: keep(wire, name, { at: "", field: "name", label: "name of the design" }),
    summary: keep(wire, summary, { at: "", field: "summary" }),
    authors: keep(wire, authors, { at: "", field: "authors", from: list, to: (names) => (names ?? []).join(", ") }),
  };
  const size = grow(summary);
  const said = el("div", { class: "bk-said", role: "alert", hidden: true });
  let known = { scope: [], chapters: [] };
  const pick = async (chapter, on) => {
    const now = known.scope.length ? known.scope : known.chapters;
    const wanted = known.chapters.filter((one) => (one === chapter ? on : now.includes(one)));
    said.hidden = wanted.length > 0;
    if (!wanted.length) said.replaceChildren("A design speaks of one chapter at least.");
    else {
      const value = wanted.length === known.chapters.length ? null : wanted;
      const was = known.scope.length ? known.scope : null;
      known = { ...known, scope: value ?? [] };
      const answer = await wire.save([{ set: { at: "", field: "scope", value, was } }], { label: "chapters" });
      if (!answer.ok) known = { ...known, scope: answer.conflict?.[0]?.theirs ?? was ?? [] };
      if (answer.conflict) wire.drop(wire.pending().find((item) => item.answer === answer)?.id);
      if (answer.conflict) said.replaceChildren("Somebody else has just changed the chapters. Look, and choose again.");
      said.hidden = !answer.conflict;
    }
    chapters();
  };
  const chapters = () => {
    const now = known.scope.length ? known.scope : known.chapters;
    scoped.replaceChildren(now.length === known.chapters.length ? "Speaks of all chapters" : `Speaks of ${now.length} of ${known.chapters.length} chapters`);
    const focused = scope.contains(document.activeElement) ? document.activeElement.value : "";
    scope.replaceChildren(...known.chapters.map((chapter) => el("label", { class: "bk-pick" },
      el("input", { type: "checkbox", value: chapter, checked: now.includes(chapter), onchange: (event) => pick(chapter, event.target.checked) }),
      chapter === "api" ? "API" : chapter)));
    if (focused) scope.querySelector(`[value="${focused}"]`)?.focus();
  };
  host.replaceChildren(
    el("p", { class: "bk-over" }, "You work on", status),
    name, fields.name.node, summary, fields.summary.node,
    el("label", { class: "bk-by" }, el("span", {}, "By"), authors), fields.authors.node,
    el("details", { class: "bk-chapters" }, scoped, el("p", { class: "bk-muted" }, "The others give no findings and no pages."), scope, said),
    el("p", { class: "bk-place" }, "Saved in ", place, counts),
  );
  const stop = wire.onStatus(({ state, text }) => {
    status.dataset.state = state;
    status.replaceChildren(text);
  });
  return {
    update({ about, place: where, chapters: all, practice }) {
      for (const [field, kept] of Object.entries(fields)) kept.update(about[field] ?? null);
      place.replaceChildren(where ?? "");
      counts.replaceChildren(practice ? ", the practice copy" : "", about.counts ? ` · ${about.counts}` : "");
      const fresh = { scope: about.scope ?? [], chapters: all ?? [] };
      const picking = wire.pending().some(({ changes }) => changes[0].set?.at === "" && changes[0].set.field === "scope");
      if (!picking && JSON.stringify(fresh) !== JSON.stringify(known)) {
        known = fresh;
        chapters();
      }
      size.fit();
    },
    dispose() {
      for (const kept of Object.values(fields)) kept.dispose();
      size.stop();
      stop();
    },
  };
}
