// One decision as a card: the table of weights and scores, the sums, what they say, and the choice. And the changes of
// a decision as plain data, so that what is not saved yet is shown all the same.

/** A card of a decision; `tools` change the design: draft, flush, add, remove, toggle. */
function cardOf(decision, { draft, flush, add, remove, toggle, statuses }) {
  const updates = []; // each takes the decision and what its weighing found
  const { at } = decision;

  const outside = el("p", { class: "bk-weigh-outside", role: "alert" });
  const wrong = (node, so) => {
    if (so) node.setAttribute("aria-invalid", "true");
    else node.removeAttribute("aria-invalid");
    outside.textContent = so ? "A score is a number from 0 to 5; empty when nobody knows." : "";
  };

  /** A field for text or a number that follows the design, and saves itself. */
  const field = (node, { at: where, field: name, label, pick, parse = (text) => text || null, pause = PAUSE }) => {
    let timer = null;
    const end = () => { clearTimeout(timer); timer = null; flush(where, name); };
    node.setAttribute("aria-label", label);
    node.dataset.spot ??= `${where} ${name}`;
    node.addEventListener("input", () => {
      const value = parse(node.value);
      clearTimeout(timer);
      timer = null;
      wrong(node, value === undefined);
      if (value === undefined) return;
      draft(where, name, value, label);
      timer = setTimeout(end, pause);
    });
    node.addEventListener("change", () => { if (timer) end(); });
    node.addEventListener("blur", () => {
      if (timer) end();
      if (node.hasAttribute("aria-invalid")) { wrong(node, false); node.value = node.dataset.value; }
    });
    updates.push((one) => {
      const value = String(pick(one) ?? "");
      node.dataset.value = value;
      if (!timer && !node.hasAttribute("aria-invalid") && node.value !== value) node.value = value;
    });
    return node;
  };

  const called = (list, n) => (one) => one[list][n]?.name || one[list][n]?.id || "";
  const name = (list, n, what) => {
    const one = decision[list][n];
    const node = el("textarea", { class: "bk-input bk-weigh-name", rows: 1, placeholder: one.id || "Name" });
    node.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); flush(one.at, "name"); } });
    return field(node, { at: one.at, field: "name", label: `Name of the ${what} ${one.name || one.id}`, pick: (it) => it[list][n]?.name, parse: (text) => text.replace(/\s+/g, " ") || null });
  };
  const cross = (list, n, what) => {
    const one = decision[list][n];
    const button = el("button", { class: "bk-button bk-quiet", onclick: () => remove(now, list, now[list][n]) }, "×");
    updates.push((it) => button.setAttribute("aria-label", `Delete the ${what} ${called(list, n)(it)}`));
    button.dataset.spot = `${one.at} delete`;
    return button;
  };

  const weight = (n) => {
    const one = decision.criteria[n];
    const row = (it, found) => ({
      key: one.at, value: it.criteria[n].weight, min: 0, max: 10, step: 0.5, label: `Weight of ${called("criteria", n)(it)}`,
      marks: found.flips.filter((flip) => flip.criterion === n).map((flip) => ({ value: flip.to, label: flipped(it, flip) })),
    });
    const value = (given) => (given === 1 ? null : given); // 1 is what counts when nothing is written
    const moved = (given) => draft(one.at, "weight", value(given), `the weight of “${called("criteria", n)(now)}”`);
    const shown = parts.sliders.one(row(decision, parts.decide(decision)), { moved, saved: () => flush(one.at, "weight") });
    shown.node.querySelector("input").dataset.spot = `${one.at} weight`;
    updates.push((it, found) => shown.update(row(it, found)));
    return shown.node;
  };

  const score = (c, o) => {
    const [criterion, option] = [decision.criteria[c], decision.options[o]];
    const node = el("input", { type: "number", class: "bk-input bk-weigh-score", min: 0, max: 5, step: 1, placeholder: "–", inputmode: "decimal", disabled: !criterion.id || criterion.id.includes(".") });
    const parse = (text) => {
      if (text === "" && !node.validity.badInput) return null;
      const value = node.valueAsNumber;
      return value >= 0 && value <= 5 ? value : undefined;
    };
    const label = `Score of ${option.name || option.id} by ${criterion.name || criterion.id}`;
    return field(node, { at: option.at, field: `scores.${criterion.id}`, label, parse, pick: (it) => it.options[o]?.scores[criterion.id] });
  };

  const sum = (n) => {
    const bar = el("span", { class: "bk-weigh-fill" });
    const text = el("span", { class: "bk-weigh-sum" });
    const cell = el("td", {}, el("span", { class: "bk-weigh-line", "aria-hidden": "true" }, bar), text);
    updates.push((_, found) => {
      const wins = found.winners.includes(n);
      bar.style.width = `${Math.max(0, Math.min(1, found.shares[n])) * 100}%`;
      cell.classList.toggle("bk-weigh-wins", wins);
      text.textContent = parts.decide.number(found.totals[n]) + (wins ? (found.winners.length > 1 ? " ✓ tie" : " ✓ wins") : "");
    });
    return cell;
  };

  const adding = (list, what) => {
    const line = el("input", { class: "bk-input", placeholder: `Add ${what} …`, "aria-label": `Add ${what}`, "data-spot": `add ${list}` });
    const go = () => {
      const text = line.value.trim();
      line.value = "";
      if (text) add(now, list, text);
      else line.focus();
    };
    line.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
    return el("span", { class: "bk-weigh-add" }, line, el("button", { class: "bk-button", onclick: go, "aria-label": `Add the ${list === "criteria" ? "criterion" : "option"}` }, "Add"));
  };

  const count = decision.options.length;
  const most = el("td", { class: "bk-weigh-most" });
  updates.push((it, found) => {
    const whole = it.criteria.reduce((all, one) => all + 5 * one.weight, 0);
    most.textContent = found.winners.length ? `of ${parts.decide.number(whole)} possible` : "";
  });
  const voted = decision.options.map(() => el("td"));
  const votes = el("tr", {}, el("th", { scope: "row" }, "Votes"), el("td"), voted, el("td"));
  updates.push((it) => {
    const dots = it.options.map((one) => Object.values(one.votes ?? {}).reduce((all, n) => all + n, 0));
    votes.hidden = !dots.some(Boolean);
    dots.forEach((n, o) => { voted[o].textContent = n; });
  });
  const table = el("table", { class: "bk-weigh-table" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Judged by"), el("th", { scope: "col" }, "Counts, from 0 to 10"),
      decision.options.map((_, n) => el("th", { scope: "col" }, el("span", { class: "bk-weigh-head" }, name("options", n, "option"), cross("options", n, "option")))), el("td"))),
    el("tbody", {}, decision.criteria.map((_, n) => el("tr", {}, el("th", { scope: "row" }, name("criteria", n, "criterion")), el("td", {}, weight(n)),
      decision.options.map((__, o) => el("td", {}, score(n, o))), el("td", {}, cross("criteria", n, "criterion"))))),
    el("tfoot", {}, el("tr", {}, el("th", { scope: "row" }, "Sum"), most, decision.options.map((_, n) => sum(n)), el("td")), votes));

  const verdict = el("p", { class: "bk-weigh-verdict" });
  const flip = el("p", { class: "bk-weigh-flip" });
  const more = el("p", { class: "bk-weigh-more" });
  const warned = el("p", { class: "bk-weigh-warned" });
  updates.push((_, found) => {
    verdict.textContent = found.verdict;
    flip.textContent = found.flip;
    more.textContent = [found.turn, found.unmoved].filter(Boolean).join(" ");
    warned.textContent = [found.missing, found.difference].filter(Boolean).join(" ");
  });

  const choices = (node, options) => { // rebuilt only when the names change, so that an open list stays open
    const form = JSON.stringify(options);
    if (node.dataset.form !== form) node.replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
    node.dataset.form = form;
  };
  const chosen = el("select", { class: "bk-input" });
  updates.push((it) => {
    const there = it.options.filter((one) => one.id).map((one) => [one.id, one.name || one.id]);
    const lost = it.chosen && !there.some(([id]) => id === it.chosen) ? [[it.chosen, `${it.chosen} (is no option)`]] : [];
    choices(chosen, [["", "Not decided yet"], ...there, ...lost]);
  });
  field(chosen, { at, field: "chosen", label: "Chosen", pick: (it) => it.chosen, pause: 0 });
  const state = el("select", { class: "bk-input" });
  updates.push(() => choices(state, [["", "no status"], ...statuses.map((word) => [word, word])]));
  field(state, { at, field: "status", label: "Status", pick: (it) => it.status, pause: 0 });
  const take = el("button", { class: "bk-button", "data-spot": `${at} take` }, "Take the winner");
  take.addEventListener("click", () => {
    const winner = now.options[parts.decide(now).winners[0]];
    draft(at, "chosen", winner.id, "Chosen");
    flush(at, "chosen");
  });
  updates.push((it, found) => {
    const winner = found.winners.length === 1 ? it.options[found.winners[0]] : null;
    take.disabled = !winner?.id || winner.id === it.chosen;
  });
  const because = el("textarea", { class: "bk-input", rows: 2, placeholder: "The reason, in one sentence" });
  field(because, { at, field: "because", label: "Because", pick: (it) => it.because });
  const labelled = (text, ...nodes) => el("div", { class: "bk-weigh-field" }, el("span", { "aria-hidden": "true" }, text), ...nodes);

  const title = field(el("input", { class: "bk-input bk-weigh-title", placeholder: "The question, in a few words" }),
    { at, field: "title", label: `Question of ${decision.id || "the decision"}`, pick: (it) => it.title });
  const fold = el("button", { class: "bk-button bk-quiet bk-weigh-fold", onclick: () => toggle(at) });
  const short = el("span", { class: "bk-weigh-short" });
  const context = el("p", { class: "bk-weigh-context" });
  updates.push((it, found) => {
    short.textContent = found.verdict;
    context.textContent = it.context;
    context.hidden = !it.context;
  });
  const body = el("div", { class: "bk-weigh-body" }, context, el("div", { class: "bk-weigh-scroll", hidden: !count && !decision.criteria.length }, table), outside,
    el("div", { class: "bk-weigh-adds" }, adding("criteria", "a criterion"), adding("options", "an option")),
    el("div", { class: "bk-weigh-said" }, verdict, flip, more, warned),
    el("div", { class: "bk-weigh-choice" }, labelled("Chosen", chosen, take), labelled("Status", state), labelled("Because", because)));
  const node = el("section", { class: "bk-weigh-card" }, el("div", { class: "bk-weigh-top" }, fold, title, short), body);

  let now = decision;
  return {
    node,
    update(it, open) {
      now = it;
      const found = parts.decide(it);
      for (const update of updates) update(it, found);
      body.hidden = !open;
      short.hidden = open;
      fold.textContent = `${open ? "▾" : "▸"} ${it.id || "?"}`;
      fold.setAttribute("aria-expanded", String(open));
      fold.setAttribute("aria-label", `${open ? "Fold" : "Unfold"} ${it.id || it.title}`);
      node.setAttribute("aria-label", `Decision ${it.id}: ${it.title}`);
    },
  };
}

/** Where another wins, in a few words: above 6.5 serverless functions wins. */
function flipped(decision, { weight, to, winners }) {
  const names = winners.map((n) => decision.options[n].name || decision.options[n].id || `option ${n + 1}`);
  return `${to > weight ? "above" : "below"} ${parts.decide.number(to)}: ${parts.decide.listed(names)}`;
}

/** A record of the snapshot by its address. */
const recordAt = (state, at) => state.decisions.flatMap((one) => [one, ...one.criteria, ...one.options]).find((one) => one.at === at);

/** What is there, in the words of the file: null for a gap. */
function valueAt(state, at, field) {
  const record = recordAt(state, at);
  if (field.startsWith("scores.")) return record?.scores[field.slice(7)] ?? null;
  const value = record?.[field] ?? null;
  return value === "" || (field === "weight" && value === 1) ? null : value;
}

/** Do changes to a snapshot of decisions. */
function change(state, changes) {
  for (const { set, insert, delete: gone } of changes) {
    if (set) {
      const record = recordAt(state, set.at);
      if (!record) continue;
      if (!set.field.startsWith("scores.")) record[set.field] = set.value ?? (set.field === "weight" ? 1 : "");
      else if (set.value === null || set.value === undefined) delete record.scores[set.field.slice(7)];
      else record.scores[set.field.slice(7)] = set.value;
    } else if (insert?.field === "architecture.decisions") {
      const { record } = insert;
      if (!recordAt(state, record.id)) state.decisions.push({ at: record.id, context: "", chosen: "", because: "", status: "", title: "", criteria: [], options: [], ...record });
    } else if (insert) {
      const list = recordAt(state, insert.at)?.[insert.field];
      const at = `${insert.at}.${insert.record.id}`;
      if (!list || list.some((one) => one.at === at)) continue;
      const place = list.findIndex((one) => one.at === insert.before);
      list.splice(place < 0 ? list.length : place, 0, { name: "", ...(insert.field === "criteria" ? { weight: 1 } : { scores: {}, votes: {} }), ...structuredClone(insert.record), at });
    } else if (gone) {
      state.decisions = state.decisions.filter((one) => one.at !== gone.at);
      for (const one of state.decisions) for (const list of ["criteria", "options"]) one[list] = one[list].filter((each) => each.at !== gone.at);
    }
  }
}

/** The change of a score, or none when it is so already. */
function scoreChange(option, criterion, value) {
  const was = option.scores[criterion] ?? null;
  return was === value ? [] : [{ set: { at: option.at, field: `scores.${criterion}`, value, was } }];
}

/** A new record that got another id, because its own was taken. */
function renumbered(change, ids) {
  const { insert } = change;
  return insert && ids[insert.record.id] ? { insert: { ...insert, record: { ...insert.record, id: ids[insert.record.id] } } } : change;
}

/** The record of an earlier step is called by the id that it got. */
function recalled(record, ids) { record.id = ids[record.id] ?? record.id; }

/** A criterion or an option as the design holds it. */
function whole({ at, votes, record, ...now }) { return { ...record, ...now, ...(votes ? { votes } : {}) }; }

/** An id from a name: lower case words, free in its list. */
function freeId(name, list) {
  const plain = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim().split(" ");
  const stem = plain.filter(Boolean).slice(0, 3).join("-") || "new";
  const taken = new Set(list.map((one) => one.id));
  let id = stem;
  for (let n = 2; taken.has(id); n += 1) id = `${stem}-${n}`;
  return id;
}
