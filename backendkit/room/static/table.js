// The editor of a list: type into a cell and it is saved; the last line is always empty and makes a new record.
// The parts: table.cells.js (values), table.sheet.js (paste, copy), table.rows.js (data), table.draw.js (elements),
// table.around.js (menus, filter), table.keys.js (the cell that is typed in, keys), and here what can be done.

class TableEditor extends TableTyping {
  constructor(host, wire) {
    super();
    Object.assign(this, { host, wire, ids: {}, findings: {}, list: new Map(), order: [], done: [], undone: [], edit: null });
    Object.assign(this, { index: new Map(), known: new Set(), born: new Map(), marked: new Set(), moved: new Set(), stale: new Set(), homeless: [] });
    this.decided = new Map();
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
    this.filter = el("input", { class: "bk-input", type: "search", placeholder: "Filter", "aria-label": "Filter the rows", oninput: () => this.applyFilter() });
    this.count = el("span", { class: "bk-status" });
    this.undoButton = tool("↶ Undo", "Undo (Ctrl+Z)", () => this.undo());
    this.redoButton = tool("↷ Redo", "Redo (Ctrl+Shift+Z)", () => this.redo());
    this.columnsButton = tool("Columns", "Columns", () => this.openColumns(), { "aria-haspopup": "dialog", title: "Which columns are shown" });
    this.status = el("span", { class: "bk-status", role: "status" });
    const add = tool("+ Add", "Add a row", () => this.focusFresh());
    const copy = tool("Copy", "Copy the rows for a spreadsheet", () => this.copy());
    const help = tool("?", "Keys", () => this.openHelp(help), { "aria-haspopup": "dialog" });
    this.name = el("strong", { class: "bk-caption" });
    const title = el("div", { class: "bk-title" }, this.name, this.count, this.status);
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
    const { state, text } = this.edit?.typed && this.saving.state === "saved" ? { state: "typing", text: "Typing …" } : this.saving;
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.dataset.state = state;
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
    const rows = this.applyFilter({ quiet: true });
    const kept = this.edit && document.activeElement === this.edit.control && { control: this.edit.control, grid: this.edit.row.grid, from: this.edit.control.selectionStart, to: this.edit.control.selectionEnd };
    if (!this.root.element) {
      drawGrid(this.root);
      this.scroller.append(this.root.element);
    } else for (const grid of this.stale) if (grid === this.root || grid.element) drawGrid(grid);
    this.stale.clear();
    if (kept && !kept.control.isConnected) this.landOn(kept.grid);
    else if (kept && document.activeElement !== kept.control && kept.control.isConnected && this.edit?.control === kept.control) {
      kept.control.focus({ preventScroll: true }); // its row was moved
      if (kept.from !== null) kept.control.setSelectionRange(kept.from, kept.to);
    }
    this.drawNotes();
    return rows;
  }

  /** The row that was typed in is gone: what was typed is kept, and the keys stay in the table. */
  landOn(grid) {
    this.leave();
    this.focusFresh(grid.fresh.element?.isConnected ? grid : this.root);
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

  // ---- saving, undo

  /** Save one step. `inverse` takes it back; steps of the same `session` are one. */
  async save(changes, { inverse = null, session = null } = {}) {
    const step = inverse && this.remember(changes, inverse, session);
    const answer = await this.wire.save(changes, { label: this.where });
    const item = this.wire.pending().find((each) => each.answer === answer);
    if (answer.ok) {
      adoptChanges(this, changes, answer.ids ?? {});
      if (step) for (const [wanted, given] of Object.entries(answer.ids ?? {})) this.renameStep(step, wanted, given);
    } else {
      if (step && (!session || step.changes[0].insert)) this.done = this.done.filter((each) => each !== step);
      if (item && changes.every((change) => change.delete || change.move)) { // no cell could show it
        this.drop(item);
        this.say(answer.refused?.[0].message ?? `${answer.conflict[0].at} was changed a moment ago and is still there: look at it again.`, true);
      }
    }
    this.drawHistory();
    this.soon();
    return { ...answer, item };
  }

  remember(changes, inverse, session) {
    const last = this.done.at(-1);
    this.undone = [];
    if (!session || last?.session !== session) this.done.push({ changes, inverse, session });
    else if (last.changes[0].insert) this.grown(last, changes[0].set);
    else Object.assign(last, { changes, inverse });
    this.drawHistory();
    return this.done.at(-1);
  }

  /** What is typed on in a new line belongs to the step that made it. */
  grown(step, { field, value }) {
    const { insert } = step.changes[0];
    insert.record = withField(insert.record, field, value);
    step.inverse[0].delete.was = insert.record;
  }

  renameStep(step, wanted, given) {
    for (const { insert } of step.changes) if (insert?.record.id === wanted) insert.record = { ...insert.record, id: given };
    for (const { delete: gone } of step.inverse) {
      if (gone?.was.id !== wanted) continue;
      gone.was = { ...gone.was, id: given };
      gone.at = gone.at.replace(/[^.]+$/, given);
    }
  }

  undo() { return this.takeBack(this.done, this.undone, "undo"); }
  redo() { return this.takeBack(this.undone, this.done, "redo"); }

  async takeBack(from, to, word) {
    this.commit();
    const step = from.pop();
    if (!step) return this.say(`Nothing to ${word}.`);
    to.push({ changes: step.inverse, inverse: step.changes, session: null });
    this.drawHistory();
    const promise = this.save(step.inverse);
    this.soon();
    const [{ insert, ...others }] = step.inverse;
    const at = insert ? this.gridAt(insert.at, insert.field)?.address(insert.record.id) : Object.values(others)[0].at;
    const answer = await promise;
    if (!answer.ok) {
      to.pop();
      if (answer.item) this.drop(answer.item);
      this.drawHistory();
      return this.say(`That cannot be taken back: ${answer.refused?.[0]?.message ?? "somebody changed it meanwhile."}`, true);
    }
    this.say(word === "undo" ? "Taken back." : "Done again.");
    const row = this.index.get(at);
    if (row) setTimeout(() => this.flash(row));
  }

  drawHistory() {
    this.undoButton.disabled = !this.done.length;
    this.redoButton.disabled = !this.undone.length;
  }

  drop(item) {
    (this.dropped ??= new Set()).add(item.id);
    this.wire.drop(item.id);
    this.soon();
  }

  say(text, loud = false) {
    this.live.textContent = text;
    if (loud) this.wire.say(text);
  }

  /** A value for a field. A record that was refused as a whole is sent again with it. */
  set(row, field, value, { was = row.data.values[field] ?? null, session = null } = {}) {
    const mark = row.marks.get(field);
    const held = row.virtual?.item.state === "refused" ? row.virtual : mark?.item.state && mark.item.changes.length > 1 ? mark : null;
    if (held) return this.amend(held.item, held.n, field, value);
    const change = { set: { at: row.at, field, value, was } };
    const last = session && this.done.at(-1)?.session === session ? this.done.at(-1).inverse[0].set : null;
    const first = last ? last.value : was;
    return this.save([change], { inverse: [{ set: { at: row.at, field, value: first, was: value } }], session });
  }

  amend(item, n, field, value) {
    const changes = structuredClone(item.changes);
    const parts = Object.values(changes[n])[0];
    if (changes[n].set) parts.value = value;
    else parts.record = withField(parts.record, field, value);
    this.drop(item);
    return this.save(changes, { inverse: inverseOf(this, changes) });
  }

  /** Two people wrote: one of the two values stays. */
  decide(row, column, whose) {
    const mark = row.marks.get(column.name);
    if (!mark) return;
    const decided = this.decided.get(mark.item.id) ?? new Map();
    this.decided.set(mark.item.id, decided.set(mark.n, { whose, theirs: mark.theirs }));
    if (mark.item.answer.conflict.every((each) => decided.has(each.n))) {
      const changes = mark.item.changes.filter((_, n) => decided.get(n)?.whose !== "theirs").map((change) => structuredClone(change));
      mark.item.changes.forEach((change, n) => {
        const kept = changes.find((each) => each.set && each.set.at === change.set?.at && each.set.field === change.set?.field);
        if (decided.get(n)?.whose === "mine" && kept) kept.set.was = decided.get(n).theirs ?? null;
      });
      for (const { at, field } of mark.item.answer.conflict) {
        const one = this.index.get(at);
        const theirs = mark.item.answer.conflict.find((each) => each.at === at && each.field === field).theirs;
        if (one) one.data = { ...one.data, values: { ...one.data.values, [field]: theirs } };
      }
      this.drop(mark.item);
      if (changes.length) this.save(changes, { inverse: inverseOf(this, changes) });
    }
    if (this.edit?.row === row && this.edit.column === column) this.leave();
    this.soon();
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
    const near = row.next ?? row.grid.rows[row.grid.rows.indexOf(row) - 1] ?? row.grid.fresh;
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
    const promise = this.pasted(changes, inverse, left ? ` ${left} ${left === 1 ? "cell" : "cells"} had no column and stayed out.` : "");
    this.refresh();
    return promise;
  }

  async pasted(changes, inverse, more, refused = []) {
    const answer = await this.save(changes, { inverse });
    const held = (answer.refused ?? []).filter(({ n, field }) => field && field in (changes[n]?.insert ? flatRecord(this.root.columns, changes[n].insert.record).values : { [changes[n]?.set?.field]: 0 }));
    if (answer.refused && held.length && answer.item) {
      const split = withoutRefused(this, changes, held);
      this.drop(answer.item);
      if (split.changes.length) return this.pasted(split.changes, inverse, more, [...refused, ...split.refused]);
    }
    const ids = answer.ids ?? {};
    for (const { at, field, value, was } of refused) {
      const head = at.split(".").pop();
      this.save([{ set: { at: head in ids ? at.replace(/[^.]+$/, ids[head]) : at, field, value, was } }]);
    }
    const count = new Set(changes.map((change) => change.insert?.record.id ?? change.set.at)).size;
    const told = refused.length ? ` Not taken, and marked in red: ${refused.slice(0, 5).map(({ at, field }) => `${field} of ${at}`).join(", ")}${refused.length > 5 ? ` and ${refused.length - 5} more` : ""}.` : "";
    if (answer.ok) this.say(`${count} ${count === 1 ? "row" : "rows"} pasted.${told}${more}`, true);
    return answer;
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

/** What takes some changes back. */
function inverseOf(table, changes) {
  return changes.map((change) => {
    if (change.set) return { set: { ...change.set, value: change.set.was, was: change.set.value } };
    const { at, field, record } = change.insert;
    return { delete: { at: table.gridAt(at ?? "", field).address(record.id), was: record } };
  }).reverse();
}

/** The changes without the values that the model refused, and those values with their places. */
function withoutRefused(table, changes, told) {
  const refused = [];
  const left = changes.map((change, n) => {
    const fields = told.filter((each) => each.n === n).map((each) => each.field);
    if (!fields.length) return change;
    if (change.set) return void refused.push(change.set);
    const grid = table.gridAt(change.insert.at ?? "", change.insert.field);
    const { values } = flatRecord(grid.columns, change.insert.record);
    for (const field of fields) {
      refused.push({ at: grid.address(change.insert.record.id), field, value: values[field], was: null });
      delete values[field];
    }
    return { insert: { ...change.insert, record: nestedRecord(values) } };
  });
  return { changes: left.filter(Boolean), refused };
}

parts.table = (host, wire, state) => {
  const table = new TableEditor(host, wire);
  table.update(state);
  return { update: (next) => table.update(next), dispose: () => table.dispose(), table };
};
