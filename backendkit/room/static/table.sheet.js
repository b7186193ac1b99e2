// Rows from a spreadsheet and back: tab separated text, with quoted cells of several lines (as Excel copies them).

/** Tab separated text as rows of cells. */
function readSheet(text) {
  const rows = [[]];
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  let at = 0;
  while (at <= source.length) {
    const quoted = source[at] === '"' ? quotedCell(source, at) : null;
    let end = at;
    if (!quoted) while (end < source.length && source[end] !== "\t" && source[end] !== "\n") end += 1;
    rows.at(-1).push(quoted ? quoted.text : source.slice(at, end));
    at = quoted ? quoted.end : end;
    if (source[at] === "\n") rows.push([]);
    at += 1;
  }
  return rows;
}

/** A cell in quotation marks that ends where a cell may end; else the marks are text. */
function quotedCell(source, start) {
  let text = "";
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] !== '"') text += source[at];
    else if (source[at + 1] === '"') { text += '"'; at += 1; }
    else {
      const next = source[at + 1];
      return next === undefined || next === "\t" || next === "\n" ? { text, end: at + 1 } : null;
    }
  }
  return null;
}

const sheetCell = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const writeSheet = (rows) => rows.map((row) => row.map(sheetCell).join("\t")).join("\n");

/** The same as a table for programs that take HTML. */
function sheetTable(rows) {
  const line = (cells, tag) => el("tr", {}, ...cells.map((text) => el(tag, {}, ...text.split("\n").flatMap((part, n) => (n ? [el("br"), part] : [part])))));
  return el("table", {}, ...rows.map((row, n) => line(row, n ? "td" : "th"))).outerHTML;
}

/** Copy rows; a browser lets a page do that only while somebody presses a key or a button. */
function copySheet(rows) {
  const copied = (event) => {
    event.clipboardData.setData("text/plain", writeSheet(rows));
    event.clipboardData.setData("text/html", sheetTable(rows));
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("copy", copied, { capture: true, once: true });
  const done = document.execCommand("copy");
  document.removeEventListener("copy", copied, { capture: true });
  return done;
}

/** The columns that the first line names, or null when it is no line of headings. */
function sheetHeadings(line, columns) {
  const bare = (text) => text.trim().toLowerCase().replace(/[\s_.:-]+/g, " ");
  const known = (text) => columns.find((column) => [column.name, column.heading].some((word) => bare(word) === bare(text)));
  const named = line.map((text) => (text.trim() ? known(text) : null));
  const told = named.filter(Boolean).length;
  const enough = told === line.filter((text) => text.trim()).length || told >= 2;
  return told && enough && (told > 1 || line.length === 1) ? named : null;
}

/**
 * What a paste does: [{row, values}], `row` null for a new one. From `row` and `column` on, or where headings say;
 * then a line whose id is there already goes to that row. Into the empty line everything is new.
 */
function pastePlan(grid, row, column, lines) {
  const open = grid.columns.filter((each) => each.kind !== "list");
  const named = sheetHeadings(lines[0], open);
  const shown = grid.shown.filter((each) => each.kind !== "list");
  const into = named ?? shown.slice(shown.indexOf(column));
  const below = row.fresh ? [] : grid.visible().slice(grid.visible().indexOf(row));
  const plan = [];
  let left = 0;
  for (const cells of named ? lines.slice(1) : lines) {
    if (cells.every((text) => !text.trim())) continue;
    const values = {};
    cells.forEach((text, n) => {
      if (into[n]) values[into[n].name] = cellValue(into[n], text);
      else if (text.trim()) left += 1;
    });
    const held = () => grid.rows.find((each) => each.shown("id") === values.id) ?? null;
    plan.push({ row: row.fresh ? null : values.id ? held() : below.shift() ?? null, values });
  }
  return { plan, left };
}
