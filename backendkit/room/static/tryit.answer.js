// The answer to a call: what the status means, how long it took, the body, and lines to take along.

function callAnswer(host, { again, say }) {
  const toggle = (label, node) => el("button", {
    class: "bk-button bk-quiet", "aria-expanded": "false",
    onclick: (event) => {
      node.hidden = !node.hidden;
      event.currentTarget.setAttribute("aria-expanded", String(!node.hidden));
    },
  }, label);
  const copying = (label, text) => el("button", {
    class: "bk-button bk-quiet",
    onclick: async () => say((await copied(text)) ? "Copied." : "This browser does not let us copy."),
  }, label);

  return function show(call, left) {
    const kind = call.status === 501 ? "open" : call.status >= 400 ? "bad" : "good";
    const rows = call.rows === null || call.rows === undefined ? null : `${call.rows} ${call.rows === 1 ? "row" : "rows"}`;
    const headers = el("pre", { class: "bk-tryit-text", hidden: true, "aria-label": "Headers" }, call.answered.map(([name, value]) => `${name}: ${value}\n`).join(""));
    const location = call.answered.find(([name]) => name === "location")?.[1];
    const tools = el("span", { class: "bk-tryit-tools" },
      location ? el("button", { class: "bk-button", onclick: () => again(location) }, "Read it back") : null,
      toggle("Headers", headers), copying("Copy as curl", call.curl), copying("Copy as Python", call.python));
    const line = el("div", { class: "bk-tryit-line" },
      el("strong", { "data-is": kind, role: "status" }, call.said),
      el("span", { class: "bk-status" }, [`${call.ms < 10 ? call.ms : Math.round(call.ms)} ms`, rows].filter(Boolean).join(" · ")), tools);
    const body = el("pre", { class: "bk-tryit-text", tabindex: "0", role: "region", "aria-label": "Answer" }, call.text, call.more ? `\n… and ${call.more} more lines` : "");
    host.replaceChildren(line,
      call.detail && kind === "bad" ? el("div", {}, call.detail) : "",
      left.length ? el("ul", {}, left.map(({ at, message }) => el("li", {}, el("code", {}, at), ` ${message}`))) : "",
      headers, call.text ? body : "");
  };
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { /* an address that is not secure: the old way */ }
  const area = el("textarea", { class: "bk-visually-hidden", value: text, readonly: true });
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus();
  return done;
}
