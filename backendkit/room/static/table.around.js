// Around the rows: the filter, menus, which columns are shown, what opens below a row, and showing a row on request.

const TABLE_KEYS = [
  ["Tab, Shift+Tab", "next, previous cell"],
  ["Enter", "down; in the last row to the new line"],
  ["Shift+Enter, Alt+Enter", "a new line in the text"],
  ["Esc", "take back what was typed in this cell; again: to the new line"],
  ["↑ ↓", "at the edge of the text: the row above, below"],
  ["Alt+↑, Alt+↓", "move the row"],
  ["Ctrl+Enter", "to what is inside the row, and back"],
  ["Ctrl+D", "duplicate the row"],
  ["Ctrl+Delete", "delete the row"],
  ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo"],
  ["Ctrl+F", "filter"],
  ["Ctrl+Space", "suggestions"],
  ["Shift+F10", "menu of the row"],
  ["Ctrl+C", "with nothing selected: copy the row"],
  ["Ctrl+V", "rows from a spreadsheet fill from this cell on"],
];

/** The columns of a list and of those inside it: [["", about], ["attributes", about], …]. */
function columnLists(about, name = "") {
  about.hidden ??= new Set(about.columns.filter((column) => !column.shown).map((column) => column.name));
  const inner = about.columns.filter((column) => column.kind === "list");
  return [[name, about], ...inner.flatMap((column) => columnLists(column, name ? `${name}: ${column.name}` : column.name))];
}

class TableMenus {
  /** What was written since somebody began to filter stays in sight until they filter `anew`. */
  applyFilter({ quiet = false, anew = false } = {}) {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of this.root?.rows ?? []) {
      const text = words.length ? row.text() : "";
      if (anew) row.kept = false;
      row.filtered = !words.every((word) => text.includes(word)) && row !== this.edit?.row && !row.kept;
      shown += row.filtered ? 0 : 1;
      if (row.element && row.element.hidden !== row.filtered) row.element.hidden = row.filtered;
      if (row.panel) row.panel.hidden = row.filtered;
    }
    const all = this.root?.rows.length ?? 0;
    const text = words.length ? `${shown} of ${all}` : all ? `${all}` : "";
    if (this.count.textContent !== text) this.count.textContent = text;
    this.count.title = words.length ? "rows that fit the filter" : "rows";
    if (words.length && !quiet) this.say(`${shown} of ${all} rows`);
  }

  openMenu(row, anchor) {
    const item = (text, keys, act) => el("button", { class: "bk-item", role: "menuitem", type: "button", onclick: () => { this.layer.close(); act(); } }, text, el("span", {}, keys));
    const back = this.edit;
    const items = [
      item("Move up", "Alt+↑", () => this.move(row, -1)),
      item("Move down", "Alt+↓", () => this.move(row, 1)),
      item("Duplicate", "Ctrl+D", () => this.duplicate(row)),
      item("Copy", "Ctrl+C", () => this.copy(row)),
      item("Delete", "Ctrl+Del", () => this.remove(row)),
    ];
    if (row.findings.length) items.unshift(item("Show the finding", "", () => this.wire.show({ at: row.at, field: row.findings[0].field, findings: true })));
    this.layer.node.setAttribute("role", "menu");
    this.layer.node.setAttribute("aria-label", `Row ${row.title}`);
    this.layer.closed = () => { if (this.layer.node.contains(document.activeElement)) (back?.control?.isConnected ? back.control : anchor).focus(); };
    this.layer.show(anchor, ...items);
    items[0].focus();
  }

  openColumns() {
    const box = (about, column) => {
      const chosen = (event) => this.chooseColumn(about, column.name, event.target.checked);
      const used = this.unseen.get(about)?.has(column.name) ? el("span", {}, "in use") : null;
      return el("label", { class: "bk-item", title: column.help }, el("input", { type: "checkbox", checked: !about.hidden.has(column.name), onchange: chosen }), column.heading, used);
    };
    const boxes = columnLists(this.root.about).flatMap(([name, about]) => [
      name ? el("h4", {}, name) : null,
      ...about.columns.filter((column) => column.kind !== "list" && column.name !== "id").map((column) => box(about, column)),
    ]);
    this.layer.node.setAttribute("role", "dialog");
    this.layer.node.setAttribute("aria-label", "Columns");
    this.layer.closed = () => this.columnsButton.focus();
    this.layer.show(this.columnsButton, ...boxes.filter(Boolean));
    this.layer.node.querySelector("input")?.focus();
  }

  chooseColumn(about, name, shown) {
    if (shown) about.hidden.delete(name);
    else about.hidden.add(name);
    const hidden = columnLists(this.root.about).map(([list, each]) => [list, [...each.hidden]]);
    keepText(storage, this.place("columns"), JSON.stringify(Object.fromEntries(hidden)));
    this.rebuild();
  }

  /** Which columns somebody chose the last time. */
  hideChosen() {
    try {
      const kept = JSON.parse(storage.getItem(this.place("columns"))) ?? {};
      for (const [name, about] of columnLists(this.root.about)) if (kept[name]) about.hidden = new Set(kept[name]);
    } catch { /* what stands there is not ours */ }
  }

  /** In how many columns something stands that nobody sees. */
  countUnseen() {
    this.unseen = new Map();
    const look = (grid) => {
      const names = this.unseen.get(grid.about) ?? new Set();
      this.unseen.set(grid.about, names);
      for (const row of grid.saved) {
        for (const name of grid.about.hidden) if (name !== "waive" && name !== "votes" && !gap(row.data.values[name])) names.add(name);
        for (const inner of row.grids.values()) look(inner);
      }
    };
    look(this.root);
    const count = [...this.unseen.values()].reduce((sum, names) => sum + names.size, 0);
    this.columnsButton.textContent = count ? `Columns (${count} more)` : "Columns";
    this.columnsButton.setAttribute("aria-label", count ? `Columns: ${count} more hold something` : "Columns");
  }

  /** The same rows with other columns. */
  rebuild() {
    this.leave();
    const anew = (grid) => {
      for (const row of [...grid.rows, ...(grid.fresh ? [grid.fresh] : [])]) {
        row.cells.clear();
        row.stale = true;
        for (const inner of row.grids.values()) if (inner.element) anew(inner);
      }
      drawHead(grid);
      drawGrid(grid);
    };
    anew(this.root);
    this.countUnseen();
  }

  openHelp(anchor) {
    this.layer.node.setAttribute("role", "dialog");
    this.layer.node.setAttribute("aria-label", "Keys");
    this.layer.closed = () => anchor.focus();
    const close = cellButton("Close", () => this.layer.close());
    this.layer.show(anchor, ...TABLE_KEYS.map(([keys, what]) => el("p", { class: "bk-keys" }, el("strong", {}, keys), el("span", {}, what))), close);
    close.focus();
  }

  // ---- what is kept in this page only

  place(what, grid = this.root) { return `backendkit/${what}/${this.wire.design}/${grid.holder ? `${grid.at}.${grid.field}` : this.where}`; }

  draft(grid) {
    try { return JSON.parse(drafts.getItem(this.place("draft", grid))) ?? {}; } catch { return {}; }
  }

  keepDraft(grid, values) {
    const key = this.place("draft", grid);
    if (Object.values(values).every(gap)) drafts.removeItem(key);
    else keepText(drafts, key, JSON.stringify(values));
  }

  // ---- below a row, and to a row

  toggle(row, open = !row.panel) {
    if (Boolean(row.panel) === open || !row.grid.lists.length || row.fresh) return;
    if (open) {
      row.panel = el("div", { class: "bk-panel", role: "row" }, el("div", { role: "gridcell", "aria-colspan": row.cells.size + 2 }));
      row.panel.bk = { panel: row };
    } else row.panel = null;
    row.stale = true;
    drawGrid(row.grid);
  }

  openList(row, name) {
    (row.opened ??= new Set()).add(name);
    row.stale = true;
    drawGrid(row.grid);
    const { fresh } = row.inner(name);
    this.enter(fresh, row.inner(name).main);
  }

  focusFresh(grid = this.root) {
    this.enter(grid.fresh, grid.shown.includes(grid.main) ? grid.main : grid.shown[0]);
  }

  flash(row) {
    row.element?.scrollIntoView({ block: "nearest" });
    row.element?.classList.remove("bk-flash");
    void row.element?.offsetWidth; // begin the animation anew
    row.element?.classList.add("bk-flash");
  }

  /** To the first list inside a row; from inside a row back to it. */
  inside(row) {
    if (row.fresh) this.commit();
    if (row.grid.lists.length && !row.fresh) {
      const inner = row.inner(row.grid.lists[0].name);
      this.toggle(row, true);
      this.focusFresh(inner);
    } else if (row.grid.holder) this.enter(row.grid.holder, row.grid.holder.grid.main);
  }

  /** Show a record, also one inside another; true when it is here. */
  reveal(detail) {
    const { at, field, findings } = detail;
    const row = this.index.get(at);
    if (!row || !this.root.element) return false;
    if (row.grid.holder) {
      const holders = [];
      for (let holder = row.grid.holder; holder; holder = holder.grid.holder) holders.unshift(holder);
      for (const holder of holders) {
        (holder.opened ??= new Set()).add(row.grid.field);
        this.toggle(holder, true);
      }
    }
    const top = (row.grid.holder ? this.topOf(row) : row);
    if (top.filtered) {
      this.filter.value = "";
      this.applyFilter();
    }
    const name = field && row.grid.columns.find((each) => each.name === field || each.name.startsWith(`${field}.`))?.name;
    if (name && row.grid.about.hidden.has(name)) {
      row.grid.about.hidden.delete(name);
      this.rebuild();
    }
    if (!findings && !detail.entered) {
      detail.entered = true; // of two lists that have it, the first takes the focus
      this.host.scrollIntoView({ block: "nearest" });
      const column = row.grid.shown.find((each) => each.name === name) ?? row.grid.shown[Math.min(1, row.grid.shown.length - 1)];
      this.enter(row, column);
    }
    this.flash(row);
    return true;
  }

  topOf(row) {
    let top = row;
    while (top.grid.holder) top = top.grid.holder;
    return top;
  }
}
