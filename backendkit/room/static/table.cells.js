// What stands in a cell: a value as text and back again, and the words that complete it.

const CELL_MANY = new Set(["references", "choices", "words"]);
const CELL_LISTED = new Set(["reference", "references", "choice", "choices", "type", "pairs"]);
const plainItems = (value) => value.every((item) => !String(item).includes(","));

/** A value the way it is typed. */
function cellText(column, value) {
  if (value === null || value === undefined) return "";
  if (column.kind === "flag") return value === true ? "yes" : value === false ? "" : String(value);
  if (column.kind === "pairs" && typeof value === "object") {
    return Object.entries(value).map(([key, item]) => `${key}: ${item}`).join("\n");
  }
  if (!Array.isArray(value)) return typeof value === "object" ? JSON.stringify(value) : String(value);
  if (CELL_MANY.has(column.kind)) {
    if (plainItems(value)) return value.join(", ");
    return value.join("\n") + (value.length === 1 ? "\n" : "");
  }
  return value.join(value.some((item) => String(item).includes("\n")) ? "\n\n" : "\n");
}

/** Typed text as a value; null is a gap. What makes no sense stays text, and the model says why. */
function cellValue(column, text) {
  const trimmed = text.trim();
  if (!trimmed) return null;
  const split = (by) => trimmed.split(by).map((item) => item.trim()).filter(Boolean);
  switch (column.kind) {
    case "text": return trimmed.replace(/[ \t]+$/gm, "");
    case "flag": return /^(yes|y|true|x|1|✓|✔)$/i.test(trimmed) ? true : /^(no|n|false|0|-)$/i.test(trimmed) ? null : trimmed;
    case "whole":
    case "number": return numberOf(trimmed);
    case "choice": return wordOf(column, trimmed);
    case "choices": return split(/[,;\n]/).map((item) => wordOf(column, item));
    case "references":
    case "words": return text.includes("\n") ? split(/\n/) : split(/,/);
    case "lines": return /\n\s*\n/.test(trimmed) ? split(/\n\s*\n/) : split(/\n/);
    case "pairs": return pairsOf(column, split(/\n/));
    default: return trimmed.replace(/\s+/g, " ");
  }
}

function numberOf(text) {
  const bare = /^-?\d{1,3}([,' \u00a0\u202f]\d{3})+(\.\d+)?$/.test(text) ? text.replace(/[,' \u00a0\u202f]/g, "") : text;
  return /^-?\d+(\.\d+)?$/.test(bare) && Number.isSafeInteger(Math.trunc(Number(bare))) ? Number(bare) : text;
}

function wordOf(column, text) {
  const low = text.toLowerCase();
  const begun = column.words.filter((word) => word.toLowerCase().startsWith(low));
  return column.words.find((word) => word.toLowerCase() === low) ?? (begun.length === 1 ? begun[0] : text);
}

function pairsOf(column, lines) {
  const pairs = {};
  for (const line of lines) {
    const cut = line.indexOf(":");
    const [key, item] = cut < 0 ? [line, ""] : [line.slice(0, cut).trim(), line.slice(cut + 1).trim()];
    pairs[key] = column.number ? numberOf(item) : item;
  }
  return pairs;
}

/** The dotted fields of a record as its columns know them, and the lists inside it. */
function flatRecord(columns, record) {
  const values = {};
  const lists = {};
  for (const column of columns) {
    const value = column.name.split(".").reduce((held, step) => held?.[step], record);
    if (column.kind === "list") lists[column.name] = value ?? [];
    else if (value !== undefined && value !== null) values[column.name] = value;
  }
  return { values, lists };
}

/** The other way round: a record as the file holds it. */
function nestedRecord(values, lists = {}) {
  const record = {};
  for (const [name, value] of Object.entries({ ...values, ...lists })) {
    if (gap(value)) continue;
    const steps = name.split(".");
    const last = steps.pop();
    steps.reduce((held, step) => (held[step] ??= {}), record)[last] = value;
  }
  return record;
}

/** A short id made of words, in any script. */
function slug(text, joint) {
  const words = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  let made = "";
  for (const word of words) {
    if (made && made.length + word.length > 32) break;
    made += (made ? joint : "") + word.slice(0, 40);
  }
  return made;
}

/** What may be typed into a cell: [{value, hint}], as far as it is known. */
function cellChoices(column, row, ids) {
  if (column.words) return column.words.map((value) => ({ value, hint: "" }));
  const scopes = column.inside ? scopesOf(row) : null;
  const found = [];
  for (const kind of column.to ?? []) {
    for (const one of ids[kind] ?? []) {
      if (scopes && !scopes.includes(one.in ?? "")) continue;
      const value = scopes ? one.id : one.at;
      found.push({ value, hint: one.title === one.id ? "" : one.title });
    }
  }
  return found;
}

/** The records whose parts this one may name without a prefix: itself, those around it, its entity. */
function scopesOf(row) {
  const scopes = [];
  for (let at = row; at; at = at.grid.holder) {
    const entity = at.shown("entity") ?? at.shown("attribute");
    scopes.push(at.at);
    if (typeof entity === "string" && entity) scopes.push(entity, entity.split(".").slice(0, -1).join("."));
  }
  return scopes;
}

/** The piece of the text that is being typed, where several stand in one cell. */
function cellToken(column, text, caret) {
  const pair = column.kind === "pairs";
  const ends = pair ? /\n/ : CELL_MANY.has(column.kind) ? /[,\n]/ : null;
  if (!ends) return { from: 0, to: text.length, text: text.trim() };
  let from = caret;
  while (from > 0 && !ends.test(text[from - 1])) from -= 1;
  let to = caret;
  while (to < text.length && !ends.test(text[to])) to += 1;
  while (from < to && text[from] === " ") from += 1;
  return { from, to, text: text.slice(from, to).trim(), done: pair && text.slice(from, to).includes(":") };
}

/** A layer above the page, which nothing cuts off: the list that completes, a menu, the help. */
class Layer {
  constructor(host, attributes) {
    this.node = el("div", { class: "bk-layer", popover: "manual", ...attributes });
    host.append(this.node);
    this.away = (event) => { if (!this.node.contains(event.target)) this.close(); };
    this.moved = (event) => { if (!this.node.contains(event.target)) this.close(); };
  }

  get open() { return this.node.matches(":popover-open"); }

  show(anchor, ...content) {
    this.node.replaceChildren(...content);
    if (!this.open) {
      this.node.showPopover();
      setTimeout(() => document.addEventListener("pointerdown", this.away, true));
      document.addEventListener("scroll", this.moved, true);
    }
    const at = anchor.getBoundingClientRect();
    const size = this.node.getBoundingClientRect();
    const below = at.bottom + size.height < window.innerHeight - 4 || at.top < size.height;
    this.node.style.top = `${Math.max(4, below ? at.bottom + 2 : at.top - size.height - 2)}px`;
    this.node.style.left = `${Math.max(4, Math.min(at.left, window.innerWidth - size.width - 8))}px`;
  }

  close() {
    document.removeEventListener("pointerdown", this.away, true);
    document.removeEventListener("scroll", this.moved, true);
    if (!this.open) return false;
    this.node.hidePopover();
    this.closed?.();
    return true;
  }
}

/** The list below a field that completes what is typed (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). */
class Completion {
  constructor(host) {
    this.id = unique();
    this.layer = new Layer(host, { role: "listbox", id: this.id, "aria-label": "Suggestions" });
    this.layer.closed = () => { this.field?.setAttribute("aria-expanded", "false"); this.field?.removeAttribute("aria-activedescendant"); };
    this.layer.node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.take(Number(option.dataset.n));
    });
  }

  get open() { return this.layer.open; }

  /** Offer what fits; `all` shows everything, also when the text is a whole word already. */
  offer(field, column, choices, taken, { all = false } = {}) {
    this.field = field;
    this.taken = taken;
    this.token = cellToken(column, field.value, field.selectionStart ?? field.value.length);
    const low = all ? "" : this.token.text.toLowerCase();
    const fits = ({ value, hint }) => value.toLowerCase().includes(low) || hint.toLowerCase().includes(low);
    const first = ({ value }) => (value.toLowerCase().startsWith(low) ? 0 : 1);
    this.options = choices.filter(fits).sort((one, two) => first(one) - first(two)).slice(0, 60);
    const exact = this.options.length === 1 && this.options[0].value === this.token.text;
    if (this.token.done || !this.options.length || (exact && !all)) return void this.close();
    this.at = -1;
    this.layer.show(field, ...this.options.map(({ value, hint }, n) =>
      el("div", { role: "option", id: `${this.id}-${n}`, "data-n": n, "aria-selected": "false" }, value, hint ? el("span", {}, hint) : null)));
    this.layer.node.style.minWidth = `${Math.min(field.offsetWidth, 320)}px`;
    field.setAttribute("aria-expanded", "true");
  }

  move(by) {
    const nodes = this.layer.node.children;
    nodes[this.at]?.setAttribute("aria-selected", "false");
    this.at = (this.at + by + nodes.length + (this.at < 0 && by < 0 ? 1 : 0)) % nodes.length;
    nodes[this.at].setAttribute("aria-selected", "true");
    nodes[this.at].scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", nodes[this.at].id);
  }

  /** Put a suggestion in the place of what was typed; false when none is chosen. */
  take(n = this.at) {
    const option = this.open && this.options[n];
    if (!option) return false;
    const { field, token } = this;
    const text = option.value + (this.field.dataset.kind === "pairs" ? ": " : "");
    field.setRangeText(text, token.from, token.to, "end");
    this.close();
    this.taken?.();
    return true;
  }

  close() { return this.layer.close(); }
}
