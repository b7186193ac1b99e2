// Call the API before anybody writes it: operations on the left, the call and its answer on the right.

parts.tryit = (host, wire, state) => {
  let shown = {};
  let listed = "";
  let chosen = null; // {operation, params, body}
  let turn = 0;
  let as = null; // the name of a user, empty for nobody; null until somebody chose

  const start = el("button", { class: "bk-button bk-primary", onclick: () => ask("start") });
  const stop = el("button", { class: "bk-button", onclick: () => ask("stop") }, "Stop");
  const docs = el("button", { class: "bk-button", "aria-expanded": "false", onclick: () => pages() }, "Docs page");
  const status = el("span", { class: "bk-status", role: "status" });
  const failed = el("div", { class: "bk-tryit-failed", role: "alert" });
  const about = el("p", { class: "bk-tryit-about" }, "A small program is made from the design, on this machine, with made-up rows. Change what you like: nothing of it is kept when it stops.");
  const changed = el("div", { class: "bk-note", "data-kind": "amber", role: "status" });
  const told = el("div", { class: "bk-note" });
  const frame = el("div", { class: "bk-tryit-docs", hidden: true });
  const find = el("input", { class: "bk-input", type: "search", placeholder: "Find a call", "aria-label": "Find a call", oninput: filter });
  const who = el("select", { class: "bk-input", "aria-label": "Call as", onchange: () => { as = who.value; if (chosen) choose(chosen.operation.id, { body: chosen.body?.edited() ? chosen.body.text() : undefined }); } });
  const whose = el("label", { class: "bk-tryit-who", hidden: true }, "Call as", who);
  const list = el("div", { class: "bk-tryit-list", role: "group", "aria-label": "Calls of the API", onkeydown: walk });
  const call = el("div", { class: "bk-tryit-call" });
  const form = el("div", { class: "bk-tryit-call" });
  const said = el("span", { class: "bk-status", role: "status" });
  const answer = el("div", { class: "bk-tryit-answer", hidden: true });
  const calls = el("div", { class: "bk-tryit-calls", role: "group", "aria-label": "Last calls" });
  const panel = el("div", { class: "bk-tryit-two" }, el("div", { class: "bk-tryit-nav" }, whose, find, list), call);
  call.append(form, answer, calls);
  host.append(el("div", { class: "bk-tryit-bar" }, start, status, docs, stop), about, failed, changed, told, frame, panel);

  const show = callAnswer(answer, { say: (text) => { said.textContent = text; }, again: (path) => readBack(path) });
  const ask = (name, data = {}) => wire.ask(name, data, { retry: false, patience: 30000 }).catch((error) => { failed.textContent = error.message; });

  async function choose(id, { address, body } = {}) {
    const operation = shown.operations.find((each) => each.id === id);
    if (!operation) return null;
    const mine = ++turn;
    for (const button of list.querySelectorAll("button")) mark(button, button.dataset.id === id);
    try {
      const details = await wire.ask("operation", { id, user: as ?? "" });
      if (mine !== turn) return null;
      build(operation, details);
    } catch (error) {
      form.replaceChildren(el("div", { class: "bk-tryit-failed" }, error.message));
      return null;
    }
    if (address) chosen.address.value = address;
    if (body !== undefined && body !== null) chosen.body?.set(body);
    return chosen;
  }

  function build(operation, details) {
    const address = el("input", { class: "bk-input", "aria-label": "Address", spellcheck: "false", autocomplete: "off" });
    const params = callParams(details, () => { address.value = callAddress(operation.path, params.fields); });
    address.value = callAddress(operation.path, params.fields);
    const body = details.body === null ? null : callBody(details, () => choose(operation.id));
    const button = el("button", { class: "bk-button bk-primary", title: "Ctrl+Enter", onclick: send }, "Send");
    chosen = { operation, params, body, address, button };
    said.textContent = "";
    form.replaceChildren(
      el("div", { class: "bk-tryit-does" }, operation.does),
      ...allowed(operation),
      el("div", { class: "bk-tryit-address" }, method(operation.method), address, button),
      params.node, ...(body ? [body.node] : []), said,
    );
  }

  /** Who may ask, when the one who is chosen may not: the call can be sent all the same, to see it refused. */
  function allowed({ who: roles }) {
    const mine = shown.users?.find((each) => each.name === as)?.role;
    if (!roles || roles.includes(mine)) return [];
    const may = roles.length ? `Only ${roles.join(" and ")} may do this` : "No grant names this call, so nobody may do it";
    return [el("div", { class: "bk-note", "data-kind": "amber" }, `${may}. Send it, and see it refused.`)];
  }

  async function send() {
    if (!chosen || chosen.button.disabled) return;
    const { operation, params, body, address, button } = chosen;
    const gap = params.fields.find((each) => each.place === "path" && address.value.includes(`{${each.name}}`));
    mistakes([]);
    if (gap) {
      gap.say("This is needed: which row?");
      gap.input.focus();
      return;
    }
    const headers = Object.fromEntries(params.fields.filter((each) => each.place === "header" && each.input.value.trim()).map((each) => [each.name, each.input.value]));
    button.disabled = true;
    await sent({ method: operation.method, address: address.value.trim(), headers, body: body ? body.text() : null, operation: operation.id, user: as ?? "" });
    button.disabled = false;
  }

  async function sent(data) {
    said.textContent = "Sending …";
    try {
      const done = await wire.ask("call", data, { retry: false, patience: 60000 });
      said.textContent = "";
      show(done, mistakes(done.errors));
      answer.hidden = false;
      history([done, ...(shown.calls ?? [])].slice(0, 20));
      return done;
    } catch (error) {
      said.textContent = error.message;
      return null;
    }
  }

  /** Say beside each field what the answer says of it; what belongs to none is given back. */
  function mistakes(errors) {
    const { params, body } = chosen ?? {};
    const fields = [...(params?.fields ?? []), ...(body?.fields ?? []).map((each) => ({ ...each, place: "body" }))];
    for (const field of fields) field.say("");
    const plain = (name) => name.toLowerCase().replaceAll("_", "-");
    return errors.filter(({ at, message }) => {
      const [place, name, ...rest] = at.split(".");
      const field = fields.find((each) => each.place === place && plain(each.name) === plain(name ?? ""));
      field?.say(rest.length ? `${rest.join(".")}: ${message}` : message);
      if (field) params.open(params.fields.find((each) => each.name === field.name && each.place === place));
      return !field;
    });
  }

  async function readBack(location) {
    let path = location;
    try { path = new URL(location, shown.url).pathname; } catch { /* it is a path already */ }
    await sent({ method: "GET", address: path, headers: {}, body: null, user: as ?? "" });
  }

  async function recall(n) {
    try {
      const old = await wire.ask("recall", { n });
      if (shown.users?.some((each) => each.name === old.user) || !old.user) who.value = as = old.user;
      if (old.operation) await choose(old.operation, old);
      show(old, mistakes(old.errors));
      answer.hidden = false;
    } catch (error) {
      said.textContent = error.message;
    }
  }

  function history(entries) {
    shown.calls = entries;
    calls.replaceChildren(...(entries.length ? [el("div", { class: "bk-tryit-over" }, "Last calls")] : []), ...entries.map((each) => el("button", { onclick: () => recall(each.n) },
      method(each.method), el("span", {}, each.user ? `${each.address} (${each.user})` : each.address), el("span", { class: each.status >= 400 ? "bk-bad" : "" }, String(each.status)), el("span", {}, `${Math.round(each.ms)} ms`))));
  }

  const method = (word) => el("span", { class: "bk-method", "data-is": word }, word);
  function mark(button, current) {
    button.setAttribute("aria-current", String(current));
    button.tabIndex = current ? 0 : -1;
  }

  function operations() {
    const groups = new Map();
    for (const each of shown.operations) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
    const short = (path) => (shown.base && path.startsWith(`${shown.base}/`) ? path.slice(shown.base.length) : path);
    list.replaceChildren(...[...groups].map(([group, members]) => el("div", { role: "group", "aria-label": group }, el("h4", {}, group), members.map((each) => el("button", {
      "data-id": each.id, "data-text": `${each.method} ${each.path} ${each.does} ${group}`.toLowerCase(), title: each.does, tabindex: "-1", "aria-current": "false", onclick: () => choose(each.id),
    }, method(each.method), el("span", {}, short(each.path)))))));
    if (!shown.operations.length) form.replaceChildren("There is nothing to call yet: write a resource into the API, and restart.");
    filter();
  }

  /** For whom calls are sent: nobody, or one of the made-up people. */
  function people(users) {
    whose.hidden = !users.length;
    if (as === null || !["", ...users.map((each) => each.name)].includes(as)) as = users[0]?.name ?? "";
    who.replaceChildren(el("option", { value: "" }, "nobody, without a login"), ...users.map((each) => el("option", { value: each.name }, each.login ? `${each.name}: ${each.login}` : each.name)));
    who.value = as;
  }

  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of list.children) {
      const buttons = [...group.querySelectorAll("button")];
      for (const button of buttons) button.hidden = !words.every((word) => button.dataset.text.includes(word));
      group.hidden = buttons.every((button) => button.hidden);
    }
  }

  function walk(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (!(event.key in steps)) return;
    const buttons = [...list.querySelectorAll("button")].filter((button) => !button.hidden);
    const next = buttons[buttons.indexOf(document.activeElement) + steps[event.key]];
    next?.focus();
    event.preventDefault();
  }

  /** The docs page inside this one, where the browser reaches the prototype. */
  async function pages(open = frame.hidden) {
    docs.setAttribute("aria-expanded", String(open));
    frame.hidden = !open;
    frame.replaceChildren();
    if (!open) return;
    const address = new URL(shown.docs);
    const here = ["localhost", "127.0.0.1"].includes(window.location.hostname);
    if (here) address.hostname = window.location.hostname; // of one site with this page, so that a cookie is kept
    const reached = here && await fetch(`${address.origin}/docs`, { mode: "no-cors", signal: AbortSignal.timeout(4000) }).then(() => true, () => false);
    if (frame.hidden) return;
    const link = el("a", { href: address.href, target: "_blank", rel: "noopener" }, "Open it in a tab of its own");
    frame.replaceChildren(...(reached
      ? [link, el("iframe", { src: address.href, title: "Docs page of the prototype", sandbox: "allow-scripts allow-same-origin allow-forms allow-popups", referrerpolicy: "no-referrer" })]
      : [el("div", { class: "bk-note" }, "This browser does not reach the prototype, because it runs on another machine. The calls on this page work all the same. For the docs page make a tunnel to that machine, as ",
        el("code", {}, `ssh -L ${address.port}:127.0.0.1:${address.port} MACHINE`), ", and open ", el("code", {}, address.href), ".")]));
  }

  function update(next) {
    const before = shown;
    const running = next.state === "running";
    shown = next;
    start.textContent = next.state === "starting" ? "Starting …" : running ? "Restart" : "Start the prototype";
    start.disabled = next.state === "starting";
    start.classList.toggle("bk-primary", !running);
    docs.hidden = stop.hidden = panel.hidden = !running;
    about.hidden = running;
    status.dataset.state = next.state;
    status.textContent = running ? `Runs at ${next.url}` : next.state === "starting" ? next.said : "";
    failed.textContent = next.state === "stopped" ? next.said ?? "" : "";
    changed.textContent = next.changed ? "The design has changed: restart to see it. All rows are then made anew." : "";
    told.replaceChildren(...(running && next.told?.length ? ["Not served: ", next.told.join(" ")] : []));
    if (before.url !== next.url && !frame.hidden) pages(running);
    if (!running) return;
    people(next.users ?? []);
    const text = JSON.stringify([next.url, next.operations]);
    if (text !== listed) {
      listed = text;
      operations();
      const same = next.operations.find((each) => each.id === chosen?.operation.id);
      const typed = same && chosen.body?.edited() ? chosen.body.text() : undefined;
      if (next.operations.length) choose((same ?? next.operations[0]).id, { body: typed });
    }
    history(next.calls ?? []);
  }

  host.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      send();
    }
  });
  const alive = setInterval(() => { wire.ask("alive", {}, { retry: false, patience: 5000 }).catch(() => {}); }, 60000);
  update(state);
  return { update, dispose() { clearInterval(alive); } };
};
