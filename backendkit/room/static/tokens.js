// A token taken apart, to be changed and sent: what the prototype says, and what a service without guards would.

parts.tokens = (host, wire, state) => {
  let shown = {};
  let good = ""; // as the prototype gave it
  let asked = 0;
  const label = (name, node) => el("label", {}, el("span", {}, name), node);
  const begin = el("button", { class: "bk-button bk-primary", type: "button", onclick: () => wire.ask("start").catch((error) => wire.say(error.message)) }, "Start the prototype");
  const status = el("span", { class: "bk-status", role: "status" });
  const whose = el("select", { class: "bk-input", "aria-label": "Whose token", onchange: () => fresh() });
  const again = el("button", { class: "bk-button", type: "button", onclick: () => fresh() }, "Fresh token");
  const token = el("code", { class: "bk-tokens-token", tabindex: "0", role: "region", "aria-label": "Token" });
  const area = (name, rows) => el("textarea", { class: "bk-input", rows, spellcheck: "false", "aria-label": name, oninput: () => compose() });
  const [head, claims] = [area("Header", "5"), area("Claims", "11")];
  const words = { kept: "as it was", turned: "turned round", secret: "made with “secret”", none: "none" };
  const sign = el("select", { class: "bk-input", "aria-label": "Signature", onchange: () => compose() }, Object.entries(words).map(([value, word]) => el("option", { value }, word)));
  const ready = el("div", { class: "bk-tokens-ready", role: "group", "aria-label": "Forgeries" });
  const means = el("dl", { class: "bk-tokens-means" });
  const mistake = el("div", { class: "bk-tokens-mistake", role: "alert" });
  const send = el("button", { class: "bk-button bk-primary", type: "button", title: "Ctrl+Enter", onclick: () => sent() }, "Send it");
  const sides = el("div", { class: "bk-sides", "aria-live": "polite" });
  const panel = el("div", { class: "bk-tokens-panel" },
    token,
    el("div", { class: "bk-tokens-parts" },
      el("div", {}, label("1. Header: how it is signed", head), label("3. Signature: that nobody changed it", sign)),
      el("div", {}, label("2. Claims: what it says", claims)), means),
    ready, mistake, el("div", { class: "bk-tokens-bar" }, send), sides);
  const who = el("label", {}, "A token of ", whose);
  host.append(el("div", { class: "bk-tokens-bar" }, begin, who, again, status), panel);

  async function fresh() {
    const answer = await wire.ask("token", { user: whose.value }).catch((error) => (wire.say(error.message), null));
    if (!answer) return;
    good = answer.token;
    fill(answer.head, answer.claims, "kept");
    const made = answer.forgeries.map((each) => el("button", { class: "bk-button", type: "button", onclick: () => { fill(each.head, each.claims, each.sign); sent(); } }, each.what));
    ready.replaceChildren(el("span", { class: "bk-status" }, "Forgeries: "), ...made);
    const known = [...Object.keys(answer.head), ...Object.keys(answer.claims)].filter((name) => answer.means[name]);
    means.replaceChildren(...known.flatMap((name) => [el("dt", {}, name), el("dd", {}, answer.means[name], name === "exp" ? ` (${new Date(answer.claims.exp * 1000).toLocaleTimeString()})` : "")]));
    sides.replaceChildren();
  }

  function fill(first, second, how) {
    head.value = JSON.stringify(first, null, 2);
    claims.value = JSON.stringify(second, null, 2);
    sign.value = how;
    compose();
  }

  const fields = () => ({ good, head: head.value, claims: claims.value, sign: sign.value });

  /** Show the token of what stands in the fields; null when it is none. */
  async function compose() {
    const number = ++asked;
    sides.replaceChildren();
    const { token: made, error } = await wire.ask("compose", fields()).catch((trouble) => ({ error: trouble.message }));
    if (number !== asked) return null;
    mistake.textContent = error ?? "";
    if (made === undefined) return null;
    const now = made.split(".");
    const was = good.split(".");
    token.replaceChildren(...now.flatMap((text, index) => [index ? "." : "", el("span", { "data-part": index + 1, "data-is": text === was[index] ? "same" : "changed" }, text)]));
    return made;
  }

  async function sent() {
    const made = await compose();
    if (made === null) return;
    const told = await wire.ask("send", fields()).catch((error) => (wire.say(error.message), null));
    if (told) sides.replaceChildren(side("The prototype", told.safe, made === good), side("Without guards", told.unsafe, made === good));
  }

  function side(title, { good: taken, said, detail, rows }, honest) {
    const is = taken && !honest ? "succeeded" : "refused";
    return el("section", { "data-is": is }, el("h4", {}, title), el("p", { class: "bk-sides-came" }, said),
      detail ? el("p", {}, detail) : null, taken ? el("p", {}, `It gave ${rows} ${rows === 1 ? "row" : "rows"}.`) : null);
  }

  function update(next) {
    const before = shown;
    shown = next;
    const running = next.state === "running";
    begin.hidden = running;
    begin.disabled = next.state === "starting";
    status.textContent = running ? (next.users.length ? `sent with ${next.call}` : next.none) : next.said ?? "";
    const can = running && next.users.length > 0;
    for (const node of [panel, who, again]) node.hidden = !can;
    if (!can) return;
    if (before.url === next.url && before.users?.join() === next.users.join()) return;
    whose.replaceChildren(...next.users.map((name) => el("option", {}, name)));
    fresh();
  }

  host.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter" || panel.hidden) return;
    event.preventDefault();
    sent();
  });
  const alive = setInterval(() => { wire.ask("alive", {}, { retry: false, patience: 5000 }).catch(() => {}); }, 60000);
  update(state);
  return { update, dispose() { clearInterval(alive); } };
};
