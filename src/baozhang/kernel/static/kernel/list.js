// Lists: labels for the phone, picking across pages, keys, chips that say what they filter.
import { $, $$, words, filled, make, isTyping, ready } from "./common.js";

const shownOnPhone = 7;
const storeName = () => `bz.picked.${location.pathname}`;
const actName = () => `bz.acting.${location.pathname}`;
const picked = () => new Set(JSON.parse(sessionStorage.getItem(storeName()) || "[]"));
const keep = (ids) => sessionStorage.setItem(storeName(), JSON.stringify([...ids]));
let everything = false;

// On a phone a row is a card: each cell carries the words of its column.
function label(table) {
  const heads = $$("thead th", table).map((head) => {
    const unit = $(".unit", head)?.textContent || "";
    const name = head.textContent.trim();
    return unit ? `${name.slice(0, name.length - unit.length)} ${unit}` : name;
  });
  const first = table.classList.contains("pick") ? 1 : 0;
  $$("tbody tr", table).forEach((row) => {
    [...row.cells].forEach((cell, at) => {
      cell.dataset.label = heads[at];
      if (at < first) cell.className = "box";
      else if (at === first) cell.className = "title";
      else if (at === first + 1) cell.className = "sub";
      else if (at >= shownOnPhone + first) cell.className = "rest";
      if (cell.scrollWidth > cell.clientWidth && !cell.title) cell.title = cell.textContent.trim();
    });
  });
}

// What was picked is let go once the list comes back with what was done; who turns back or is refused finds it as it was.
function letGo() {
  if ($("#bulk") && sessionStorage.getItem(actName())) {
    sessionStorage.removeItem(actName());
    if ($(".messages .green")) keep([]);
  }
}

function showPicked() {
  const form = $("#bulk");
  if (!form) return;
  const ids = picked();
  const boxes = $$("input[name=id]", form);
  boxes.forEach((box) => {
    box.checked = everything || ids.has(box.value);
    box.closest("tr").classList.toggle("picked", box.checked);
    box.setAttribute("aria-label", box.closest("tr").cells[1].textContent.trim());
  });
  const all = $("[data-all]", form);
  const here = boxes.filter((box) => box.checked).length;
  all.checked = here > 0 && here === boxes.length;
  all.indeterminate = here > 0 && here < boxes.length;
  const count = everything ? $("#list").dataset.total : ids.size;
  $(".bulk", form).classList.toggle("on", everything || ids.size > 0);
  $("[data-picked]", form).textContent = filled(everything ? words.everything : words.picked, { n: count });
  const more = $("[data-everything]", form);
  if (more) more.hidden = everything;
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("#bulk input[name=id], #bulk [data-all]")) {
    const ids = everything ? new Set() : picked();
    if (everything) $$("#bulk input[name=id]").forEach((one) => one.checked && ids.add(one.value));
    everything = false;
    const boxes = box.matches("[data-all]") ? $$("#bulk input[name=id]") : [box];
    boxes.forEach((one) => (box.checked ? ids.add(one.value) : ids.delete(one.value)));
    keep(ids);
    showPicked();
  }
  const chip = box.closest("details.chip");
  if (chip) sayChip(chip);
  if (box.matches("[data-go]")) box.form.requestSubmit();
  if (box.matches("[data-size], [data-columns] input")) $("#filters").requestSubmit();
});

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest("[data-everything]")) (everything = true), showPicked();
  if (target.closest("[data-nothing]")) (everything = false), keep([]), showPicked();
  const clear = target.closest("[data-clear]");
  if (clear) clearChip(clear.closest("details.chip"));
  const out = target.closest("a[data-export]");
  if (out) followState(out);
  const row = target.closest(".rows tbody tr");
  if (row && !target.closest("a, button, input, label, summary") && !String(getSelection())) {
    const box = target.closest("td").querySelector("input") || (target.cellIndex === 0 && $("input[name=id]", row));
    if (box) box.click();
    else openRow(row, event);
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("#bulk")) { // not its id: the boxes are called so, and stand in front of it
    const here = new Set($$("input[name=id]", event.target).map((box) => box.value));
    if (everything) event.target.append(make("input", { type: "hidden", name: "everything", value: "1" }));
    else picked().forEach((id) => here.has(id) || event.target.append(make("input", { type: "hidden", name: "id", value: id })));
    // A file that opens beside the list leaves the list, and what is picked in it, as they were.
    const beside = event.submitter && event.submitter.formTarget === "_blank";
    if (beside) setTimeout(() => $$("#bulk > input[type=hidden]:not([name=csrfmiddlewaretoken], [name=key])").forEach((one) => one.remove()), 0);
    else sessionStorage.setItem(actName(), "1");
  }
  const state = $("[data-state]", event.target);
  if (state) state.value = location.search.slice(1);
});

// Only what says something goes into the address: no empty filters, no columns that are as they came.
document.addEventListener("formdata", (event) => {
  if (event.target.getAttribute("method") !== "get") return;
  const empty = [...new Set([...event.formData.keys()])].filter((name) => event.formData.getAll(name).every((value) => value === ""));
  empty.forEach((name) => event.formData.delete(name));
  const columns = $("[data-columns]");
  if (!columns || !event.target.matches("#filters")) return;
  const asked = event.formData.getAll("cols");
  const same = $$("input", columns).every((box) => box.checked === box.defaultChecked);
  const wanted = same ? new URLSearchParams(location.search).get("cols") : asked.join(",");
  event.formData.delete("cols");
  if (wanted) event.formData.append("cols", wanted);
});

// An export is of what is shown now, not of what was shown when the page came.
function followState(link) {
  const wanted = new URL(link.href);
  const state = new URLSearchParams(location.search);
  ["at", "after", "before"].forEach((name) => state.delete(name));
  wanted.searchParams.forEach((value, name) => name === "format" && state.set(name, value));
  link.href = `${wanted.pathname}?${state}`;
}

function sayChip(chip) {
  const parts = $$("input:checked", chip).filter((box) => box.value !== "").map((box) => box.closest("label").textContent.trim());
  const ends = $$(".from-to input", chip).map((input) => input.value);
  if (ends.some(Boolean)) parts.push(ends.join(" – "));
  const text = $("input:not([type=checkbox]):not([type=radio]):not([type=hidden])", chip);
  if (!ends.length && text && text.value) parts.push(text.value);
  const summary = $("summary", chip);
  chip.dataset.name = chip.dataset.name || summary.firstChild.textContent.split("：")[0].trim();
  const arrow = $("svg", summary);
  chip.classList.toggle("on", parts.length > 0);
  summary.replaceChildren(chip.dataset.name + (parts.length ? "：" : ""), ...(parts.length ? [make("b", { textContent: parts.join("、") })] : []), arrow);
}
function clearChip(chip) {
  $$("input", chip).forEach((input) => (["checkbox", "radio"].includes(input.type) ? (input.checked = input.type === "radio" && input.value === "") : (input.value = "")));
  sayChip(chip);
  chip.open = false;
  $("#filters").requestSubmit();
}

function openRow(row, event) {
  const link = $("td a[href]", row);
  if (!link) return;
  if (event && (event.ctrlKey || event.metaKey)) window.open(link.href, "_blank", "noopener");
  else link.click();
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || $("dialog[open]")) return;
  const rows = $$(".rows tbody tr");
  const at = rows.findIndex((row) => row.classList.contains("at"));
  if (event.key === "j" || event.key === "k") {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
    if (!next) return;
    if (at >= 0) rows[at].classList.remove("at");
    next.classList.add("at");
    next.scrollIntoView({ block: "nearest" });
  } else if (at >= 0 && event.key === "Enter" && !event.target.closest("a, button, summary")) openRow(rows[at]);
  else if (at >= 0 && event.key === "x") {
    const box = $("input[name=id]", rows[at]);
    if (box) box.click();
  }
});

// Smaller tables only learn the words of their columns.
function caption(table) {
  const heads = $$("thead th", table).map((head) => {
    const unit = $(".unit", head)?.textContent || "";
    const name = head.textContent.trim();
    return unit ? `${name.slice(0, name.length - unit.length)} ${unit}` : name;
  });
  $$("tbody tr", table).forEach((row) => [...row.cells].forEach((cell, at) => (cell.dataset.label = heads[at])));
}

ready((root) => {
  $$("table.rows", root).forEach(label);
  $$("table.cards", root).forEach(caption);
  letGo();
  showPicked();
});
