// Labelled inputs for what a call takes: parameters, and the values of a body beside their JSON.

/** One input with its label, values to choose from, and room for what the answer says of it. */
function callField({ name, required = false, kind = "string", choices = [], form = "", about = "", known = [] }, changed) {
  const id = unique();
  const options = kind === "boolean" ? ["true", "false"] : choices;
  const said = el("span", { class: "bk-tryit-said", id: `${id}-said` });
  const common = { id, class: "bk-input", "aria-describedby": `${id}-said`, "aria-required": required ? "true" : null };
  const list = known.length && !options.length ? el("datalist", { id: `${id}-known` }, known.map((each) => el("option", { value: each.value, label: each.label || null }))) : null;
  const input = options.length
    ? el("select", { ...common, onchange: changed }, ["", ...options].map((each) => el("option", { value: each }, each || "–")))
    : el("input", { ...common, type: "text", autocomplete: "off", spellcheck: "false", list: list?.id, title: about || null, oninput: changed });
  const hint = [form, about].filter(Boolean).join(": ");
  const label = el("label", { for: id }, el("b", {}, name), required ? " *" : "", hint ? el("span", {}, ` ${hint}`) : null);
  return {
    name,
    input,
    node: el("div", { class: "bk-tryit-field" }, label, input, list, said),
    say(text) {
      said.textContent = text;
      input.toggleAttribute("aria-invalid", false);
      if (text) input.setAttribute("aria-invalid", "true");
    },
    set(value) {
      const text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
      if (input.tagName === "SELECT" && text && ![...input.options].some((each) => each.value === text)) input.append(el("option", { value: text }, text));
      if (input.value !== text) input.value = text;
    },
    /** What is typed, as JSON has it. */
    get() {
      const text = input.value;
      if (kind === "boolean" && options.includes(text)) return text === "true";
      if (["integer", "number"].includes(kind) && /^\s*-?\d+(\.\d+)?\s*$/.test(text) && Math.abs(Number(text)) < Number.MAX_SAFE_INTEGER) return Number(text);
      if (["string", "choice", "integer", "number", "boolean"].includes(kind)) return text;
      try { return JSON.parse(text); } catch { return text; }
    },
  };
}

/** The parameters of an operation: `changed` is called whenever one is typed. */
function callParams({ params, keys }, changed) {
  const names = new Set(keys.flatMap((row) => Object.keys(row)));
  const known = (name) => keys.map((row) => ({ value: row[name], label: row.label }));
  const made = params.map((param) => {
    const inPath = param.in === "path" && names.has(param.name);
    const field = callField({ ...param, known: inPath ? known(param.name) : param.known }, () => {
      if (inPath) follow(field);
      changed();
    });
    field.set(inPath ? keys[0]?.[param.name] : param.value);
    return { ...field, place: param.in, required: param.required };
  });
  /** The keys of one row go together. */
  function follow(field) {
    const row = keys.find((each) => each[field.name] === field.input.value);
    if (!row) return;
    const others = made.filter((each) => each.place === "path" && each.name !== field.name && each.name in row);
    const one = keys.some((each) => each[field.name] === field.input.value && others.every((other) => each[other.name] === other.input.value));
    if (!one) for (const other of others) other.set(row[other.name]);
  }
  const first = made.filter((each) => each.place === "path" || each.required);
  const rest = made.filter((each) => !first.includes(each));
  const more = el("div", { class: "bk-tryit-fields", hidden: true }, rest.map(({ node }) => node));
  const words = rest.some(({ place }) => place === "query") ? "Narrow, sort, page" : "Headers";
  const toggle = el("button", { class: "bk-button bk-quiet", "aria-expanded": "false", onclick: () => open(more.hidden) }, `${words} (${rest.length})`);
  function open(shown) {
    more.hidden = !shown;
    toggle.setAttribute("aria-expanded", String(shown));
  }
  const node = el("div", {}, first.length ? el("div", { class: "bk-tryit-fields" }, first.map(({ node: each }) => each)) : null, rest.length ? el("div", {}, toggle) : null, more);
  return { node, fields: made, open: (field) => { if (rest.includes(field)) open(true); } };
}

/** The address that the parameters make of a path, and the headers. */
function callAddress(path, fields) {
  const value = (field) => field.input.value.trim();
  const inPath = new Map(fields.filter((each) => each.place === "path").map((each) => [each.name, value(each)]));
  const address = path.replace(/\{([^{}]*)\}/g, (whole, name) => (inPath.get(name) ? encodeURIComponent(inPath.get(name)) : whole));
  const query = fields.filter((each) => each.place === "query" && value(each)).map((each) => `${encodeURIComponent(each.name)}=${encodeURIComponent(value(each))}`);
  return query.length ? `${address}?${query.join("&")}` : address;
}

/** A body as fields and as JSON, each following the other. */
function callBody({ fields: described, body }, fresh) {
  let value = body;
  const said = el("span", { class: "bk-tryit-said", role: "status", id: unique() });
  const json = el("textarea", { class: "bk-input bk-tryit-json", "aria-label": "Body as JSON", "aria-describedby": said.id, spellcheck: "false", oninput: typed });
  const fields = described.map((each) => callField(each, () => filled(each.name)));

  function filled(name) {
    const field = fields.find((each) => each.name === name);
    value = typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
    if (field.input.value === "") delete value[name];
    else value[name] = field.get();
    json.value = JSON.stringify(value, null, 2);
    complain("");
    size();
  }
  function typed() {
    try {
      value = JSON.parse(json.value);
      complain("");
      for (const field of fields) field.set(value?.[field.name]);
    } catch (error) {
      complain(`This is no JSON yet: ${error.message.replace(/^JSON\.parse: /, "")}`);
    }
    size();
  }
  function complain(text) {
    said.textContent = text;
    if (text) json.setAttribute("aria-invalid", "true");
    else json.removeAttribute("aria-invalid");
  }
  const size = () => { json.rows = Math.min(24, Math.max(6, json.value.split("\n").length + 1)); };
  function set(text) {
    json.value = text;
    typed();
  }
  const first = JSON.stringify(body, null, 2);
  set(first);
  const another = el("button", { class: "bk-button bk-quiet", onclick: fresh }, "Another example");
  const node = el("div", { class: "bk-tryit-body" },
    fields.length ? el("div", {}, el("div", { class: "bk-tryit-over" }, "Values (* is needed)"), el("div", { class: "bk-tryit-fields" }, fields.map(({ node: each }) => each))) : null,
    el("div", {}, el("div", { class: "bk-tryit-over" }, "The same as JSON, which is sent", another), json, said));
  return { node, fields, set, text: () => json.value, edited: () => json.value !== first };
}
