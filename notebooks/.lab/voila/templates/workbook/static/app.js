// What a page of the app says while it is made, and how its links behave.

let waits = 0; // of 10 s each, for one step
const tell = (text) => { document.getElementById("loading_text").textContent = text; };
window.voila_process = (step, steps) => {
  waits = 0;
  tell(`The page is being prepared: step ${step} of ${steps}.`);
};
window.voila_heartbeat = () => {
  waits += 1;
  if (waits === 3) tell("This step takes long. You need not do anything.");
  if (waits === 30) tell("Five minutes for one step is too long: load the page again.");
};

// A page that is left ends its kernel, so only another notebook opens in its place, and takes the theme along.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || link.hasAttribute("download") || !/^https?:$/.test(link.protocol) || /^[#?]/.test(link.getAttribute("href"))) return;
  const theme = new URLSearchParams(window.location.search).get("theme");
  link.target = link.pathname.endsWith(".ipynb") ? "_self" : "_blank";
  if (link.target === "_self" && theme && !link.search) link.search = `?theme=${theme}`;
}, true);

// There is no bar here whose button one could press.
document.addEventListener("DOMContentLoaded", () => {
  for (const text of document.querySelectorAll(".jp-MarkdownCell p")) if (text.textContent.includes("▶▶")) text.remove();
});
