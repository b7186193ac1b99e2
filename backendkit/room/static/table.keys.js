// The cell that is typed in: a cell with the focus is a field, what is typed is saved while one types, and the keys.

const CELL_PAUSE = { text: 400, lines: 400, line: 400, pairs: 400 };

class TableTyping extends TableMenus {
  listen() {
    const { host } = this;
    host.addEventListener("pointerdown", (event) => this.pressed(event));
    host.addEventListener("focusin", (event) => this.focused(event));
    host.addEventListener("focusout", (event) => this.blurred(event));
    host.addEventListener("input", (event) => { if (event.target === this.edit?.control) this.typed(); });
    host.addEventListener("keydown", (event) => this.key(event));
    host.addEventListener("paste", (event) => this.pasting(event));
    host.addEventListener("copy", (event) => this.copying(event));
    host.addEventListener("contextmenu", (event) => {
      const row = event.target.closest(".bk-gutter")?.parentElement.bk?.row;
      if (row && !row.fresh) { event.preventDefault(); this.openMenu(row, row.menu); }
    });
  }

  /** A press puts the caret where one pressed, also when the cell was plain text until now. */
  pressed(event) {
    const cell = event.target.closest(".bk-cell[data-field]");
    if (!cell || event.button !== 0 || event.target.closest("button, textarea, input")) return;
    event.preventDefault();
    const text = cell.firstChild;
    const place = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const range = place ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
    const node = place?.offsetNode ?? range?.startContainer;
    const caret = node && text.contains(node) ? (place?.offset ?? range.startOffset) : null;
    this.enter(cell.bk.row, cell.bk.column, { caret, pressed: true });
  }

  focused(event) {
    const cell = event.target;
    if (cell.bk?.column) this.enter(cell.bk.row, cell.bk.column);
  }

  blurred(event) {
    const { edit } = this;
    if (!edit || event.target !== edit.control || this.drawing) return;
    this.commit();
    this.completion.close();
    if (document.activeElement !== edit.control) this.leave({ drop: true }); // else only the window lost it
  }

  /** Turn a cell into a field. */
  enter(row, column, { caret = null, pressed = false } = {}) {
    if (!row?.element?.isConnected) return;
    const cell = row.cells.get(column.name);
    if (!cell) return;
    if (this.edit?.cell !== cell) {
      this.leave();
      const control = this.control(row, column);
      const value = row.shown(column.name);
      this.edit = { row, column, cell, control, value, typed: false, session: unique() };
      this.edit.was = row.data.values[column.name] ?? null;
      if (column.kind === "flag") control.checked = value === true;
      else control.value = cellText(column, value);
      this.edit.begun = control.value;
      cell.append(control);
      cell.tabIndex = -1;
      cell.classList.add("bk-typing");
      this.describe();
    }
    const { control } = this.edit;
    control.focus({ preventScroll: true });
    if (row === this.root.fresh) this.scroller.scrollTop = this.scroller.scrollHeight; // what was written last stands above it
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (column.kind === "flag") {
      if (pressed) control.click();
    } else {
      const end = caret ?? control.value.length;
      control.setSelectionRange(end, end);
      if (pressed && column.kind === "choice") this.complete({ all: true });
    }
  }

  control(row, column) {
    const label = { "aria-label": `${column.heading} of ${row.title}`, "data-kind": column.kind };
    if (column.kind === "flag") return el("input", { ...label, type: "checkbox", class: "bk-field" });
    const listed = CELL_LISTED.has(column.kind);
    const prose = ["text", "lines"].includes(column.kind);
    const hint = row.fresh ? hintOf(row.grid, column) : column.default === null || column.default === undefined ? "" : String(column.default);
    return el("textarea", {
      ...label, class: "bk-field", rows: 1, dir: "auto", placeholder: hint, spellcheck: String(prose), autocomplete: "off",
      ...(["whole", "number"].includes(column.kind) ? { inputmode: "decimal" } : {}),
      ...(listed ? { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.completion.id } : {}),
    });
  }

  /** Say with the field what stands beside and below it. */
  describe() {
    const { cell, control, row, column } = this.edit;
    const told = [...cell.querySelectorAll(":scope > .bk-mark"), ...row.told.filter((node) => node.dataset.of === column.name)].map((node) => node.id).join(" ");
    if (told) control.setAttribute("aria-describedby", told);
    else control.removeAttribute("aria-describedby");
    control.title = told ? "" : column.help;
    control.setAttribute("aria-invalid", String(cell.dataset.state === "refused"));
  }

  /** The field becomes a cell again. */
  leave({ drop = false } = {}) {
    const { edit } = this;
    if (!edit) return;
    if (!drop) this.commit();
    this.edit = null;
    clearTimeout(edit.timer);
    edit.control.remove();
    edit.cell.tabIndex = 0;
    edit.cell.classList.remove("bk-typing");
    edit.row.stale = true;
    this.soon();
  }

  /** The saved value has changed while the cell is a field: follow, unless something was typed here. */
  followed(edit, value, text) {
    if (edit.typed || equal(edit.value, value)) return;
    edit.value = value;
    edit.was = edit.row.data.values[edit.column.name] ?? null;
    if (edit.column.kind === "flag") edit.control.checked = value === true;
    else if (edit.control.value !== text) edit.begun = edit.control.value = text;
    edit.cell.firstChild.textContent = text;
  }

  typed({ offer = true } = {}) {
    const { edit } = this;
    const { column, row, control } = edit;
    edit.typed = true;
    this.drawStatus();
    if (column.kind === "line" && control.value.includes("\n")) control.value = control.value.replace(/\s*\n\s*/g, " ");
    if (column.kind !== "flag") edit.cell.firstChild.textContent = `${control.value}\u200b`;
    if (row.fresh) {
      row.data.values = { ...row.data.values, [column.name]: this.read() };
      this.keepDraft(row.grid, row.data.values);
    }
    if (offer && CELL_LISTED.has(column.kind)) this.complete();
    this.commitSoon();
  }

  /** Saved after a pause; what begins a name or a choice waits until it is whole. */
  commitSoon() {
    const { edit } = this;
    const { column, row } = edit;
    clearTimeout(edit.timer);
    const waits = column.name === "id" || (row.fresh && !row.grid.about.stem) || (this.completion.open && column.kind !== "pairs");
    if (!waits) edit.timer = setTimeout(() => this.commit(), CELL_PAUSE[column.kind] ?? 150);
  }

  complete({ all = false } = {}) {
    const { edit } = this;
    const choices = cellChoices(edit.column, edit.row, this.ids);
    this.completion.offer(edit.control, edit.column, choices, () => { this.typed({ offer: false }); this.commit(); }, { all });
  }

  read() {
    const { column, control } = this.edit;
    return column.kind === "flag" ? (control.checked ? true : null) : cellValue(column, control.value);
  }

  /** Save what was typed in the cell. */
  commit() {
    const { edit } = this;
    if (!edit?.typed) return;
    clearTimeout(edit.timer);
    edit.typed = false;
    const { row, column } = edit;
    const value = this.read();
    row.kept = true;
    this.soon();
    if (row.fresh) {
      row.data.values = { ...row.data.values, [column.name]: value };
      this.keepDraft(row.grid, row.data.values);
      if (gap(value)) return;
      edit.value = value;
      edit.was = value;
      void this.bear(row, edit.session);
      return;
    }
    const mark = row.marks.get(column.name);
    if (column.name === "id" && gap(value)) return; // it keeps the one it has
    if (equal(value, row.shown(column.name))) return;
    edit.value = value;
    if (mark?.state === "conflict") return this.retyped(mark, value);
    if (mark?.item.state && mark.item.changes[0].set && equal(value, row.data.values[column.name])) return this.drop(mark.item);
    void this.set(row, column.name, value, { was: edit.was, session: edit.session }).then(({ ok }) => { if (ok) edit.was = value; });
  }

  // ---- keys

  key(event) {
    const { edit } = this;
    if (this.layer.open && this.layer.node.contains(event.target)) return this.menuKey(event);
    const control = event.ctrlKey || event.metaKey;
    const low = event.key.toLowerCase();
    if (control && low === "f" && !event.altKey) return this.taken(event, () => { this.filter.focus(); this.filter.select(); });
    if (control && low === "z" && !(edit?.typed && !event.shiftKey) && event.target !== this.filter) return this.taken(event, () => (event.shiftKey ? this.redo() : this.undo()));
    if (control && low === "y" && event.target !== this.filter) return this.taken(event, () => this.redo());
    if (event.target === this.filter) {
      if (event.key === "Escape") this.taken(event, () => { this.filter.value = ""; this.applyFilter(); this.focusFresh(); });
      if (event.key === "Enter" || event.key === "ArrowDown") this.taken(event, () => { const row = this.root.visible()[0] ?? this.root.fresh; this.enter(row, row.grid.main); });
      return;
    }
    if (!edit || event.target !== edit.control || event.isComposing) return;
    const { row, column } = edit;
    if (this.completion.open && this.completionKey(event)) return;
    if (control && event.key === "Delete") return this.taken(event, () => this.remove(row));
    if (control && low === "d") return this.taken(event, () => this.duplicate(row));
    if (control && event.key === " " && CELL_LISTED.has(column.kind)) return this.taken(event, () => this.complete({ all: true }));
    if ((event.shiftKey && event.key === "F10") || event.key === "ContextMenu") return this.taken(event, () => !row.fresh && this.openMenu(row, row.menu));
    if (event.key === "Enter" && control) return this.taken(event, () => this.inside(row));
    if (event.key === "Enter") return this.taken(event, () => this.entered(event));
    if (event.key === "Escape") return this.taken(event, () => this.escaped());
    if (event.key === "ArrowUp" || event.key === "ArrowDown") this.arrow(event, event.key === "ArrowUp" ? -1 : 1);
  }

  taken(event, act) {
    event.preventDefault();
    act();
  }

  completionKey(event) {
    const { completion } = this;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.taken(event, () => completion.move(event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Escape") this.taken(event, () => { completion.close(); this.commitSoon(); });
    else if (event.key === "Tab") { completion.take(); return false; }
    else if (event.key === "Enter") { if (!completion.take()) completion.close(); return false; }
    else return false;
    return true;
  }

  menuKey(event) {
    const items = [...this.layer.node.querySelectorAll("button, input")];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") this.taken(event, () => this.layer.close());
    if (event.key === "Tab" && this.layer.node.getAttribute("role") === "menu") this.taken(event, () => this.layer.close());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.taken(event, () => items.at((at + (event.key === "ArrowDown" ? 1 : -1)) % items.length).focus());
  }

  entered(event) {
    const { row, column, control } = this.edit;
    if ((event.shiftKey || event.altKey) && ["text", "lines", "pairs"].includes(column.kind)) {
      control.setRangeText("\n", control.selectionStart, control.selectionEnd, "end");
      return this.typed();
    }
    this.commit();
    if (row.next) return void this.step(1);
    this.refresh();
    this.focusFresh(row.grid);
  }

  step(by) {
    const { row, column } = this.edit;
    const rows = [...row.grid.visible(), row.grid.fresh];
    const next = rows[rows.indexOf(row) + by];
    if (next) this.enter(next, column);
    return Boolean(next);
  }

  escaped() {
    const { edit } = this;
    if (edit.column.kind !== "flag" && edit.control.value !== edit.begun) {
      edit.control.value = edit.begun;
      this.typed();
      this.completion.close();
      this.commit();
    } else if (!edit.row.fresh) this.focusFresh(edit.row.grid);
    else if (edit.row.grid.holder) this.enter(edit.row.grid.holder, edit.row.grid.holder.grid.main);
  }

  arrow(event, by) {
    const { row, control, column } = this.edit;
    if (event.altKey) return this.taken(event, () => this.move(row, by));
    if (event.shiftKey || event.ctrlKey) return;
    const height = parseFloat(getComputedStyle(control).lineHeight);
    const many = column.kind !== "flag" && control.scrollHeight > 1.9 * height + 8;
    const edge = column.kind === "flag" || !many || (by < 0 ? control.selectionEnd === 0 : control.selectionStart === control.value.length);
    if (edge) this.taken(event, () => this.step(by));
  }

  // ---- clipboard

  pasting(event) {
    const { edit } = this;
    if (!edit || event.target !== edit.control || edit.column.kind === "flag") return;
    const text = event.clipboardData.getData("text/plain");
    const sheet = text.includes("\t") || (edit.row.fresh && edit.column === edit.row.grid.main && /\n\s*\S/.test(text.trim()));
    const lines = readSheet(text);
    if (sheet) return this.taken(event, () => void this.paste(edit.row, edit.column, lines));
    if (lines.length === 1 && lines[0].length === 1 && lines[0][0].includes("\n")) {
      this.taken(event, () => { // one cell of a spreadsheet with several lines
        edit.control.setRangeText(lines[0][0], edit.control.selectionStart, edit.control.selectionEnd, "end");
        this.typed();
      });
    }
  }

  copying(event) {
    const { edit } = this;
    if (!edit || event.target !== edit.control || edit.row.fresh || edit.control.selectionStart !== edit.control.selectionEnd) return;
    event.preventDefault();
    this.copy(edit.row);
  }
}
