// Files: dropped, pasted or chosen; sent with visible progress.
import { $, $$, words, filled, toast } from "./common.js";

function send(form, data, meter, name) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const says = $(".drop span", form);
    const before = says.textContent;
    meter.hidden = false;
    request.upload.onprogress = (event) => {
      meter.value = event.lengthComputable ? (event.loaded / event.total) * 100 : 0;
      says.textContent = filled(words.sending, { name, percent: Math.round(meter.value) });
    };
    request.onloadend = () => {
      meter.hidden = true;
      says.textContent = before;
      if (request.status === 0) failed(new Error(words.offline));
      else done(request);
    };
    request.open("POST", form.action || location.href);
    request.setRequestHeader("X-CSRFToken", $("meta[name=csrf]").content);
    request.send(data);
  });
}

/** Puts a part of a page that the server just sent in the place of the same part here. */
function swap(selector, text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(selector);
  const old = $(selector);
  if (!fresh || !old) return false;
  old.replaceWith(fresh);
  if (window.htmx) window.htmx.process(fresh);
  return true;
}

// Attachments: each file is sent at once, then the panel is drawn anew.
async function attach(form, files) {
  let refused = "";
  for (const file of files) {
    const data = new FormData(form);
    data.delete("file");
    data.append("file", file, file.name);
    try {
      const answer = await send(form, data, $("progress", form), file.name);
      if (answer.status >= 400) refused = refusalOf(answer) || words.failed;
    } catch (error) {
      refused = error.message;
    }
  }
  if (refused) toast(refused, "red");
  const page = await fetch(location.href);
  if (page.ok) swap(form.dataset.drop, await page.text());
}
function refusalOf(answer) {
  const page = new DOMParser().parseFromString(answer.responseText, "text/html");
  const said = $("[role=alert]", page);
  return said ? said.textContent.replace(/\s+/g, " ").trim() : "";
}

// An upload that is the page's whole business: its answer is the next page.
async function sendPage(form) {
  const input = $("input[type=file]", form);
  if (!input.files.length) return;
  const button = $("button.primary", form);
  button.disabled = true;
  try {
    const answer = await send(form, new FormData(form), $("progress", form), input.files[0].name);
    if (answer.status < 400 && answer.responseURL.split("#")[0] !== location.href.split("#")[0]) location.href = answer.responseURL;
    else if (!swap("#main", answer.responseText)) toast(words.failed, "red");
  } catch (error) {
    toast(error.message, "red");
  }
  button.disabled = false;
}

const formOf = (target) => target.closest && target.closest("form[data-drop], form[data-drop-page]");
const theForm = () => $("form[data-drop], form[data-drop-page]");
function take(form, files) {
  if (!files.length) return;
  if (form.dataset.drop) return void attach(form, files);
  const input = $("input[type=file]", form);
  const bag = new DataTransfer();
  bag.items.add(files[0]);
  input.files = bag.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** How large a file is, in the unit in which it is not nothing. */
const weight = (bytes) => bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

document.addEventListener("change", (event) => {
  const form = event.target.type === "file" && formOf(event.target);
  if (!form) return;
  if (form.dataset.drop) attach(form, [...event.target.files]);
  else $("[data-name]", form).textContent = `${event.target.files[0].name} · ${weight(event.target.files[0].size)}`;
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-drop-page]")) return;
  event.preventDefault();
  sendPage(event.target);
});
["dragover", "dragleave", "drop"].forEach((kind) => document.addEventListener(kind, (event) => {
  const form = theForm();
  if (!form || !event.dataTransfer || ![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  $$(".drop", form).forEach((zone) => zone.classList.toggle("over-it", kind === "dragover"));
  if (kind === "drop") take(form, [...event.dataTransfer.files]);
}));
document.addEventListener("paste", (event) => {
  const form = theForm();
  if (form && event.clipboardData.files.length) take(form, [...event.clipboardData.files]);
});
