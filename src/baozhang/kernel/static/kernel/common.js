// What the other files share: short selectors, the words of the page, toasts, a hook for new content.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const words = $("meta[name=words]").dataset;
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
export const isTyping = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");
export const later = (act, wait) => {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...args), wait);
  };
};

/** An element with properties and children; text is set as text, never as markup. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  Object.entries(properties).forEach(([name, value]) => (name in element ? (element[name] = value) : element.setAttribute(name, value)));
  element.append(...children);
  return element;
}

/** One icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${words.icons}#${name}`);
  svg.append(use);
  return svg;
}

const pictures = { red: "exclamation-circle", amber: "exclamation-triangle", green: "check-circle", blue: "information-circle" };

/** A short word in the corner; a red one stays until it is clicked away. */
export function toast(text, tone = "blue") {
  const note = make("div", { className: `note ${tone}` }, icon(pictures[tone] || pictures.blue), make("div", { textContent: text }));
  note.addEventListener("click", () => note.remove());
  $("#toasts").append(note);
  if (tone !== "red") setTimeout(() => note.remove(), 6000);
}

/** Calls `act` with the document now and with every piece that arrives later. */
export function ready(act) {
  const start = () => act(document);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  document.addEventListener("htmx:load", (event) => event.detail.elt !== document.body && act(event.detail.elt));
}
