// A field of the design that saves itself while one types, and says what the model or other people make of it.

/** keep(wire, input, {at: "", field: "name"}): returns {node: what to say below it, update(value), dispose()}. */
function keep(wire, input, { at, field, from = (text) => text.trim() || null, to = (value) => value ?? "", saved = null, label = "" }) {
  const told = el("div", { class: "bk-said", role: "status", id: unique(), hidden: true });
  input.setAttribute("aria-describedby", told.id);
  let base = saved;
  let dirty = false;
  let timer = 0;
  const mine = () => wire.pending().filter(({ changes }) => changes.length === 1 && changes[0].set?.at === at && changes[0].set.field === field);
  const draw = (value) => {
    const text = to(value);
    // Whoever has typed a comma or a space and thinks is not done: what means the same stays as it is typed.
    const typing = input.getRootNode().activeElement === input && equal(from(input.value), value);
    if (input.value !== text && !typing) input.value = text;
    input.dispatchEvent(new Event("bk-drawn"));
  };
  const save = async (value, was) => {
    const answer = await wire.save([{ set: { at, field, value, was } }], { label: label || field });
    if (answer.ok) saved = value;
  };
  const send = () => {
    clearTimeout(timer);
    if (!dirty) return;
    dirty = false;
    const value = from(input.value);
    if (!equal(value, base) || mine().length) save(value, base);
  };
  const typed = () => {
    if (!dirty) base = saved;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(send, 400);
  };
  const drop = (item, value) => {
    wire.drop(item.id);
    saved = value;
    draw(value);
    input.focus();
  };
  const say = () => {
    const item = mine().findLast((each) => each.state);
    told.hidden = !item;
    input.toggleAttribute("aria-invalid", Boolean(item));
    if (!item) return told.replaceChildren();
    const value = item.changes[0].set.value;
    if (item.state === "conflict") {
      const { theirs } = item.answer.conflict[0];
      told.replaceChildren(
        el("p", {}, "Meanwhile somebody wrote: ", el("q", {}, to(theirs) || "nothing")),
        el("button", { class: "bk-button", onclick: () => drop(item, theirs) }, "Take theirs"), " ",
        el("button", { class: "bk-button", onclick: () => { wire.drop(item.id); save(value, theirs); } }, "Keep mine"),
      );
      return;
    }
    told.replaceChildren(
      el("p", {}, item.answer.refused?.[0]?.message ?? "Not saved."),
      el("button", { class: "bk-button", onclick: () => drop(item, saved) }, "As it was"),
    );
  };
  const entered = (event) => { if (event.key === "Enter" && input.tagName === "INPUT") send(); };
  input.addEventListener("input", typed);
  input.addEventListener("change", send);
  input.addEventListener("blur", send);
  input.addEventListener("keydown", entered);
  const stop = wire.onStatus(say);
  const waiting = mine().at(-1);
  draw(waiting ? waiting.changes[0].set.value : saved);
  return {
    node: told,
    update(value) {
      saved = value;
      if (!dirty && !mine().length) draw(value);
    },
    dispose() {
      send();
      stop();
    },
  };
}

/** A text area as high as its text. */
function grow(area) {
  const fit = () => {
    area.style.height = "auto";
    if (area.scrollHeight) area.style.height = `${area.scrollHeight + 2}px`;
  };
  const watch = new ResizeObserver(() => fit());
  watch.observe(area);
  area.addEventListener("input", fit);
  area.addEventListener("bk-drawn", fit);
  return { stop: () => watch.disconnect(), fit };
}
