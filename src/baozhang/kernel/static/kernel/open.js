// Things that open and close: menus, the drawer, dialogs, the side sheet, questions before an act.
import { $, $$, make, ready } from "./common.js";

const menu = $("#menu");
const drawer = (on) => {
  if (!menu) return;
  menu.classList.toggle("on", on);
  if (on) $("a, summary", menu).focus();
};

document.addEventListener("click", (event) => {
  const target = event.target;
  $$("details.pop[open]").forEach((details) => details.contains(target) || (details.open = false));
  const link = target.closest("a");
  if (link && link.getAttribute("href") === "#menu") {
    event.preventDefault();
    drawer(true);
  } else if (target.closest(".veil, .menu .close")) {
    event.preventDefault();
    drawer(false);
  }
  const opener = target.closest("[data-open]");
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (dialog) {
    event.preventDefault();
    show(dialog);
  }
  if (target.closest("[data-close]")) target.closest("dialog").close();
  if (target.matches("dialog")) target.close();
  if (link && "peek" in link.dataset && !event.ctrlKey && !event.metaKey && $("#peek")) {
    event.preventDefault();
    peek(link.href);
  }
  if (link && link.dataset.preview === "image" && $("#peek")) {
    event.preventDefault();
    sheet(link.textContent, link.href, [make("img", { src: link.href, alt: link.textContent, className: "preview" })]);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = $("details.pop[open]");
  if (open) {
    open.open = false;
    $("summary", open).focus();
  }
  drawer(false);
});

/** Opens a dialog and puts the caret into its first field. */
export function show(dialog) {
  $$("details.pop[open]").forEach((details) => (details.open = false));
  if (!dialog.open) dialog.showModal();
  const first = $("textarea, select, input:not([type=hidden])", dialog);
  if (first) first.focus();
}

// The side sheet shows the content of another page (an article, a reason) without leaving this one.
async function peek(url) {
  const answer = await fetch(url, { headers: { "X-Peek": "1" } });
  if (!answer.ok) return void (location.href = url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const body = $("#body", page);
  if (!body) return void (location.href = url);
  const heading = $("h1", page);
  dress(page);
  sheet(heading ? heading.textContent : page.title, url, [...body.childNodes]);
}
// What the other page wears and this one does not.
function dress(page) {
  const worn = new Set($$("link[rel=stylesheet]").map((link) => link.getAttribute("href")));
  document.head.append(...$$("link[rel=stylesheet]", page).filter((link) => !worn.has(link.getAttribute("href"))));
}
function sheet(title, url, nodes) {
  $("#peek-title").textContent = title;
  $("#peek-full").href = url;
  $("#peek-body").replaceChildren(...nodes);
  if (window.htmx) window.htmx.process($("#peek-body"));
  if (!$("#peek").open) $("#peek").showModal();
}

// A question before an act that cannot be taken back lightly; with data-note a reason must be written.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm], button[data-note]");
  if (!button || button.dataset.sure || !button.form) return;
  event.preventDefault();
  ask(button);
});
function ask(button) {
  const dialog = $("#ask");
  const text = $("#ask-text");
  const needsNote = "note" in button.dataset;
  $("#ask-words").textContent = button.dataset.confirm || "";
  $("#ask-note").hidden = !needsNote;
  text.required = needsNote;
  text.value = "";
  $("#ask-yes").textContent = button.textContent.trim() || $("#ask-yes").textContent;
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return;
    if (needsNote) {
      $$("input[name=note][type=hidden]", button.form).forEach((old) => old.remove());
      button.form.append(make("input", { type: "hidden", name: "note", value: text.value }));
    }
    button.dataset.sure = "1";
    button.form.requestSubmit(button);
    delete button.dataset.sure;
  };
  show(dialog);
}

// Which chapters of the menu somebody opened or shut himself is remembered on this device; those of a page open by themselves.
if (menu) {
  const kept = JSON.parse(localStorage.getItem("bz.menu.2") || "{}");
  const words = (details) => $("summary", details).textContent.replace(/\d/g, "").trim();
  $$("details", menu).forEach((details) => {
    const around = details.parentElement.closest("details");
    const name = around ? `${words(around)}/${words(details)}` : words(details);
    if (name in kept && !$("[aria-current]", details)) details.open = kept[name];
    $("summary", details).addEventListener("click", () => {
      kept[name] = !details.open;
      localStorage.setItem("bz.menu.2", JSON.stringify(kept));
    });
  });
  $("[aria-current]", menu)?.scrollIntoView({ block: "nearest" });
}

ready((root) => {
  const opened = location.hash.startsWith("#step-") && root === document && $(location.hash);
  if (opened && opened.showModal) show(opened);
  const faults = $("#faults", root);
  if (faults) faults.focus();
});

