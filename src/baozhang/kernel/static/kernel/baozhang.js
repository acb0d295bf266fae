// The screens without a framework: every page works without this file; with it, less is reloaded and less is typed.
import "./open.js";
import "./palette.js";
import "./list.js";
import "./form.js";
import "./files.js";
import { $, $$, words, toast, ready } from "./common.js";

// Light or dark, type size, contrast, row height: kept in cookies so that the server already sends the right classes.
const prefixes = { scheme: "scheme-", type: "type-", contrast: "contrast-", rows: "rows-" };
function chosen(kind) {
  const found = [...document.documentElement.classList].find((name) => name.startsWith(prefixes[kind]));
  return found ? found.slice(prefixes[kind].length) : "";
}
function choose(kind, value) {
  const root = document.documentElement;
  [...root.classList].filter((name) => name.startsWith(prefixes[kind])).forEach((name) => root.classList.remove(name));
  if (value) root.classList.add(prefixes[kind] + value);
  if (kind === "scheme") root.classList.toggle("dark", !value && matchMedia("(prefers-color-scheme: dark)").matches);
  const age = value ? 31536000 : 0;
  document.cookie = `bz_${kind}=${value ? prefixes[kind] + value : ""};path=/;max-age=${age};samesite=lax`;
  showChoices();
  document.dispatchEvent(new CustomEvent("look"));
}
function showChoices() {
  $$("[data-look]").forEach((group) => {
    $$("button", group).forEach((button) => button.setAttribute("aria-pressed", String(button.value === chosen(group.dataset.look))));
  });
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-look] button");
  if (button) choose(button.parentElement.dataset.look, button.value);
  if (event.target.closest("[data-back]") && history.length > 1) {
    event.preventDefault();
    history.back();
  }
  const fill = event.target.closest("[data-fill]");
  if (fill) Object.entries(JSON.parse(fill.dataset.fill)).forEach(([name, value]) => ($(`[name="${name}"]`).value = value));
});
showChoices();

// What htmx needs from us: the token, a line of progress, and honest words when something fails.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = $("meta[name=csrf]").content;
});
const bar = $("#loading");
let running = 0;
const progress = (change) => bar.classList.toggle("on", (running = Math.max(0, running + change)) > 0);
document.addEventListener("htmx:beforeRequest", () => progress(1));
document.addEventListener("htmx:afterRequest", () => progress(-1));
document.addEventListener("htmx:sendError", () => toast(words.offline, "red"));
document.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Trigger")) toast(words.failed, "red");
});
document.addEventListener("toast", (event) => toast(event.detail.words, event.detail.tone));

// Days near today are said as people say them; the exact moment stays in the title.
function nearDays(root) {
  $$("time[data-near]", root).forEach((time) => {
    const day = time.dateTime.slice(0, 10);
    const local = (date) => new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
    const now = new Date();
    const word = day === local(now) ? words.today : day === local(new Date(now - 86400000)) ? words.yesterday : "";
    if (!word) return;
    time.title = time.title || time.textContent;
    time.textContent = `${word} ${time.dateTime.slice(11, 16)}`.trim();
  });
}

ready((root) => {
  nearDays(root);
  if ($("[data-chart]", root)) import("./chart.js").then((chart) => chart.draw(root));
});
