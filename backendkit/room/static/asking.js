// Usual candidates for usual questions: scores side by side, reasons on demand, and a button that asks the team.

parts.asking = (host, wire, state) => {
  let shown = state;
  let at = 0;
  let drawn = "";
  const left = new Set(); // candidates that nobody wants to weigh
  const open = new Set(); // those whose reasons are read

  const tabs = el("div", { class: "bk-asking-tabs", role: "group", "aria-label": "Questions" });
  const context = el("p", { class: "bk-asking-context" });
  const table = el("div", { class: "bk-asking-scroll" });
  const put = el("button", { class: "bk-button bk-primary", onclick: ask }, "Put it to the team");
  const said = el("span", { class: "bk-status", role: "status" });
  host.append(tabs, context, table, el("div", { class: "bk-asking-bar" }, put, said));

  const taken = ({ record }) => record.options.filter((one) => !left.has(one.id));

  function ask() {
    const question = shown.questions[at];
    const record = { ...question.record, options: taken(question) };
    put.disabled = true;
    said.textContent = "Saving …";
    wire.save([{ insert: { at: "", field: "architecture.decisions", record } }], { label: record.title }).then((answer) => {
      const id = answer.ids?.[record.id] ?? record.id;
      if (answer.ok) said.replaceChildren("Asked as ", el("button", { class: "bk-button", onclick: () => wire.show({ at: id }) }, id), ": weigh it, with weights and scores of your own.");
      else said.textContent = `Not saved: ${(answer.refused ?? []).map((one) => one.message).join(" ")}`;
      put.disabled = false;
    });
  }

  const toggled = (set, id) => (set.delete(id) || set.add(id), draw());

  function row(question, option) {
    const reasons = question.reasons[option.id];
    const box = el("input", { type: "checkbox", checked: !left.has(option.id), onchange: () => toggled(left, option.id) });
    const why = el("button", { class: "bk-button bk-quiet", "aria-expanded": String(open.has(option.id)), "aria-label": `Why, ${option.name}`, onclick: () => toggled(open, option.id) }, "why");
    const cells = question.criteria.map(([key]) => el("td", { class: "bk-number", "data-score": option.scores[key] }, String(option.scores[key])));
    const line = el("tr", { "data-spot": option.id }, el("th", { scope: "row" }, el("label", {}, box, option.name)), cells, el("td", {}, why));
    const told = question.criteria.map(([key, name]) => el("li", {}, `${name}, ${option.scores[key]}: ${reasons[key]}`));
    const more = el("tr", { hidden: !open.has(option.id) }, el("td", { colspan: question.criteria.length + 2 }, el("ul", {}, told)));
    return [line, more];
  }

  function draw() {
    const question = shown.questions[Math.min(at, shown.questions.length - 1)];
    const text = JSON.stringify([at, [...left], [...open], question.record.options]);
    const focus = table.contains(host.getRootNode().activeElement) && host.getRootNode().activeElement;
    const spot = focus && [focus.closest("tr").dataset.spot, focus.tagName];
    if (text !== drawn) {
      drawn = text;
      tabs.hidden = shown.questions.length < 2;
      tabs.replaceChildren(...shown.questions.map((one, n) => el("button", { class: "bk-button", "aria-pressed": String(n === at), onclick: () => { at = n; said.textContent = ""; draw(); tabs.children[n].focus(); } }, one.record.title)));
      context.textContent = question.record.context;
      const heads = question.criteria.map(([, name]) => el("th", { scope: "col" }, name));
      const head = el("tr", {}, el("th", { scope: "col" }, "Candidate"), heads, el("td", {}));
      table.replaceChildren(el("table", {}, el("thead", {}, head), el("tbody", {}, question.record.options.flatMap((one) => row(question, one)))));
      if (spot) [...table.querySelectorAll("tr")].find((one) => one.dataset.spot === spot[0])?.querySelector(spot[1])?.focus();
    }
    put.disabled = taken(question).length < 2;
    put.title = put.disabled ? "Tick two candidates or more." : "";
    if (question.asked.length && !said.textContent) said.textContent = `${question.asked.join(", ")}: the team has this question already.`;
  }

  draw();
  return { update(next) { shown = next; draw(); } };
};
