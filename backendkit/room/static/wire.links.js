// Where things are for this page: other notebooks, and results that the server of the notebooks gives.

/** The way to this notebook from the folder that is served, as "notebooks/00_start.ipynb"; "" where the page does not say. */
function notebookPath(wire) {
  const known = wire.model.widget_manager?.context?.path; // JupyterLab and Notebook know it, with a drive for shared documents
  const shown = window.location.pathname.match(/\/(?:(?:lab|doc)(?:\/workspaces\/[^/]+)?\/tree|notebooks|voila\/render)\/(.*)$/);
  return known?.replace(/^[^/]*:/, "") ?? decodeURIComponent(shown?.[1] ?? "");
}

function serverAddress(folder, parts) {
  let base = "/";
  try {
    base = JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl ?? base;
  } catch { /* the page does not say where the server begins */ }
  return `${base}${folder}/${parts.map(encodeURIComponent).join("/")}`;
}

/**
 * A link to a notebook beside this one; a plain word where nothing can be opened (VS Code).
 * JupyterLab is asked to open it: a plain link inside a live part would load all of it anew.
 */
function notebookLink(wire, file, attributes, ...children) {
  const manager = wire.model.widget_manager;
  const handler = document.querySelector("#jp-main-dock-panel, #main.jp-LabShell") && (manager?.rendermime ?? manager?.renderMime)?.linkHandler;
  if (handler && manager.context) {
    const folder = manager.context.path.slice(0, manager.context.path.lastIndexOf("/") + 1);
    const parts = [...notebookPath(wire).split("/").slice(0, -1), file];
    const link = el("a", { ...attributes, href: serverAddress("doc/tree", parts) }, ...children);
    handler.handleLink(link, folder + file, "");
    return link;
  }
  if (/\.ipynb$/.test(window.location.pathname)) return el("a", { ...attributes, href: encodeURIComponent(file) }, ...children);
  return el("span", { ...attributes, title: `Open ${file}` }, ...children);
}

/** The address of a file, by the way to it from where this notebook lies; null for one that is not served. */
function resultAddress(wire, way) {
  const parts = notebookPath(wire).split("/").slice(0, -1);
  if (!notebookPath(wire) || /^([a-z]+:|\/)/i.test(way)) return null;
  for (const part of way.split("/")) {
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return serverAddress("files", parts);
}
