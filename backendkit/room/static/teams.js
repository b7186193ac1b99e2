// The facilitator's board: a row for each team. A look never rebuilds a row: only texts that differ are written.

const LOOK = 2500; // ms between two looks while somebody looks
const SLOW = 8; // s until it is said that the teams do not answer
const WORDS = { waiting: "waiting", making: "making", made: "made", gaps: "made, with gaps", failed: "failed", stopped: "stopped" };

parts.teams = (host, wire, state) => {
  const rows = new Map();
  let shown = {}, chapters = "", skew = 0, answered = Date.now(), slow = 0;

  const count = el("strong");
  const looked = el("span", { class: "bk-status", role: "status" });
  const make = el("button", { class: "bk-button bk-primary", onclick: () => ask(shown.job?.running ? "stop" : "make") }, "Make all PDFs");
  const zip = el("button", { class: "bk-button", hidden: true, onclick: () => fileSaved(wire, {}) }, "Save the zip");
  const told = el("span", { class: "bk-status", role: "status" });
  const where = el("div", { class: "bk-status", hidden: true });
  const head = el("thead");
  const body = el("tbody");
  const table = el("table", { class: "bk-teams-table" }, el("caption", { class: "bk-visually-hidden" }, "Teams"), head, body);
  host.append(
    el("div", { class: "bk-teams-bar" }, count, looked, el("span", { class: "bk-teams-space" }), told, zip, make),
    where,
    el("div", { class: "bk-teams-scroll", tabindex: "0", role: "region", "aria-label": "Teams" }, table),
  );

  const seen = () => host.isConnected && !document.hidden && (host.checkVisibility?.() ?? true);
  const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const ask = (name, data = {}, options = {}) => wire.ask(name, data, options).catch((error) => { wire.say(error.message); });

  async function look() {
    if (!seen()) return;
    try {
      const answer = await wire.ask("look", {}, { retry: false, patience: 15000 });
      [skew, slow, answered] = [answer.now - Date.now() / 1000, answer.slow, Date.now()];
    } catch { /* said below */ }
  }

  /** What changes with the clock alone. */
  function tick() {
    const silent = (Date.now() - answered) / 1000;
    const late = silent > SLOW ? silent : slow > SLOW ? slow : 0;
    const said = silent > SLOW ? `No answer from the notebook for ${span(silent)}: run the page again (Run all).`
      : late ? `The place of the teams does not answer for ${span(late)}. This is what was last seen.` : shown.said ?? "";
    write(looked, said || (shown.teams ? "Follows by itself" : "Looking …"));
    looked.dataset.state = said ? "waiting" : "";
    for (const row of rows.values()) write(row.changed, ago(row.data.changed));
  }

  /** A time as one says it: 40 s, 3 min, 2 h. */
  const span = (seconds) => (seconds < 60 ? `${Math.round(seconds)} s` : seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`);
  const ago = (moment) => {
    const passed = Date.now() / 1000 + skew - moment;
    return passed < 20 ? "just now" : passed > 86400 ? new Date(moment * 1000).toLocaleDateString() : `${span(passed)} ago`;
  };

  function heading() {
    const text = JSON.stringify(shown.chapters);
    if (text === chapters) return;
    chapters = text;
    const closer = el("span", { class: "bk-visually-hidden" }, "Look closer");
    const titles = ["Team", closer, "Last change", ...shown.chapters.map((one) => one.title)];
    head.replaceChildren(el("tr", {}, titles.map((title) => el("th", { scope: "col" }, title))));
    body.replaceChildren();
    rows.clear();
  }

  function fresh(name) {
    const cell = (attributes = {}) => el("td", attributes);
    const id = unique();
    const row = {
      name, title: el("div", { class: "bk-teams-title" }), who: el("div", { class: "bk-teams-who" }), changed: cell({ class: "bk-teams-changed" }),
      error: el("td", { class: "bk-teams-error", colspan: String(shown.chapters.length) }), pdf: el("div", { class: "bk-teams-pdf", hidden: true }),
      bar: el("progress", { max: "1", "aria-label": `PDF of ${name}` }), word: el("span"), dark: null, stamp: "",
      detail: el("td", { colspan: String(shown.chapters.length + 3) }), data: {},
    };
    row.open = el("button", { class: "bk-button", "aria-expanded": "false", "aria-controls": id, "aria-label": `Picture of ${name}`, onclick: () => toggle(row) }, "Picture");
    row.get = el("button", { class: "bk-button bk-quiet", "aria-label": `Save the PDF of ${name}`, hidden: true, onclick: () => fileSaved(wire, { team: name }) }, "PDF");
    row.pdf.append(row.bar, row.word);
    row.chapters = shown.chapters.map(() => ({ chip: el("span", { class: "bk-chip" }), count: el("div", { class: "bk-teams-count" }) }));
    row.cells = row.chapters.map(({ chip, count }) => el("td", {}, chip, count));
    const team = el("th", { scope: "row" }, el("div", {}, name), row.title, row.who, row.pdf);
    row.line = el("tr", {}, team, el("td", { class: "bk-teams-look" }, row.open, row.get), row.changed, ...row.cells);
    row.under = el("tr", { id, class: "bk-teams-detail", hidden: true }, row.detail);
    rows.set(name, row);
    return row;
  }

  function fill(row, data) {
    row.data = data;
    write(row.title, data.title ?? "");
    write(row.who, data.who ?? "");
    if (data.error) {
      write(row.error, data.error);
      if (!row.error.isConnected) { for (const cell of row.cells) cell.remove(); row.line.append(row.error); }
    } else {
      if (row.error.isConnected) { row.error.remove(); row.line.append(...row.cells); }
      shown.chapters.forEach(({ chapter }, n) => {
        const [kind, text] = data.states[chapter] ?? ["blank", ""];
        const { chip, count } = row.chapters[n];
        write(chip, kind === "holds" ? "✓ holds" : kind === "out" ? "left out" : text);
        write(count, (data.counts[chapter] ?? []).join("\n"));
        chip.dataset.kind = kind;
        chip.title = text;
      });
    }
    row.open.disabled = Boolean(data.error);
    if (data.error && !row.under.hidden) toggle(row);
    if (!row.under.hidden) detail(row);
  }

  function toggle(row) {
    row.under.hidden = !row.under.hidden;
    row.open.setAttribute("aria-expanded", String(!row.under.hidden));
    row.open.textContent = row.under.hidden ? "Picture" : "Close";
    if (!row.under.hidden) detail(row);
  }

  function detail(row) {
    if (row.stamp === row.data.stamp && row.dark === wire.dark) return;
    [row.stamp, row.dark] = [row.data.stamp, wire.dark];
    if (!row.detail.firstChild) row.detail.append(el("span", { class: "bk-status" }, "Drawing …"));
    ask("detail", { team: row.name, dark: wire.dark });
  }

  function drawn({ team, picture, questions, more, error }) {
    const row = rows.get(team);
    if (!row) return;
    if (error) { row.detail.replaceChildren(error); return; }
    const open = [...questions, ...(more ? [`and ${more} more`] : [])];
    row.detail.replaceChildren(el("div", { class: "bk-teams-two" },
      picture ? el("img", { src: picture, alt: `What ${row.data.title || team} remembers` }) : el("div", { class: "bk-status" }, "No entity yet."),
      el("div", {}, el("strong", {}, "Open questions"), open.length ? el("ul", {}, open.map((text) => el("li", {}, text))) : el("div", { class: "bk-status" }, "None.")),
    ));
  }

  function documents(job) {
    const teams = Object.values(job.teams ?? {});
    const done = teams.filter((one) => !["waiting", "making"].includes(one.state));
    write(make, job.stopping ? "Stopping …" : job.running ? "Stop" : "Make all PDFs");
    make.classList.toggle("bk-primary", !job.running);
    make.disabled = Boolean(job.stopping);
    const failed = teams.filter((one) => one.state === "failed").length;
    const files = teams.filter((one) => one.file).length;
    write(told, job.running ? `${done.length} of ${teams.length} documents` : teams.length ? `${files} of ${teams.length} PDFs${failed ? `, ${failed} failed` : ""}` : "");
    zip.hidden = job.running || !job.zip;
    where.hidden = zip.hidden;
    write(where, `The PDFs are in ${job.folder}`);
    for (const row of rows.values()) {
      const one = job.teams?.[row.name];
      row.pdf.hidden = !one;
      row.get.hidden = !one?.file;
      if (!one) continue;
      row.bar.hidden = one.state !== "making";
      row.bar.value = one.part;
      row.pdf.dataset.state = one.state;
      write(row.word, `PDF: ${one.state === "making" ? one.text : [WORDS[one.state], one.text].filter(Boolean).join(". ")}`);
    }
  }

  function update(state) {
    shown = state;
    if (!shown.chapters) return;
    heading();
    const teams = shown.teams ?? [];
    write(count, shown.teams ? (teams.length === 1 ? "1 team" : `${teams.length} teams`) : "Teams");
    for (const [name, row] of rows) {
      if (!teams.some((one) => one.name === name)) { row.line.remove(); row.under.remove(); rows.delete(name); }
    }
    let after = null;
    for (const data of teams) {
      const row = rows.get(data.name) ?? fresh(data.name);
      if (row.line.previousSibling !== after || !row.line.isConnected) {
        if (after) after.after(row.line, row.under); else body.prepend(row.line, row.under);
      }
      fill(row, data);
      after = row.under;
    }
    documents(shown.job ?? {});
    make.disabled ||= !teams.length;
    tick();
  }

  const off = [wire.on("detail", drawn), wire.onTheme(() => { for (const row of rows.values()) if (!row.under.hidden) detail(row); })];
  const turning = [setInterval(look, LOOK), setInterval(tick, 1000)];
  document.addEventListener("visibilitychange", look);
  update(state);
  setTimeout(look, 0);
  return {
    update,
    dispose() {
      for (const stop of off) stop();
      for (const timer of turning) clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    },
  };
};
