// anywidget 0.11 gives a live part 2 s to load. One that needs longer is shown, but hears nothing from Python any more:
// on a slow or busy computer that is a whole page (https://github.com/manzt/anywidget, packages/anywidget/src/runtime.ts).
// JupyterLab, Notebook 7 and Voila load this file before the first part. It is no plugin, so it offers none.

const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (milliseconds) => timeout(milliseconds === 2000 ? 120000 : milliseconds);

(window._JUPYTERLAB ??= {})["@backendkit/patience"] = { init: () => {}, get: async () => () => ({ __esModule: true, default: [] }) };
