// Links to other notebooks. A plain link inside a live part would load JupyterLab anew, so it is asked to open them.

/** The folder of this notebook for JupyterLab and Notebook: "notebooks/"; null where the page does not say. */
function notebookFolder(wire) {
  const path = wire.model.widget_manager?.context?.path;
  return path === undefined ? null : path.slice(0, path.lastIndexOf("/") + 1);
}

/** A link to a notebook beside this one; a plain word where nothing can be opened (VS Code, a page of one notebook). */
function notebookLink(wire, file, attributes, ...children) {
  const folder = notebookFolder(wire);
  const inLab = document.querySelector("#jp-main-dock-panel, #main.jp-LabShell") !== null;
  if (inLab && folder !== null) {
    const path = folder + file;
    const link = el("a", { ...attributes, href: labAddress(path) }, ...children);
    const handler = (wire.model.widget_manager.rendermime ?? wire.model.widget_manager.renderMime)?.linkHandler;
    handler?.handleLink(link, path, "");
    return link;
  }
  if (/\.ipynb$/.test(window.location.pathname)) return el("a", { ...attributes, href: encodeURIComponent(file) }, ...children);
  return el("span", { ...attributes, title: `Open ${file}` }, ...children);
}

function labAddress(path) {
  let base = "/";
  try {
    base = JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl ?? base;
  } catch { /* the page does not say where the server begins */ }
  const local = path.slice(path.indexOf(":") + 1); // the drive of shared documents is no part of an address
  return `${base}lab/tree/${local.split("/").map(encodeURIComponent).join("/")}`;
}
