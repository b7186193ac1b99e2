// The editor of a list: type into a cell and it is saved; the last line is always empty and makes a new record.
// The parts: table.cells.js (values), table.sheet.js (paste, copy), table.rows.js (data), table.draw.js (elements),
// table.around.js (menus, filter), table.keys.js (the cell that is typed in, keys), table.steps.js (saving, undo), and
// here the whole and what can be done with rows.

class TableEditor extends TableSteps {
  constructor(host, wire) {
    super();
    Object.assign(this, { host, wire, ids: {}, findings: {}, list: new Map(), order: [], done: [], undone: [], edit: null });
    Object.assign(this, { index: new Map(), known: new Set(), born: new Map(), marked: new Set(), moved: new Set(), stale: new Set(), homeless: [] });
    this.buildFrame();
    this.listen();
    this.stop = [
      wire.on("rows", (message) => { if (message.where === this.where) this.update(message); }),
      wire.onStatus((status) => this.told(status)),
      wire.onShow((detail) => this.reveal(detail)),
    ];
    this.leaving = () => this.edit && this.commit();
    window.addEventListener("pagehide", this.leaving);
  }

  buildFrame() {
    const tool = (text, label, act, more = {}) => {
      const made = cellButton(text, act, { "aria-label": label, title: label, ...more });
      made.addEventListener("pointerdown", (event) => event.preventDefault()); // the cell keeps the focus
      return made;
    };
    this.filter = el("input", { class: "bk-input", type: "search", placeholder: "Filter", "aria-label": "Filter the rows", oninput: () => this.applyFilter({ anew: true }) });
    this.count = el("span", { class: "bk-status" });
    this.undoButton = tool("↶ Undo", "Undo (Ctrl+Z)", () => this.undo());
    this.redoButton = tool("↷ Redo", "Redo (Ctrl+Shift+Z)", () => this.redo());
    this.columnsButton = tool("Columns", "Columns", () => this.openColumns(), { "aria-haspopup": "dialog", title: "Which columns are shown" });
    this.status = el("span", { class: "bk-status", role: "status" });
    this.goTo = tool("Show", "Show what is not saved", () => this.showHeld(), { hidden: true });
    const add = tool("+ Add", "Add a row", () => this.focusFresh());
    const copy = tool("Copy", "Copy the rows for a spreadsheet", () => this.copy());
    const help = tool("?", "Keys", () => this.openHelp(help), { "aria-haspopup": "dialog" });
    this.name = el("strong", { class: "bk-caption" });
    const title = el("div", { class: "bk-title" }, this.name, this.count, this.status, this.goTo);
    this.bar = el("div", { class: "bk-toolbar", role: "toolbar", "aria-label": "Table" }, this.filter, add, this.undoButton, this.redoButton, copy, this.columnsButton, help);
    this.notes = el("div", { class: "bk-notes" });
    this.scroller = el("div", { class: "bk-scroller" });
    this.live = el("div", { class: "bk-visually-hidden", "aria-live": "polite" });
    this.host.append(title, this.bar, this.notes, this.scroller, this.live);
    this.completion = new Completion(this.host);
    this.layer = new Layer(this.host, { class: "bk-layer bk-menu" });
    this.drawHistory();
  }

  // ---- what Python sends

  /** A whole state, or only the rows that changed. */
  update(state) {
    if (state.columns && JSON.stringify(state.columns) !== this.shape) this.begin(state);
    if (!this.root) return;
    if (state.rows) this.list = new Map(state.rows.map((row) => [row.at, row]));
    for (const row of state.changed ?? []) this.list.set(row.at, row);
    if (state.rows || state.order) this.order = state.order ?? state.rows.map((row) => row.at);
    if (state.ids) this.ids = state.ids;
    this.missing = state.missing ?? (state.rows ? "" : this.missing);
    if (state.rows || state.changed || state.order) {
      this.root.load(this.order.map((at) => this.list.get(at)).filter(Boolean));
      this.reindex();
      this.countUnseen();
    }
    if (state.findings) this.found(state.findings);
    this.refresh();
  }

  begin(state) {
    this.shape = JSON.stringify(state.columns);
    Object.assign(this, { where: state.where, list: new Map(), order: [] });
    this.root = new TableGrid(this, null, state.field, state);
    columnLists(state);
    this.hideChosen();
    this.name.textContent = state.caption;
    this.bar.setAttribute("aria-label", state.caption);
    this.scroller.replaceChildren();
  }

  reindex() {
    this.index = new Map();
    const walk = (grid) => {
      for (const row of grid.saved) {
        this.index.set(row.at, row);
        this.known.add(row.at);
        for (const inner of row.grids.values()) walk(inner);
      }
    };
    walk(this.root);
  }

  found(findings) {
    const before = this.findings;
    this.findings = findings;
    for (const at of new Set([...Object.keys(before), ...Object.keys(findings)])) {
      if (JSON.stringify(before[at]) !== JSON.stringify(findings[at])) this.index.get(at)?.touched();
    }
  }

  told(status) {
    this.saving = status;
    this.drawStatus();
    this.soon();
  }

  drawStatus() {
    const marked = [...this.marked].some((row) => [...row.marks.values()].some(({ item }) => item.state)) || this.homeless.length > 0;
    let { state, text } = this.saving;
    if (state === "held" && !marked) [state, text] = ["saved", "Saved"]; // what is not, is elsewhere on this page
    if (state === "saved" && this.edit?.typed) [state, text] = ["typing", "Typing …"];
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.dataset.state = state;
    this.goTo.hidden = state !== "held";
  }

  /** To the first value that is not saved, also where nobody sees it. */
  showHeld() {
    const rows = [...this.marked].filter((row) => [...row.marks.values()].some(({ item }) => item.state));
    const [row] = rows.sort((one, two) => (one.element && two.element && one.element.compareDocumentPosition(two.element) & 2 ? 1 : -1));
    if (!row) return this.notes.scrollIntoView({ block: "nearest" });
    const [field] = [...row.marks].find(([, { item }]) => item.state);
    return this.reveal({ at: row.at, field });
  }

  /** Once after everything that happens now. */
  soon() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.root) this.refresh();
    });
  }

  refresh() {
    const items = this.wire.pending();
    this.adoptOthers(items);
    overlayPending(this, items);
    this.draw();
    this.drawStatus();
  }

  /** What another part of the page saved is shown until Python sends it. */
  adoptOthers(items) {
    const now = new Set(items);
    for (const item of this.last ?? []) {
      if (!now.has(item) && !item.state && !this.dropped?.has(item.id)) adoptChanges(this, item.changes.filter((change) => change.set), {});
    }
    this.last = items.slice();
  }

  draw() {
    this.stale.add(this.root);
    this.drawing = true; // what loses the focus meanwhile was moved
    this.applyFilter({ quiet: true });
    const within = this.host.contains(document.activeElement) && document.activeElement;
    const { selectionStart: from, selectionEnd: to } = within || {};
    if (!this.root.element) {
      drawGrid(this.root);
      this.scroller.append(this.root.element);
    } else for (const grid of this.stale) if (grid === this.root || grid.element) drawGrid(grid);
    this.stale.clear();
    this.drawNotes();
    this.drawing = false;
    if (within && document.activeElement !== within) this.keepFocus(within, from, to);
  }

  /** What had the focus was moved, or is gone: the keys stay in the table, and what was typed is kept. */
  keepFocus(node, from, to) {
    if (node.isConnected) {
      node.focus({ preventScroll: true });
      if (from !== null && from !== undefined) node.setSelectionRange(from, to);
      return;
    }
    const grid = this.edit?.row.grid;
    this.leave();
    this.focusFresh(grid?.fresh.element?.isConnected ? grid : this.root);
  }

  drawNotes() {
    const told = this.homeless.map(({ item, parts }) => {
      const text = cellText({ kind: "line" }, parts.value ?? "");
      const drop = cellButton("Discard", () => this.drop(item));
      return el("div", { class: "bk-note", "data-kind": "amber" }, `Somebody deleted ${parts.at} meanwhile.${text ? ` You had typed: “${text}” ` : " "}`, drop);
    });
    if (this.missing) told.unshift(el("div", { class: "bk-note", "data-kind": "amber" }, this.missing));
    const restored = this.wire.pending().filter((item) => item.restored && this.touches(item)).length;
    if (restored) told.unshift(el("div", { class: "bk-note" }, `${restored === 1 ? "One edit" : `${restored} edits`} from before this page was loaded: kept in this browser, marked below.`));
    const key = told.map((node) => node.textContent).join("\n");
    if (key !== this.notes.textContent || told.length !== this.notes.children.length) this.notes.replaceChildren(...told);
  }

  touches(item) { return item.changes.some((change) => { const parts = Object.values(change)[0]; return change.insert ? this.gridAt(parts.at ?? "", parts.field) : this.known.has(parts.at); }); }

  gridAt(at, field) {
    if (this.root.at === at && this.root.field === field) return this.root;
    return this.index.get(at)?.inner(field) ?? null;
  }

  /** A record has another id: everything that speaks of it follows. */
  rename(row, id) {
    const old = row.at;
    const renamed = (at) => (at === old ? row.at : at?.startsWith(`${old}.`) ? row.at + at.slice(old.length) : at);
    row.at = row.grid.address(id);
    if (row.at === old) return;
    const walk = (each) => { for (const grid of each.grids.values()) for (const one of grid.rows) { one.at = renamed(one.at); walk(one); } };
    walk(row);
    for (const step of [...this.done, ...this.undone]) {
      for (const change of [...step.changes, ...step.inverse]) {
        const parts = Object.values(change)[0];
        for (const key of ["at", "before"]) if (parts[key]) parts[key] = renamed(parts[key]);
      }
    }
    this.list = new Map([...this.list].map(([at, data]) => [renamed(at), data]));
    this.order = this.order.map(renamed);
    this.reindex();
    row.touched();
  }

  // ---- what can be done with rows

  /** The empty line has become a record. */
  bear(row, session) {
    const { grid } = row;
    const id = String(row.data.values.id ?? "") || grid.freeId(row.data.values);
    row.data.values.id = id;
    row.fresh = false;
    row.at = grid.address(id);
    row.stale = true;
    grid.fresh = null;
    this.keepDraft(grid, {});
    this.born.set(row.at, row);
    return this.insert(grid, row.record(), { session });
  }

  insert(grid, record, { before, session } = {}) {
    const change = { insert: { at: grid.at, field: grid.field, record, ...(before ? { before } : {}) } };
    const promise = this.save([change], { inverse: [{ delete: { at: grid.address(record.id), was: record } }], session });
    this.refresh();
    return promise;
  }

  remove(row) {
    if (row.fresh) return;
    const rows = row.grid.visible();
    const near = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1] ?? row.grid.fresh;
    const field = this.edit?.column;
    this.leave();
    if (row.virtual?.item.state) this.drop(row.virtual.item);
    else this.save([{ delete: { at: row.at, was: row.record() } }], { inverse: [{ insert: { at: row.grid.at, field: row.grid.field, record: row.record(), ...(row.next ? { before: row.next.at } : {}) } }] });
    this.refresh();
    this.say(`Deleted ${row.title}. Ctrl+Z brings it back.`);
    if (near) this.enter(near, field && near.cells.has(field.name) ? field : near.grid.main);
  }

  duplicate(row) {
    if (row.fresh) return;
    this.commit();
    const record = row.record();
    record.id = row.grid.about.stem ? row.grid.freeId({}) : this.nextLike(row.grid, record.id);
    this.insert(row.grid, record, { before: row.next?.at });
    const made = this.index.get(row.grid.address(record.id));
    if (made) this.enter(made, this.edit?.column ?? row.grid.main);
  }

  nextLike(grid, id) {
    const [, stem, number] = /^(.*?)(?:-(\d+))?$/u.exec(id ?? "");
    let next = Number(number ?? 1) + 1;
    while (grid.rows.some((row) => row.shown("id") === `${stem}-${next}`)) next += 1;
    return `${stem}-${next}`;
  }

  move(row, by) {
    const { rows } = row.grid;
    const from = rows.indexOf(row);
    const to = from + by;
    if (row.fresh || to < 0 || to >= rows.length) return;
    this.commit();
    const before = rows[by > 0 ? to + 1 : to] ?? null;
    this.save([{ move: { at: row.at, before: before?.at ?? null } }], { inverse: [{ move: { at: row.at, before: row.next?.at ?? null } }] });
    this.refresh();
    this.edit?.cell.scrollIntoView({ block: "nearest" });
    this.say(`${row.title} is line ${to + 1} of ${rows.length} now.`);
  }

  /** Rows from a spreadsheet: one step. What the model refuses stays in its cell, to be mended. */
  async paste(row, column, lines) {
    const { grid } = row;
    this.leave({ drop: row.fresh });
    const { plan, left } = pastePlan(grid, row, column, lines);
    const changes = [];
    const inverse = [];
    const taken = new Set();
    for (const { row: into, values } of plan) {
      if (into && !into.fresh) {
        for (const [field, value] of Object.entries(values)) {
          const was = into.shown(field) ?? null;
          if (field === "id" || equal(was, value)) continue;
          changes.push({ set: { at: into.at, field, value, was } });
          inverse.unshift({ set: { at: into.at, field, value: was, was: value } });
        }
        continue;
      }
      const wanted = typeof values.id === "string" ? values.id : "";
      const id = wanted && !taken.has(wanted) && !grid.rows.some((each) => each.shown("id") === wanted) ? wanted : grid.freeId(values, taken);
      taken.add(id);
      changes.push({ insert: { at: grid.at, field: grid.field, record: nestedRecord({ ...values, id }) } });
      inverse.unshift({ delete: { at: grid.address(id), was: changes.at(-1).insert.record } });
    }
    if (!changes.length) return this.say("Nothing new in it.", true);
    const promise = this.save(changes, { inverse });
    this.refresh();
    if (row.fresh) this.focusFresh(grid);
    else this.enter(row, column);
    this.tellPasted(plan.length, left, await promise);
  }

  tellPasted(count, left, { ok, held }) {
    const told = held.slice(0, 5).map(({ set, insert }) => (set ? `${set.field} of ${set.at}` : insert.record.id)).join(", ");
    const more = held.length > 5 ? ` and ${held.length - 5} more` : "";
    const parts = [
      `${count} ${count === 1 ? "row" : "rows"} pasted.`,
      held.length ? `Not taken, and marked in red: ${told}${more}.` : "",
      left ? `${left} ${left === 1 ? "cell" : "cells"} had no column and stayed out.` : "",
    ];
    if (ok) this.say(parts.filter(Boolean).join(" "), true);
  }

  /** For a spreadsheet: a row, or those that the filter shows, with headings. */
  copy(row = null) {
    const { columns, rows } = row ? { columns: row.grid.shown, rows: [row] } : { columns: this.root.shown, rows: this.root.visible() };
    const lines = [columns.map((column) => column.heading), ...rows.map((each) => columns.map((column) => cellText(column, each.shown(column.name)).trim()))];
    const done = copySheet(lines);
    this.say(done ? `Copied ${rows.length === 1 ? "1 row" : `${rows.length} rows`} with headings.` : "The browser did not allow copying.", true);
  }

  dispose() {
    this.leave();
    for (const stop of this.stop) stop();
    clearTimeout(this.timer);
    window.removeEventListener("pagehide", this.leaving);
    this.completion.close();
    this.layer.close();
  }
}

parts.table = (host, wire, state) => {
  const table = new TableEditor(host, wire);
  table.update(state);
  return { update: (next) => table.update(next), dispose: () => table.dispose(), table };
};
