// How a table looks: elements for rows and cells, made once and then changed where something changed.

const CELL_WIDTHS = {
  id: [72, 0], line: [116, 1], text: [190, 3], lines: [170, 2.4], choice: [96, 0], choices: [120, 1], flag: [70, 0],
  whole: [84, 0], number: [76, 0], reference: [112, 0.8], references: [116, 1], words: [120, 1], pairs: [150, 1.4], type: [124, 0],
};

function columnWidth(grid, column) {
  if (column.name === "id") return [grid.about.stem ? 64 : 124, 0];
  return CELL_WIDTHS[column.kind] ?? CELL_WIDTHS.line;
}

/** Make or change the elements of a list; only rows that are stale are touched. */
function drawGrid(grid) {
  if (!grid.element) {
    const label = grid.holder ? `${grid.field} of ${grid.holder.title}` : grid.about.caption;
    grid.element = el("div", { class: "bk-grid", role: "grid", "aria-label": label });
    grid.element.append(el("div", { class: "bk-row bk-head", role: "row" }));
    drawHead(grid);
  }
  if (!grid.fresh) grid.fresh = freshRow(grid);
  const rows = [...grid.rows, grid.fresh];
  const nodes = rows.flatMap((row) => (drawRow(row), row.panel ? [row.element, row.panel] : [row.element]));
  const wanted = new Set(nodes);
  for (const node of [...grid.element.children].slice(1)) if (!wanted.has(node)) node.remove();
  let at = grid.element.children[1] ?? null;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else grid.element.insertBefore(node, at);
  }
  grid.element.setAttribute("aria-rowcount", grid.rows.length + 2);
}

function drawHead(grid) {
  const widths = grid.shown.map((column) => columnWidth(grid, column));
  const tracks = ["28px", ...widths.map(([least, share]) => (share ? `minmax(${least}px, ${share}fr)` : `${least}px`)), ...(grid.lists.length ? ["150px"] : [])];
  const least = 28 + widths.reduce((sum, [width]) => sum + width, 0) + (grid.lists.length ? 150 : 0);
  grid.element.style.setProperty("--columns", tracks.join(" "));
  grid.element.style.setProperty("--least", `${least}px`);
  const head = (text, help) => el("div", { class: "bk-cell", role: "columnheader", title: help }, text);
  grid.element.firstChild.replaceChildren(
    el("div", { class: "bk-cell bk-gutter", role: "columnheader" }, el("span", { class: "bk-visually-hidden" }, "Row")),
    ...grid.shown.map((column) => head(column.heading, column.help)),
    ...(grid.lists.length ? [head("Inside")] : []),
  );
}

/** The empty line at the end. What is typed there is kept in this browser until it is a record. */
function freshRow(grid) {
  const row = new TableRow(grid, "", { at: "", values: {}, lists: {} });
  row.fresh = true;
  row.data.values = grid.table.draft(grid);
  return row;
}

function drawRow(row) {
  const { grid } = row;
  if (!row.element) {
    row.element = el("div", { class: "bk-row", role: "row" });
    row.element.bk = { row };
    row.stale = true;
    row.cells.clear();
  }
  if (!row.stale) return row.element;
  row.stale = false;
  const { element } = row;
  element.classList.toggle("bk-fresh", Boolean(row.fresh));
  element.dataset.at = row.at;
  element.setAttribute("aria-label", row.title);
  if (!row.cells.size) buildCells(row);
  for (const [name, cell] of row.cells) drawCell(row, cell.bk.column, cell, name);
  drawGutter(row);
  if (grid.lists.length) drawLists(row);
  if (row.panel) drawPanel(row);
  return element;
}

function buildCells(row) {
  const { grid } = row;
  const made = grid.shown.map((column) => {
    const cell = el("div", { class: "bk-cell", role: "gridcell", tabindex: "0", "data-field": column.name, "data-kind": column.kind }, el("span", { class: "bk-text" }));
    cell.bk = { row, column };
    row.cells.set(column.name, cell);
    return cell;
  });
  row.gutter = el("div", { class: "bk-cell bk-gutter", role: "gridcell" });
  row.insideCell = grid.lists.length ? el("div", { class: "bk-cell bk-inside", role: "gridcell" }) : null;
  row.element.replaceChildren(row.gutter, ...made, ...(row.insideCell ? [row.insideCell] : []));
}

function drawCell(row, column, cell, name) {
  const { table } = row.grid;
  const mark = row.marks.get(name);
  const value = row.shown(name);
  const text = mark?.text ?? cellText(column, value);
  const span = cell.firstChild;
  const edit = table.edit?.cell === cell ? table.edit : null;
  if (edit) table.followed(edit, value, text);
  else if (span.textContent !== text) span.textContent = text;
  if (row.fresh) span.dataset.hint = hintOf(row.grid, column);
  else delete span.dataset.hint;
  span.classList.toggle("bk-chip", column.kind === "choice" && Boolean(text) && !mark?.message);
  if (column.kind === "choice") span.dataset.is = text;
  if (column.kind === "flag") span.dataset.flag = value === true ? "yes" : "no";
  if (cell.dataset.state !== (mark?.state ?? "")) cell.dataset.state = mark?.state ?? "";
  drawTold(row, column, cell, mark);
}

/** What stands in an empty line before anybody types. */
function hintOf(grid, column) {
  if (column.main && column.asks) return column.asks;
  const value = column.name === "id" ? "" : grid.about.example?.[column.name];
  return !grid.rows.length && !gap(value) && column.kind !== "flag" ? cellText(column, value) : "";
}

/** Below the text: why the model refuses it, or what somebody else wrote meanwhile; at its edge what the rules say. */
function drawTold(row, column, cell, mark) {
  const findings = row.findings.filter((each) => (each.field || "id") === column.name || (column.name === "id" && !row.cells.has(each.field)));
  if (!mark && !findings.length && !cell.bk.told) return;
  const key = JSON.stringify([mark?.message, mark && "theirs" in mark ? [mark.theirs] : 0, findings]);
  if (cell.bk.told === key) return;
  cell.bk.told = key;
  for (const node of cell.querySelectorAll(":scope > .bk-told, :scope > .bk-mark")) node.remove();
  if (mark?.message) cell.append(el("div", { class: "bk-told", id: unique() }, asSentence(mark.message)));
  if (mark && "theirs" in mark) {
    cell.append(el("div", { class: "bk-told bk-conflict", id: unique() }, `Meanwhile it says: ${cellText(column, mark.theirs) || "nothing"}`,
      el("span", {}, cellButton("Keep mine", () => row.grid.table.decide(row, column, "mine")), cellButton("Take theirs", () => row.grid.table.decide(row, column, "theirs")))));
  }
  if (findings.length) cell.append(findingMark(row, column, findings));
  row.grid.table.describe(cell);
}

const asSentence = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const cellButton = (text, onclick, attributes = {}) => el("button", { class: "bk-button", type: "button", onclick, ...attributes }, text);

function findingMark(row, column, findings) {
  const told = findings.map(({ message, mend }) => `${message}: ${mend}.`).join("\n");
  const show = () => row.grid.table.wire.show({ at: row.at, field: findings[0].field, findings: true });
  return el("button", { class: "bk-mark", type: "button", tabindex: "-1", title: told, "aria-label": `Finding: ${told}`, id: unique(), onclick: show }, "!");
}

function drawGutter(row) {
  const { table } = row.grid;
  if (!row.menu) {
    row.menu = cellButton("⋮", () => table.openMenu(row, row.menu), { tabindex: "-1", "aria-haspopup": "menu" });
    row.menu.classList.add("bk-quiet");
  }
  row.menu.setAttribute("aria-label", row.fresh ? "New line" : `Row ${row.title}: menu`);
  row.menu.hidden = Boolean(row.fresh);
  const told = row.problem ? [el("span", { class: "bk-mark", title: row.problem, role: "img", "aria-label": asSentence(row.problem) }, "!")] : [];
  row.gutter.replaceChildren(row.menu, ...told, ...(row.fresh ? [el("span", { class: "bk-plus", "aria-hidden": "true" }, "+")] : []));
}

function drawLists(row) {
  const { table, lists } = row.grid;
  if (row.fresh) return void row.insideCell.replaceChildren();
  const count = (column) => row.inner(column.name).rows.length;
  const told = lists.filter((column, n) => count(column) || !n).map((column) => `${column.name} (${count(column)})`).join(", ");
  row.toggle ??= cellButton("", () => table.toggle(row), { class: "bk-button bk-quiet bk-toggle" });
  row.toggle.replaceChildren(el("span", { "aria-hidden": "true" }, row.panel ? "▾ " : "▸ "), told);
  row.toggle.setAttribute("aria-expanded", String(Boolean(row.panel)));
  row.toggle.setAttribute("aria-label", `${told} of ${row.title}`);
  const marks = row.findingsInside;
  row.insideCell.replaceChildren(row.toggle, ...(marks.length ? [el("span", { class: "bk-mark", title: `${marks.length} inside`, role: "img", "aria-label": `Findings inside: ${marks.length}` }, "!")] : []));
}

/** The lists inside a record, below it: those in which something stands, the others one click away. */
function drawPanel(row) {
  const { table } = row.grid;
  const grids = row.grid.lists.map((column, n) => ({ column, grid: row.inner(column.name), n }));
  const open = grids.filter(({ column, grid, n }) => grid.rows.length || !n || row.opened?.has(column.name));
  const closed = grids.filter((each) => !open.includes(each));
  const sections = open.map(({ column, grid }) => {
    if (!grid.element) grid.showUsed();
    drawGrid(grid);
    grid.section ??= el("section", { class: "bk-section" }, el("h4", {}, column.heading), grid.element);
    return grid.section;
  });
  const more = closed.map(({ column }) => cellButton(`+ ${column.name}`, () => table.openList(row, column.name), { "aria-label": `Add ${column.name} to ${row.title}` }));
  const body = row.panel.firstChild;
  const wanted = [...sections, ...(more.length ? [el("div", { class: "bk-more" }, more)] : [])];
  const same = sections.every((section, n) => body.children[n] === section) && body.querySelectorAll(":scope > .bk-more button").length === more.length && body.children.length === wanted.length;
  if (!same) body.replaceChildren(...wanted);
}
