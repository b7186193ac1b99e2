// The rows of a table: what is saved, what this page has not saved yet laid over it, and the elements that show both.

/** One record. `data` is what is saved; `marks` what is typed and not saved: waiting, refused, or in conflict. */
class TableRow {
  constructor(grid, at, data) {
    Object.assign(this, { grid, at, marks: new Map(), grids: new Map(), cells: new Map(), stale: true });
    this.load(data);
  }

  load(data) {
    this.data = this.source = data;
    this.stale = true;
    this.words = null;
    for (const [name, rows] of Object.entries(data.lists ?? {})) this.inner(name)?.load(rows);
  }

  /** The list of that name inside this record. */
  inner(name) {
    if (!this.grids.has(name)) {
      const column = this.grid.columns.find((each) => each.name === name && each.kind === "list");
      if (!column) return null;
      this.grids.set(name, new TableGrid(this.grid.table, this, name, column));
    }
    return this.grids.get(name);
  }

  shown(field) { return this.marks.has(field) ? this.marks.get(field).value : this.data.values[field]; }
  get title() { return this.shown("id") || (this.fresh ? "new line" : "line without id"); }
  get next() { return this.grid.rows[this.grid.rows.indexOf(this) + 1] ?? null; }

  /** The record as the file holds it. */
  record() {
    const lists = {};
    for (const [name, grid] of this.grids) lists[name] = grid.rows.map((row) => row.record());
    const values = { ...this.data.values };
    for (const [field, mark] of this.marks) if (mark.state === "waiting") values[field] = mark.value;
    return nestedRecord(values, lists);
  }

  /** All its words in one line, for the filter. */
  text() {
    this.words ??= [
      ...this.grid.columns.map((column) => cellText(column, this.shown(column.name))),
      ...[...this.grids.values()].flatMap((grid) => grid.rows.map((row) => row.text())),
    ].join(" ").toLowerCase();
    return this.words;
  }

  /** What the rules say of it, and of what is inside it. */
  get findings() { return this.grid.table.findings[this.at] ?? []; }
  get findingsInside() { return [...this.grids.values()].flatMap((grid) => grid.rows.flatMap((row) => [...row.findings, ...row.findingsInside])); }

  touched() {
    for (let row = this; row; row = row.grid.holder) Object.assign(row, { stale: true, words: null });
    this.grid.table.stale.add(this.grid);
  }
}

/** A list of records, at the top or inside another one. */
class TableGrid {
  constructor(table, holder, field, about) {
    Object.assign(this, { table, holder, field, about, columns: about.columns, saved: [], rows: [], element: null, fresh: null });
  }

  get at() { return this.holder ? this.holder.at : this.about.at; }
  get shown() { return this.columns.filter((column) => !this.about.hidden.has(column.name) && column.kind !== "list"); }
  get lists() { return this.columns.filter((column) => column.kind === "list"); }
  get main() { return this.columns.find((column) => column.main) ?? this.columns[0]; }
  address(id) { return this.holder ? `${this.holder.at}.${id}` : id; }
  visible() { return this.rows.filter((row) => !row.filtered); }

  load(list) {
    const known = new Map(this.saved.map((row) => [row.at, row]));
    this.saved = list.map((data) => {
      const row = known.get(data.at) ?? this.table.born.get(data.at);
      if (!row || row.grid !== this) return new TableRow(this, data.at, data);
      this.table.born.delete(data.at);
      delete row.virtual;
      if (row.source !== data && JSON.stringify(row.data) !== JSON.stringify(data)) row.load(data);
      row.source = data;
      return row;
    });
    this.rows = this.saved;
    this.table.stale.add(this);
  }

  /** Free ids have the form of those that are there: R8 after R7, or words. */
  freeId(values, taken = new Set()) {
    const free = (id) => id && !taken.has(id) && !this.rows.some((row) => row.shown("id") === id) && (this.holder || !this.table.index.has(id));
    const numbers = (stem) => {
      let number = 1 + Math.max(0, ...[...this.rows.map((row) => row.shown("id")), ...taken].map((id) => {
        const found = String(id ?? "").startsWith(stem) ? Number(String(id).slice(stem.length)) : 0;
        return Number.isInteger(found) ? found : 0;
      }));
      while (!free(`${stem}${number}`)) number += 1;
      return `${stem}${number}`;
    };
    if (this.about.stem) {
      const last = this.rows.at(-1)?.shown("id")?.match(/^(.*?)\d+$/u);
      return numbers(last ? last[1] : this.about.stem);
    }
    const made = slug(String(values[this.main.name] ?? values.name ?? ""), this.about.joint) || null;
    return free(made) ? made : numbers(`${made ?? this.about.of}${this.about.joint}`);
  }
}

/** Lay over the saved rows what this page has not saved yet. */
function overlayPending(table, items) {
  for (const row of table.marked) {
    row.marks.clear();
    row.touched();
  }
  table.marked.clear();
  for (const grid of table.moved) {
    grid.rows = grid.saved;
    table.stale.add(grid);
  }
  table.moved.clear();
  table.homeless = [];
  for (const item of items) item.changes.forEach((change, n) => overlayChange(table, item, n, change));
}

function overlayChange(table, item, n, change) {
  const [verb, parts] = Object.entries(change)[0];
  const told = [...(item.answer?.refused ?? []), ...(item.answer?.conflict ?? [])].filter((each) => (each.n ?? 0) === n);
  const state = item.state && !(item.state === "refused" && told.length === 0) ? item.state : "waiting";
  const mark = (row, field, value, about = {}) => {
    row.marks.set(field, { value, state: about.message ? "refused" : "theirs" in about ? "conflict" : state === "conflict" ? "waiting" : state, ...about, item, n });
    table.marked.add(row);
    row.touched();
  };
  if (verb === "insert") {
    const grid = table.gridAt(parts.at ?? "", parts.field);
    if (!grid) return;
    const row = virtualRow(table, grid, item, n, parts);
    for (const about of told) if (row.grid.columns.some((column) => column.name === about.field)) mark(row, about.field, row.data.values[about.field], about);
    row.problem = told.find((about) => !row.marks.has(about.field))?.message ?? "";
    return;
  }
  const row = table.index.get(parts.at);
  if (!row) {
    if (item.state && table.known.has(parts.at)) table.homeless.push({ item, n, parts, told });
  } else if (verb === "set") {
    const about = told[0] ?? {};
    mark(row, parts.field, parts.value, "theirs" in about ? { theirs: about.theirs } : about.message ? { message: about.message } : {});
  } else if (!item.state) {
    const grid = row.grid;
    grid.rows = grid.rows.filter((each) => each !== row);
    if (verb === "move") grid.rows.splice(placeOf(grid, parts.before), 0, row);
    table.moved.add(grid);
    table.stale.add(grid);
  }
}

/** A record that is not saved yet has a row already. */
function virtualRow(table, grid, item, n, { record, before }) {
  const id = String(record.id ?? "");
  const at = grid.address(id);
  const saved = grid.saved.find((row) => row.at === at);
  if (saved) return saved;
  const data = recordData(grid.columns, at, record);
  const row = table.born.get(at) ?? new TableRow(grid, at, data);
  if (row.data !== data && JSON.stringify(row.data) !== JSON.stringify(data)) row.load(data);
  Object.assign(row, { virtual: { item, n }, stale: true, kept: true });
  table.born.set(at, row);
  table.index.set(at, row);
  table.marked.add(row);
  grid.rows = grid.rows.slice();
  grid.rows.splice(placeOf(grid, before), 0, row);
  table.moved.add(grid);
  table.stale.add(grid);
  return row;
}

function placeOf(grid, before) {
  const place = grid.rows.findIndex((row) => row.at === before || row.shown("id") === before);
  return place < 0 ? grid.rows.length : place;
}

/** A record as Python would send it. */
function recordData(columns, at, record) {
  const { values, lists } = flatRecord(columns, record);
  for (const column of columns) {
    if (column.kind !== "list") continue;
    lists[column.name] = lists[column.name].map((each) => recordData(column.columns, `${at}.${each.id}`, each));
  }
  return { at, values, lists };
}

/** What is on disk now is saved data here too, until Python sends the row itself. */
function adoptChanges(table, changes, ids) {
  for (const change of changes) {
    const [verb, parts] = Object.entries(change)[0];
    if (verb === "insert") {
      const grid = table.gridAt(parts.at ?? "", parts.field);
      const wanted = String(parts.record.id ?? "");
      const id = ids[wanted] ?? wanted;
      if (!grid || grid.saved.some((row) => row.at === grid.address(id))) continue;
      const row = table.born.get(grid.address(wanted)) ?? new TableRow(grid, grid.address(id), recordData(grid.columns, grid.address(id), parts.record));
      table.born.delete(grid.address(wanted));
      if (id !== wanted) table.rename(row, id);
      delete row.virtual;
      row.data.values.id = id;
      grid.saved = grid.saved.slice();
      const place = grid.saved.findIndex((each) => each.at === parts.before);
      grid.saved.splice(place < 0 ? grid.saved.length : place, 0, row);
      grid.rows = grid.saved;
      table.stale.add(grid);
      continue;
    }
    const row = table.index.get(parts.at);
    if (!row) continue;
    if (verb === "set") {
      row.data = { ...row.data, values: { ...row.data.values, [parts.field]: parts.value } };
      row.touched();
      if (parts.field === "id" && parts.value) table.rename(row, parts.value);
    } else {
      const grid = row.grid;
      grid.saved = grid.saved.filter((each) => each !== row);
      grid.rows = grid.saved;
      if (verb === "move") grid.saved.splice(placeOf(grid, parts.before), 0, row);
      else table.index.delete(parts.at);
      table.stale.add(grid);
    }
  }
}
