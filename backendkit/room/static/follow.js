// A table, a picture or a text that Python made, shown anew whenever the design changes. Typed text is escaped there.

parts.follow = (host, wire, state) => {
  let shown = null;
  const update = ({ html }) => {
    if (html === shown) return;
    shown = html;
    host.innerHTML = html ?? "";
  };
  update(state);
  return { update };
};
