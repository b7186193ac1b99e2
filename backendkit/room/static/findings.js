// What the rules say of a chapter: the few that matter most first, the rest one click away, each with its reason.

parts.findings = (host, wire, state) => {
  let open = false, every = null, spoken = "", said = "";
  const items = new Map(); // a finding's key -> its node and what is open in it

  const count = el("p", { class: "bk-findings-count", role: "status" });
  const list = el("ol", { "aria-label": `Findings: ${state.chapter ?? ""}` });
  const more = el("button", { class: "bk-button", type: "button", "aria-expanded": "false", onclick: () => unfold(!open) });
  const well = el("p", {});
  const waived = el("div", { class: "bk-waived" });
  host.append(count, list, more, well, waived);

  const keyOf = ({ code, at, message }) => `${code}\n${at}\n${message}`;
  const button = (text, act, more = {}) => el("button", { class: "bk-button bk-quiet", type: "button", onclick: act, ...more }, text);

  function draw() {
    const found = (open && every ? every : state.findings) ?? [];
    const shown = open ? found : found.slice(0, state.most);
    const nodes = shown.map(nodeOf);
    const keys = new Set(shown.map(keyOf));
    for (const key of [...items.keys()]) if (!keys.has(key)) items.delete(key);
    if (nodes.some((node, n) => list.children[n] !== node) || list.children.length !== nodes.length) keeping(() => list.replaceChildren(...nodes));
    for (const node of nodes) node.classList.toggle("bk-spoken", Boolean(spoken) && node.dataset.at === spoken);
    const text = state.count ? `${state.count === 1 ? "1 finding" : `${state.count} findings`}${state.count > state.most ? ", the most basic first" : ""}` : "";
    if (text !== said) count.textContent = said = text;
    const rest = state.count - state.most;
    more.hidden = rest <= 0;
    more.textContent = open ? "Show fewer" : `and ${rest} more`;
    more.setAttribute("aria-expanded", String(open));
    well.hidden = !state.said;
    well.textContent = state.said ?? "";
    well.className = state.said?.startsWith("✓") ? "bk-all-well" : "bk-not-yet";
    drawWaived();
  }

  /** A list is made anew around the field in which somebody types. */
  function keeping(change) {
    const typing = host.contains(document.activeElement) ? document.activeElement : null;
    const [start, end] = typing?.matches("input") ? [typing.selectionStart, typing.selectionEnd] : [];
    change();
    if (!typing?.isConnected || typing === document.activeElement) return;
    typing.focus({ preventScroll: true });
    if (start !== undefined) typing.setSelectionRange(start, end);
  }

  function nodeOf(finding) {
    const key = keyOf(finding);
    if (items.has(key)) return items.get(key);
    const below = el("div", {});
    const why = el("button", { class: "bk-button bk-code", type: "button", "aria-expanded": "false", "aria-label": `Why: ${finding.code}`, title: "Why, and how it looks when it is good", onclick: () => explain(why, below, finding) }, finding.code);
    const keep = button("Leave it", () => ask(keep, below, finding), { "aria-expanded": "false", title: "Live with it, and say why" });
    const node = el("li", { class: "bk-finding", "data-at": finding.at, "data-code": finding.code },
      el("div", { class: "bk-finding-line" },
        el("span", { class: "bk-finding-text" }, `${finding.message}. `, el("span", { class: "bk-finding-mend" }, capital(`${finding.mend}.`))),
        finding.at ? button("Show", () => wire.show({ at: finding.at, field: finding.field }), { "aria-label": `Show ${finding.at}` }) : null,
        keep, why),
      below);
    items.set(key, node);
    return node;
  }

  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  /** Open one thing below a finding, or close it again. */
  function toggle(button, below, kind) {
    const was = below.dataset.kind === kind;
    below.replaceChildren();
    below.dataset.kind = was ? "" : kind;
    for (const other of below.parentNode.querySelectorAll("[aria-expanded]")) other.setAttribute("aria-expanded", String(other === button && !was));
    return !was;
  }

  async function explain(button, below, { code }) {
    if (!toggle(button, below, "why")) return;
    let page;
    try { page = await wire.ask("explain", { code }); } catch (error) { return void below.replaceChildren(error.message); }
    if (below.dataset.kind !== "why") return;
    const example = (title, text) => el("div", {}, el("h6", {}, title), el("pre", { class: "bk-why-pre" }, text));
    below.replaceChildren(el("div", { class: "bk-why" },
      el("p", {}, el("strong", {}, page.summary)), el("p", {}, `Why: ${page.why}`),
      el("div", { class: "bk-why-two" }, example("Rather not", page.bad), example("Good", page.good))));
  }

  function ask(button, below, finding) {
    if (!toggle(button, below, "waive")) return;
    const field = el("input", { class: "bk-input", "aria-label": `Why ${finding.code} stays as it is`, placeholder: "Why it stays as it is; the reason is printed in the document" });
    const note = el("div", { class: "bk-note", "data-kind": "amber", role: "status", hidden: true });
    const form = el("form", { class: "bk-waive" }, field, el("button", { class: "bk-button bk-primary", type: "submit" }, "Leave it"));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const reason = field.value.trim();
      if (!reason) return void field.focus();
      const sentence = await write(finding.at, finding.waive, reason, null, `Leave ${finding.code} as it is`);
      [note.textContent, note.hidden] = [sentence, !sentence];
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      toggle(button, below, "waive");
      button.focus();
    });
    below.append(form, note);
    field.focus();
  }

  /** Save a reason; a sentence when it could not be. */
  async function write(at, field, value, was, label) {
    const answer = await wire.save([{ set: { at, field, value, was } }], { label });
    return answer.refused?.[0]?.message ?? (answer.conflict ? "Somebody else gave a reason meanwhile." : "");
  }

  function drawWaived() {
    const found = state.waived ?? [];
    const text = JSON.stringify(found);
    if (waived.dataset.shown === text) return;
    waived.dataset.shown = text;
    keeping(() => waived.replaceChildren(...(found.length ? [
      el("p", { class: "bk-findings-count" }, "Left as it is, on purpose:"),
      el("ul", {}, ...found.map((one) => el("li", { "data-code": one.code }, `${one.message}: ${one.reason} `,
        el("span", { class: "bk-code" }, one.code), " ",
        button("Take back", () => write(one.by, one.waive, null, one.reason, `Look at ${one.code} again`), { "aria-label": `Take back ${one.code}: ${one.message}` })))),
    ] : [])));
  }

  async function unfold(now) {
    open = now;
    if (!open) [spoken, every] = ["", null];
    draw();
    if (open) await fetchAll();
  }

  /** A change brings the first of them; the others are fetched while somebody looks at them. */
  async function fetchAll() {
    if (state.count <= state.findings.length) return void (every = null);
    const asked = state;
    try {
      const answer = await wire.ask("findings");
      if (asked === state && open) every = answer.findings;
    } catch { return; }
    draw();
  }

  const stop = wire.onShow(({ at, findings }) => {
    const known = (every ?? state.findings ?? []).some((one) => one.at === at);
    if (!findings || !known) return false;
    spoken = at;
    const first = state.findings.findIndex((one) => one.at === at);
    const wide = open || first < 0 || first >= state.most;
    (wide && !open ? unfold(true) : Promise.resolve(draw())).then(() => list.querySelector(".bk-spoken")?.scrollIntoView({ block: "nearest" }));
    return true;
  });
  draw();

  return {
    update(fresh) {
      state = fresh;
      every = null;
      draw();
      if (open) fetchAll();
    },
    dispose: stop,
  };
};
