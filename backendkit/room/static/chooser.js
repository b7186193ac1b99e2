// Where a design comes from: one that is there, a new one, a copy of a worked one, an existing system, another place.

const PIECE = 600 * 1024; // bytes of a dropped file in one message: the server cuts long ones off

function startChooser(wire, host, taken) {
  const list = el("div", { class: "bk-designs", role: "group", "aria-label": "Designs" });
  const form = el("div", { class: "bk-form", hidden: true });
  const more = el("button", { class: "bk-button bk-quiet", hidden: true });
  let state = { designs: [], worked: [] };
  let all = false;
  let open = "";
  const kinds = [["make", "New design", makeForm], ["copy", "Copy an example", copyForm], ["bring", "Import", bringForm], ["open", "Open", openForm]];
  const buttons = kinds.map(([kind, label, build]) => el("button", {
    class: kind === "make" ? "bk-button bk-primary" : "bk-button", "aria-expanded": "false", "data-kind": kind,
    onclick: () => (open === kind ? close(true) : show(kind, label, build)),
  }, label));
  host.append(el("p", { class: "bk-over" }, "Work on another one"), list, more, el("div", { class: "bk-ways" }, buttons), form);
  more.addEventListener("click", () => { all = !all; draw(); });

  const mark = () => { for (const button of buttons) button.setAttribute("aria-expanded", String(button.dataset.kind === open)); };
  const close = (back = false) => {
    if (back) buttons.find((button) => button.dataset.kind === open)?.focus();
    open = "";
    form.hidden = true;
    form.replaceChildren();
    mark();
  };
  const show = (kind, label, build) => {
    open = kind;
    form.hidden = false;
    form.setAttribute("aria-label", label);
    form.setAttribute("role", "group");
    form.replaceChildren(...build());
    form.querySelector("input:not([type=file]), select")?.focus();
    mark();
  };
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") close(true); });

  /** A button that asks Python, with what went wrong in one sentence beside the field. */
  const action = (label, error, ask, said) => {
    const button = el("button", { class: "bk-button bk-primary", type: "button" }, label);
    const go = async () => {
      if (button.disabled) return;
      button.disabled = true;
      error.replaceChildren();
      try {
        const answer = await ask();
        if (answer?.state) {
          close();
          taken(answer, said(answer.state));
        }
      } catch (problem) {
        error.replaceChildren(problem.message);
      }
      button.disabled = false;
    };
    button.addEventListener("click", go);
    return { button, go };
  };
  const field = (label, attributes, error) => {
    const input = el("input", { class: "bk-input", autocomplete: "off", spellcheck: "false", "aria-describedby": error.id, ...attributes });
    return { input, node: el("label", { class: "bk-labelled" }, el("span", {}, label), input) };
  };
  const problem = () => el("p", { class: "bk-error", role: "alert", id: unique() });
  const entered = (input, go) => input.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
  const works = (fresh) => `You work on ${fresh.about.name || fresh.place} now.`;
  const once = { retry: false };

  function makeForm() {
    const error = problem();
    const name = field("What is it called?", { placeholder: "Library" }, error);
    const { button, go } = action("Make it", error, () => wire.ask("make", { name: name.input.value.trim() }, once), works);
    entered(name.input, go);
    return [el("div", { class: "bk-inline" }, name.node, button), error, el("p", { class: "bk-muted" }, "It begins empty, in a folder of its own under work/.")];
  }

  function copyForm() {
    const error = problem();
    const of = el("select", { class: "bk-input", "aria-label": "Example" }, state.worked.map((one) => el("option", { value: one.of }, one.name)));
    const name = field("Name of the copy", { value: `My ${state.worked[0]?.name ?? "copy"}` }, error);
    const about = el("p", { class: "bk-muted" }, state.worked[0]?.summary ?? "");
    of.addEventListener("change", () => {
      const one = state.worked.find((each) => each.of === of.value);
      name.input.value = `My ${one.name}`;
      about.replaceChildren(one.summary);
    });
    const { button, go } = action("Copy it", error, () => wire.ask("copy", { of: of.value, name: name.input.value.trim() }, once), works);
    entered(name.input, go);
    return [el("div", { class: "bk-inline" }, el("label", { class: "bk-labelled" }, el("span", {}, "Example"), of), name.node, button), error, about];
  }

  function openForm() {
    const error = problem();
    const where = field("Folder, or address of a database", { placeholder: "work/library  or  sqlite:///team.db#shop" }, error);
    const make = action("Make a new one there", error, () => wire.ask("make", { name: "", where: where.input.value }, once), works);
    make.button.hidden = true;
    make.button.classList.remove("bk-primary");
    const { button, go } = action("Open it", error, async () => {
      const answer = await wire.ask("open", { where: where.input.value });
      make.button.hidden = !answer.missing;
      if (answer.missing) error.replaceChildren(answer.missing);
      return answer;
    }, works);
    entered(where.input, go);
    return [el("div", { class: "bk-inline" }, where.node, button, make.button), error];
  }

  function bringForm() {
    const error = problem();
    const progress = el("p", { class: "bk-muted", role: "status" });
    const source = field("SQLite file, address of a database, or OpenAPI file", { placeholder: "../shop.sqlite  or  postgresql://user@host/shop" }, error);
    const name = field("Name (may stay empty)", { placeholder: "as in the source" }, error);
    const bring = async (from) => {
      progress.replaceChildren(`Reading ${from.split(/[\\/]/).pop().replace(/:[^:@]*@/, ":…@")} …`);
      await wire.ask("bring", { source: from, name: name.input.value.trim() }, once);
    };
    const { button, go } = action("Read it", error, () => bring(source.input.value), works);
    entered(source.input, go);
    const sent = async (file) => {
      error.replaceChildren();
      try {
        for (let offset = 0; offset === 0 || offset < file.size; offset += PIECE) {
          progress.replaceChildren(`Taking ${file.name}: ${Math.round((offset / (file.size || 1)) * 100)} % …`);
          const answer = await wire.ask("piece", { name: file.name, offset, of: file.size, data: await base64(file.slice(offset, offset + PIECE)) });
          if (answer.file) await bring(answer.file);
        }
      } catch (trouble) {
        progress.replaceChildren();
        error.replaceChildren(trouble.message);
      }
    };
    const picker = el("input", { type: "file", class: "bk-visually-hidden", tabindex: "-1", "aria-label": "File to import", onchange: () => picker.files[0] && sent(picker.files[0]) });
    const drop = el("div", { class: "bk-drop" }, "Or drop the file here, or ",
      el("button", { class: "bk-button", type: "button", onclick: () => picker.click() }, "choose it"), picker);
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) drop.addEventListener(kind, (event) => {
      event.preventDefault();
      event.stopPropagation();
      drop.toggleAttribute("data-over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files[0]) sent(event.dataTransfer.files[0]);
    });
    unread = (text) => {
      progress.replaceChildren();
      error.replaceChildren(text);
    };
    return [el("div", { class: "bk-inline" }, source.node, name.node, button), error, progress, drop,
      el("p", { class: "bk-muted" }, "It is only read. Tables, columns and calls become a new design; no row of data is kept.")];
  }
  let unread = () => {};
  wire.on("unread", ({ text }) => unread(text));

  const draw = () => {
    const most = all ? state.designs.length : 6;
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.where : null;
    list.replaceChildren(...state.designs.slice(0, most).map((one) => el("button", {
      class: "bk-design", "aria-pressed": String(one.chosen), "data-where": one.where, onclick: () => one.chosen || choose(one),
    }, el("b", {}, one.name), el("span", {}, one.where))));
    more.hidden = state.designs.length <= 6;
    more.replaceChildren(all ? "Fewer" : `${state.designs.length - 6} more`);
    if (focused !== null) list.querySelector(`[data-where="${CSS.escape(focused)}"]`)?.focus();
  };
  const wrong = problem();
  list.after(wrong);
  const choose = async (one) => {
    wrong.replaceChildren();
    try {
      const answer = await wire.ask("choose", { where: one.where });
      close();
      taken(answer, works(answer.state));
    } catch (trouble) {
      wrong.replaceChildren(trouble.message);
    }
  };
  let drawn = "";
  return {
    close,
    update(fresh) {
      state = fresh;
      const text = JSON.stringify(fresh.designs);
      if (text === drawn) return;
      drawn = text;
      draw();
    },
  };
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Error("The file cannot be read: is it open in another program?"));
    reader.readAsDataURL(blob);
  });
}
