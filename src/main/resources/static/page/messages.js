// What came of an operator's deeds, said once and by name.

import { element, find } from "./dom.js";

const SHOWN_MILLIS = 7000;

/** Says what was done; goes by itself. */
export function done(text) {
  const message = show(find("done"), text, "done");
  setTimeout(() => message.remove(), SHOWN_MILLIS);
}

/** Says what was refused and why; stays until it is dismissed. */
export function refused(text) {
  show(find("refused"), text, "refused");
}

function show(place, text, kind) {
  const dismiss = element("button", { type: "button", "aria-label": "Dismiss this message" }, "×");
  const message = element("p", { class: `message ${kind}` }, element("span", {}, text), dismiss);
  dismiss.addEventListener("click", () => {
    message.remove();
    find("main").focus({ preventScroll: true });
  });
  for (const old of [...place.children].slice(0, -2)) {
    old.remove();
  }
  place.append(message);
  return message;
}
