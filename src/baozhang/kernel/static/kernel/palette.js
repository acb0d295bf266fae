// Ctrl-K: search over everything; and the keys that work on any page.
import { $, $$, isTyping } from "./common.js";
import { show } from "./open.js";

const palette = $("#palette");

function openPalette(text = "") {
  if (!palette) return;
  const input = $("input", palette);
  input.value = text;
  show(palette);
  input.select();
  if (window.htmx && (text || !$("#palette-got").children.length)) window.htmx.trigger(input, "input");
}
/** What is shown answers what stands in the field; while an answer is under way, nothing of the last one is taken. */
function current() {
  const got = $("#palette-got [data-q]");
  return got && got.dataset.q === $("input", palette).value.trim();
}
function step(by) {
  if (!current()) return;
  const links = $$("#palette-got a");
  if (!links.length) return;
  const at = links.findIndex((link) => link.classList.contains("at"));
  if (at >= 0) links[at].classList.remove("at");
  const next = links[(at + by + links.length) % links.length];
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  if (!palette || !event.target.closest("[data-palette]") || event.target.closest("dialog")) return;
  event.preventDefault();
  openPalette();
});
if (palette) {
  $("input", palette).addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    }
    if (event.key === "Escape") palette.close(); // a search field would only clear itself
    const at = event.key === "Enter" && current() && $("#palette-got a.at");
    if (at) {
      event.preventDefault();
      at.click();
    }
  });
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || $("dialog[open]")) return;
  if (event.key === "?" && $("#keys")) show($("#keys"));
  if (event.key === "/") {
    const search = $("#filters [name=q]");
    event.preventDefault();
    if (search) search.focus();
    else openPalette();
  }
  if (event.key === "e") {
    const edit = $(".acts a[data-edit], .acts a[href$='/edit/'], .acts a[href$='/edit']");
    if (edit) edit.click();
  }
});
