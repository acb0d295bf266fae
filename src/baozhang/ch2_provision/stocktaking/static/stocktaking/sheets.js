// The sheet at the foot of the phone: what a thing is, and what is to be recorded of it.
import { smaller } from "./camera.js";
import { $, filled, icon, make, moment, words } from "./dom.js";
import { conditionOf, resultWords, told } from "./truth.js";

const sheet = $("#sheet");
export const shut = () => sheet.open && sheet.close();

function show(title, ...parts) {
  sheet.replaceChildren(
    make("header", {}, make("h2", { textContent: title }), make("button", { type: "button", className: "btn quiet icon", "aria-label": words.close, onclick: shut }, icon("x-mark"))),
    make("div", { className: "in" }, parts),
  );
  if (!sheet.open) sheet.showModal();
}
sheet.addEventListener("click", (event) => event.target === sheet && shut());

const fact = (name, value) => value ? make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value })) : null;
const big = (text, kind, picture, act) => make("button", { type: "button", className: `btn big ${kind}`, onclick: act }, icon(picture), text);
const field = (label, control) => make("label", { className: "asked" }, make("span", { textContent: label }), control);

/** Condition, user, quantity, note and a picture; what nobody touches stays as the books have it. */
function details(given) {
  const picked = { condition: given.condition, picture: null };
  const choices = Object.entries(words.condition).map(([value, text]) => make("button", {
    type: "button", className: "pick", textContent: text, "aria-pressed": String(value === given.condition),
    onclick: (event) => {
      picked.condition = value;
      event.target.parentNode.childNodes.forEach((one) => one.setAttribute("aria-pressed", String(one === event.target)));
    },
  }));
  const user = make("input", { value: given.user || "", maxLength: 40, autocomplete: "off" });
  const note = make("input", { maxLength: 300, autocomplete: "off" });
  const quantity = make("input", { type: "number", inputMode: "decimal", min: 0, step: "any", value: given.quantity ?? 1 });
  const said = make("small", { className: "dim" });
  const photo = make("input", { type: "file", accept: "image/*", capture: "environment", hidden: true, onchange: async () => {
    picked.picture = photo.files[0] ? await smaller(photo.files[0]) : null;
    said.textContent = picked.picture ? words.photo_kept : "";
  } });
  const node = make("div", { className: "details" },
    make("span", { className: "label", textContent: words.state }), make("div", { className: "picks" }, choices),
    field(words.user, user),
    given.quantity === 1 ? null : field(`${words.quantity}（${filled(words.unit_of, { n: `${given.quantity ?? 1}${given.unit || ""}` })}）`, quantity),
    field(words.note, note),
    make("div", { className: "row" }, make("button", { type: "button", className: "btn", onclick: () => photo.click() }, icon("camera"), words.photo), photo, said));
  const values = () => ({ condition: picked.condition, user: user.value.trim(), note: note.value.trim(), quantity: given.quantity === 1 ? null : Number(quantity.value), picture: picked.picture });
  return { node, values };
}

/** A line of the books: seen here, or not seen. `here` is the room one stands in. */
export function ofLine(count, line, here, act) {
  const said = told(count, line);
  const elsewhere = here && here.place && line.place !== here.place;
  const more = details({ condition: said?.condition || conditionOf(line), user: said?.user || line.user || line.keeper, quantity: line.quantity, unit: line.unit });
  const seen = () => {
    shut();
    act({ result: elsewhere ? "misplaced" : "found", ...more.values() });
  };
  show(line.name,
    make("dl", { className: "facts" }, fact(words.number, line.number), fact(words.model, line.model), fact(words.books, line.place || words.no_place), fact(words.keeper, [line.keeper, line.user].filter((one, place, both) => one && both.indexOf(one) === place).join("、"))),
    said ? make("p", { className: "note" }, make("span", { textContent: `${resultWords(said.result)} · ${filled(words.by, { name: said.who || "", when: moment(said.at) })}` })) : null,
    elsewhere ? make("p", { className: "note amber" }, icon("exclamation-triangle"), filled(words.wrong_place, { place: line.place || words.no_place })) : null,
    make("details", { open: Boolean(said) || line.quantity !== 1 }, make("summary", { textContent: words.more }), more.node),
    make("div", { className: "acts" }, big(elsewhere ? words.is_here : words.in_here, "primary", "check", seen), elsewhere ? null : big(words.not_here, "", "eye-slash", () => {
      shut();
      act({ result: "missing", note: more.values().note });
    })),
  );
}

/** A thing that no card is known of. */
export function ofUnknown(code, here, act) {
  const name = make("input", { maxLength: 120, placeholder: words.what_help, autocomplete: "off", required: true });
  const place = make("input", { value: here?.place || "", maxLength: 120, autocomplete: "off" });
  const more = details({ condition: "good", user: "", quantity: 1 });
  const wrong = make("p", { className: "t-red", hidden: true, textContent: words.need_name });
  show(words.add_unknown,
    code ? make("p", { className: "note amber" }, icon("exclamation-triangle"), make("span", { textContent: `${words.unknown_code}：${code.slice(0, 60)}` })) : null,
    field(words.what, name), wrong, here?.place ? null : field(words.where, place), more.node,
    make("div", { className: "acts" }, big(words.save, "primary", "check", () => {
      wrong.hidden = Boolean(name.value.trim());
      if (!name.value.trim()) return name.focus();
      shut();
      return act({ result: "unknown", code: code || "", name: name.value.trim(), place: place.value.trim(), ...more.values() });
    })));
}

/** Several lines answer to the figures typed. */
export function ofSeveral(lines, pick) {
  show(filled(words.several, { n: lines.length }), ...lines.slice(0, 20).map((line) => make("button", { type: "button", className: "line", onclick: () => pick(line) }, make("span", { className: "grow" }, make("b", { textContent: line.name }), make("small", { className: "code", textContent: line.number }), make("small", { textContent: line.place || words.no_place })))));
}

/** A question with one answer that does something. */
export function ask(text, yes, act, kind = "primary") {
  show(yes, make("p", { textContent: text }), make("div", { className: "acts" }, big(yes, kind, "check", () => {
    shut();
    act();
  })));
}
