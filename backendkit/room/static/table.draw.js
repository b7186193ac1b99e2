// How a table looks: elements for rows and cells, made once and then changed where something changed.

const CELL_WIDTHS = {
  line: [116, 1], text: [200, 3], lines: [180, 2.4], choices: [120, 1], flag: [78, 0],
  whole: [84, 0], number: [76, 0], reference: [112, 0.8], references: [116, 1], words: [120, 1], pairs: [150, 1.4], type: [124, 0],
};
const INSIDE_WIDTH = [150, 0.6];

function columnWidth(grid, column) {
  if (column.name === "id") return [grid.about.stem ? 64 : grid.about.of === "variable" ? 190 : 124, 0];
  if (column.kind === "choice") return [Math.max(84, 36 + 6.7 * Math.max(...column.words.map((word) => word.length))), 0];
  if (column === grid.main && column.kind === "line") return [150, 2];
  return CELL_WIDTHS[column.kind] ?? CELL_WIDTHS.line;
}

/** What is inside a record stands right behind its name. */
function withInside(grid, made, inside) {
  if (!grid.lists.length) return made;
  const at = Math.max(grid.shown.indexOf(grid.main), 0) + 1;
  return [...made.slice(0, at), inside, ...made.slice(at)];
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
  const widths = withInside(grid, grid.shown.map((column) => columnWidth(grid, column)), INSIDE_WIDTH);
  const tracks = widths.map(([least, share]) => (share ? `minmax(${least}px, ${share}fr)` : `${least}px`));
  grid.element.style.setProperty("--columns", ["28px", ...tracks].join(" "));
  grid.element.style.setProperty("--least", `${28 + widths.reduce((sum, [width]) => sum + width, 0)}px`);
  const head = (text, help) => el("div", { class: "bk-cell", role: "columnheader", title: help }, text);
  const named = grid.shown.map((column) => head(column.heading, column.help));
  const gutter = el("div", { class: "bk-cell bk-gutter", role: "columnheader" }, el("span", { class: "bk-visually-hidden" }, "Row"));
  grid.element.firstChild.replaceChildren(gutter, ...withInside(grid, named, head("Inside")));
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
  element.hidden = Boolean(row.filtered);
  element.setAttribute("aria-label", row.title);
  if (!row.cells.size) buildCells(row);
  for (const [name, cell] of row.cells) drawCell(row, cell.bk.column, cell, name);
  drawTold(row);
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
  row.element.replaceChildren(row.gutter, ...withInside(grid, made, row.insideCell));
  row.told = [];
  row.toldKey = "[]";
}

function drawCell(row, column, cell, name) {
  const { table } = row.grid;
  const mark = row.marks.get(name);
  const value = row.shown(name);
  const text = cellText(column, value);
  const span = cell.firstChild;
  const edit = table.edit?.cell === cell ? table.edit : null;
  if (edit) table.followed(edit, value, text);
  else if (span.textContent !== text) span.textContent = text;
  if (row.fresh) span.dataset.hint = hintOf(row.grid, column);
  else delete span.dataset.hint;
  cell.classList.toggle("bk-one-line", Boolean(row.fresh && column.main && row.grid.rows.length && Object.values(row.data.values).every(gap)));
  span.classList.toggle("bk-chip", column.kind === "choice" && Boolean(text) && !mark?.message);
  if (column.kind === "choice") span.dataset.is = text;
  if (column.kind === "flag") span.dataset.flag = value === true ? "yes" : "no";
  if (cell.dataset.state !== (mark?.state ?? "")) cell.dataset.state = mark?.state ?? "";
  drawFindings(row, column, cell);
}

/** What stands in an empty line before anybody types. */
function hintOf(grid, column) {
  if (column.main && column.asks) return column.asks;
  const value = column.name === "id" ? "" : grid.about.example?.[column.name];
  return !grid.rows.length && !gap(value) && column.kind !== "flag" ? cellText(column, value) : "";
}

/** Below the line: why the model refuses a value, or what somebody else wrote meanwhile. */
function drawTold(row) {
  const told = [...row.marks].filter(([, mark]) => mark.message || "theirs" in mark);
  if (row.problem) told.unshift(["", { message: row.problem }]);
  const key = JSON.stringify(told.map(([field, mark]) => [field, mark.message, mark.theirs, "theirs" in mark && mark.value]));
  if (row.toldKey === key) return;
  row.toldKey = key;
  for (const node of row.told) node.remove();
  row.told = told.map(([field, mark]) => toldNode(row, row.grid.columns.find((column) => column.name === field), mark));
  row.element.append(...row.told);
  if (row.grid.table.edit?.row === row) row.grid.table.describe();
}

function toldNode(row, column, mark) {
  const { table } = row.grid;
  const what = column ? [el("strong", {}, `${column.heading}: `)] : [];
  const about = { class: "bk-told", id: unique(), "data-of": column?.name ?? "" };
  if (mark.message) return el("div", about, what, asSentence(mark.message));
  const theirs = cellText(column, mark.theirs);
  const mine = cellText(column, mark.value);
  return el("div", { ...about, class: "bk-told bk-conflict" },
    el("p", {}, what, "somebody else wrote something here, too."),
    el("p", {}, "Theirs: ", theirs || "nothing", el("br"), "Yours: ", mine || "nothing"),
    el("span", {}, cellButton("Keep mine", () => table.decide(row, column, "mine")), cellButton("Take theirs", () => table.decide(row, column, "theirs"))));
}

/** At the edge of a cell: what the rules say of it. */
function drawFindings(row, column, cell) {
  const findings = row.findings.filter((each) => (each.field || "id") === column.name || (column.name === "id" && !row.cells.has(each.field)));
  const key = JSON.stringify(findings);
  if ((cell.bk.findings ?? "[]") === key) return;
  cell.bk.findings = key;
  cell.querySelector(":scope > .bk-mark")?.remove();
  if (findings.length) cell.append(findingMark(row, column, findings));
  if (row.grid.table.edit?.cell === cell) row.grid.table.describe();
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
  row.gutter.replaceChildren(row.menu, ...(row.fresh ? [el("span", { class: "bk-plus", "aria-hidden": "true" }, "+")] : []));
}

function drawLists(row) {
  const { table, lists } = row.grid;
  if (row.fresh) return void row.insideCell.replaceChildren();
  const told = lists.map((column) => ({ column, count: row.inner(column.name).rows.length })).filter(({ count }, n) => count || !n).map(({ column, count }) => `${column.name} (${count})`);
  row.toggle ??= cellButton("", () => table.toggle(row), { class: "bk-button bk-quiet bk-toggle" });
  row.toggle.replaceChildren(el("span", { "aria-hidden": "true" }, row.panel ? "▾ " : "▸ "), told[0] + (told.length > 1 ? ", …" : ""));
  row.toggle.setAttribute("aria-expanded", String(Boolean(row.panel)));
  row.toggle.setAttribute("aria-label", `${told.join(", ")} of ${row.title}`);
  row.toggle.title = told.join(", ");
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
