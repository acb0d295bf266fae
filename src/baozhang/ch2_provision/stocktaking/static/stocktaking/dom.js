// Elements, words and icons for the phone; text is set as text, never as markup.
export const $ = (selector, root = document) => root.querySelector(selector);
export const words = JSON.parse($("#words").textContent);
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** An element with properties and children; what is empty is left out. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  return element;
}

/** One icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** A sentence at the foot that goes away by itself; a red one stays a little longer. */
let timer;
export function say(text, tone = "green") {
  const place = $("#said");
  clearTimeout(timer);
  place.replaceChildren(make("div", { className: `note ${tone}` }, icon(tone === "red" ? "exclamation-circle" : tone === "amber" ? "exclamation-triangle" : "check-circle"), make("div", { textContent: text })));
  timer = setTimeout(() => place.replaceChildren(), tone === "red" ? 6000 : 2600);
}

export const moment = (at) => {
  const when = new Date(at);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(when.getMonth() + 1)}-${two(when.getDate())} ${two(when.getHours())}:${two(when.getMinutes())}`;
};

/** A new key; older browsers have no crypto.randomUUID. */
export const freshKey = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
