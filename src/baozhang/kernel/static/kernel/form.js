// Forms: a draft kept on this device, and a field that looks things up while one types.
import { $, $$, words, filled, later, make, ready } from "./common.js";

const prefix = "bz.draft.";
const sent = "bz.sent"; // which draft was handed in last, until it is known what became of it
const keyOf = (form) => `${prefix}${$("[data-me]")?.dataset.me || ""}:${form.dataset.draft}`;
const secret = /csrf|password|token/i;
const fieldsOf = (form) => [...form.elements].filter((one) => one.name && !secret.test(one.name) && !["file", "hidden", "submit", "button", "password"].includes(one.type) || one.dataset.looked);

function read(form) {
  const values = {};
  fieldsOf(form).forEach((one) => {
    if (["checkbox", "radio"].includes(one.type)) (values[one.name] = values[one.name] || []).push(...(one.checked ? [one.value] : []));
    else values[one.name] = one.dataset.looked ? [one.value, one.dataset.words || ""] : one.value;
  });
  return values;
}
function write(form, values) {
  fieldsOf(form).forEach((one) => {
    if (!(one.name in values)) return;
    const value = values[one.name];
    if (["checkbox", "radio"].includes(one.type)) one.checked = value.includes(one.value);
    else if (one.dataset.looked) one.dispatchEvent(new CustomEvent("looked", { detail: { id: value[0], words: value[1] } }));
    else one.value = value;
    one.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function keepDraft(form) {
  const name = keyOf(form);
  const fresh = JSON.stringify(read(form));
  const old = JSON.parse(localStorage.getItem(name) || "null");
  const wrong = $("#faults");
  if (old && !wrong && JSON.stringify(old.values) !== fresh) offer(form, name, old);
  const save = later(() => {
    localStorage.setItem(name, JSON.stringify({ when: Date.now(), values: read(form) }));
    const kept = $("[data-kept]", form);
    if (kept) kept.textContent = words.kept;
  }, 700);
  form.addEventListener("input", save);
  form.addEventListener("change", save);
  form.addEventListener("submit", () => {
    if (JSON.stringify(read(form)) !== fresh) localStorage.setItem(name, JSON.stringify({ when: Date.now(), values: read(form) }));
    sessionStorage.setItem(sent, name);
  });
}
// A draft goes when a page says that it was taken in: not when the door asks anew who it is, nor when the line or the server breaks.
function settle() {
  const name = sessionStorage.getItem(sent);
  if (!name || $("input[type=password]")) return;
  sessionStorage.removeItem(sent);
  if ($(".messages .note.green")) localStorage.removeItem(name);
}
function offer(form, name, old) {
  const when = new Date(old.when).toLocaleString(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const restore = make("button", { type: "button", className: "link", textContent: words.restore });
  const drop = make("button", { type: "button", className: "link", textContent: words.drop });
  const note = make("div", { className: "note blue row draft" }, make("span", { className: "grow", textContent: filled(words.draft, { when }) }), restore, drop);
  restore.onclick = () => (write(form, old.values), note.remove());
  drop.onclick = () => (localStorage.removeItem(name), note.remove());
  form.before(note);
}
// Whoever signs out leaves no half-written paper on a shared machine.
document.addEventListener("submit", (event) => {
  if (!/logout/.test(event.target.action)) return;
  Object.keys(localStorage).filter((name) => name.startsWith(prefix)).forEach((name) => localStorage.removeItem(name));
});

// A text field that knows a look-up address becomes a combobox; without scripts it takes the number or code as typed.
// The address answers {"results": [{"id", "words", "hint"}]}.
function lookup(input) {
  input.dataset.looked = "1";
  const list = make("div", { role: "listbox", id: `${input.id || input.name}-list`, hidden: true });
  const shown = make("input", { type: "text", role: "combobox", autocomplete: "off", value: input.dataset.words || input.value });
  const attributes = { "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" };
  ["aria-label", "aria-describedby", "aria-invalid", "placeholder"].forEach((name) => input.hasAttribute(name) && (attributes[name] = input.getAttribute(name)));
  Object.entries(attributes).forEach(([name, value]) => shown.setAttribute(name, value));
  if (input.id) (shown.id = input.id), input.removeAttribute("id");
  shown.required = input.required;
  input.required = false;
  input.type = "hidden";
  const box = make("div", { className: "combo" });
  input.before(box);
  box.append(input, shown, list);

  const close = () => ((list.hidden = true), shown.setAttribute("aria-expanded", "false"));
  const take = (id, text) => {
    input.value = id;
    input.dataset.words = shown.value = text;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  input.addEventListener("looked", (event) => take(event.detail.id, event.detail.words));
  let asked = 0;
  const look = later(async () => {
    const turn = ++asked;
    const url = new URL(input.dataset.lookupUrl, location.href);
    url.searchParams.set("q", shown.value);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (turn !== asked || !answer.ok) return;
    const found = (await answer.json()).results;
    list.replaceChildren(...found.map((one, at) => {
      const option = make("div", { role: "option", id: `${list.id}-${at}` }, one.words, ...(one.hint ? [make("small", { textContent: one.hint })] : []));
      option.setAttribute("aria-selected", "false");
      option.onmousedown = (event) => (event.preventDefault(), take(one.id, one.words));
      return option;
    }));
    if (!found.length) list.append(make("div", { className: "dim", textContent: words.none }));
    list.hidden = false;
    shown.setAttribute("aria-expanded", "true");
  }, 150);
  shown.addEventListener("input", () => (input.value = "", look()));
  shown.addEventListener("focus", () => (shown.select(), look()));
  shown.addEventListener("blur", () => {
    close();
    if (!shown.value && input.dataset.words) take("", "");
    else if (!input.value) shown.value = "";
  });
  shown.addEventListener("keydown", (event) => {
    const options = $$("[role=option]", list);
    const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!options.length) return;
      const next = options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length];
      options.forEach((one) => one.setAttribute("aria-selected", String(one === next)));
      shown.setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      options[at].onmousedown(event);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
}

settle();
ready((root) => {
  $$("input[data-lookup-url]:not([data-looked])", root).forEach(lookup);
  $$("form[data-draft]", root).forEach(keepDraft);
});
