// Attacks on the prototype, side by side with a variant without guards: what was sent, and what came back.

parts.attacks = (host, wire, state) => {
  let shown = {};
  const lines = new Map();
  const all = el("button", { class: "bk-button bk-primary", type: "button", onclick: () => run("") }, "Attack the prototype");
  const status = el("span", { class: "bk-status", role: "status" });
  const count = el("span", { class: "bk-attacks-count" });
  const list = el("div", { class: "bk-attacks-list" });
  host.append(el("div", { class: "bk-attacks-bar" }, all, count, status), list);

  function line({ name, owasp, tried, works, stopped }) {
    const chip = el("span", { class: "bk-chip" });
    const again = el("button", { class: "bk-button", type: "button", "aria-label": `Attack with ${name}`, onclick: () => run(name) }, "Attack with this one");
    const sides = el("div", { class: "bk-sides" });
    const code = el("pre", { class: "bk-attacks-code", tabindex: "0" });
    const source = el("details", {}, el("summary", {}, "The attack as it is written"), code);
    const node = el("details", { class: "bk-attacks-one", ontoggle: () => node.open && look(name) },
      el("summary", {}, el("strong", {}, name), el("span", { class: "bk-attacks-tried" }, tried), chip),
      el("div", { class: "bk-attacks-more" },
        el("p", {}, el("b", {}, "It works "), works, " ", el("b", {}, "What stops it: "), stopped, el("span", { class: "bk-attacks-owasp" }, ` OWASP ${owasp}.`)),
        sides, el("div", { class: "bk-attacks-bar" }, again), source));
    return { node, chip, again, sides, code };
  }

  async function look(name) {
    const { sides, code } = lines.get(name);
    const told = await wire.ask("outcome", { name }).catch((error) => (wire.say(error.message), null));
    if (!told) return;
    code.textContent = told.code;
    sides.replaceChildren(...(told.safe
      ? [side("The prototype", told.safe), side("The same calls without guards", told.unsafe)]
      : [el("p", { class: "bk-status" }, "Not run in this session yet.")]));
  }

  function side(title, { state: came, tries, more }) {
    const words = { refused: "Every attempt was refused.", succeeded: "It succeeded.", "not tried": "Nothing in this design to try it on." };
    return el("section", { "data-is": came }, el("h4", {}, title), el("p", { class: "bk-sides-came" }, words[came]),
      el("ul", {}, tries.map((each) => el("li", { "data-is": each.succeeded ? "succeeded" : "refused" }, el("code", {}, each.sent), el("span", {}, each.came)))),
      more ? el("p", { class: "bk-status" }, `And ${more} attempts more.`) : null);
  }

  async function run(name) {
    if (shown.running) return;
    for (const each of [all, ...[...lines.values()].map(({ again }) => again)]) each.ariaDisabled = "true";
    if (name) lines.get(name).node.open = true;
    await wire.ask("attack", { name }, { retry: false }).catch((error) => wire.say(error.message));
  }

  function came({ name, came: last }, seen) {
    if (last === "not measured") return seen.includes(name) ? ["nothing to try", ""] : [last, last];
    return last.startsWith("0 ") ? ["refused", "answered"] : [last, "succeeded"];
  }

  function update(next) {
    const before = shown;
    shown = next;
    for (const one of next.attacks ?? []) {
      if (!lines.has(one.name)) {
        lines.set(one.name, line(one));
        list.append(lines.get(one.name).node);
      }
      const { node, chip, again } = lines.get(one.name);
      const [word, is] = came(one, next.seen);
      chip.textContent = word;
      chip.title = one.came;
      chip.dataset.is = is;
      again.ariaDisabled = next.running ? "true" : null;
      if (node.open && before.said !== next.said) look(one.name);
    }
    const measured = (next.attacks ?? []).filter(({ came }) => came !== "not measured");
    const refused = measured.filter(({ came }) => came.startsWith("0 ")).length;
    count.textContent = measured.length ? `${refused} of ${measured.length} refused` : "";
    all.ariaDisabled = next.running ? "true" : null;
    all.textContent = next.running ? "Attacking …" : "Attack the prototype";
    status.textContent = next.said ?? "";
  }

  update(state);
  return { update };
};
