// Keeps the page up to date: asks every two seconds while somebody looks, and says when there is no answer.

import { get, token, Unreachable } from "./api.js";
import { Connections } from "./connections.js";
import { element, find, write, writeAttribute } from "./dom.js";
import { History } from "./history.js";
import { Listeners } from "./listeners.js";
import { clock } from "./text.js";
import { Traffic } from "./traffic.js";

const PERIOD_MILLIS = 2000;

const history = new History();
const traffic = new Traffic(history);
const listeners = new Listeners(refresh);
const connections = new Connections(() => find("scope").value, refresh);

let timer = 0;
let asking = false;
let again = false;
let held = false;
let lastAnswer = null;

/** Asks now; once more after that if it is asking already. */
async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  clearTimeout(timer);
  asking = true;
  again = false;
  try {
    const [all, open] = await Promise.all([get("actuator/listeners"), connections.load()]);
    answered(all, open);
  } catch (problem) {
    if (!(problem instanceof Unreachable)) {
      console.error(problem);
    }
    unanswered(problem.message);
  } finally {
    asking = false;
  }
  if (again) {
    refresh();
  } else {
    schedule();
  }
}

function schedule() {
  clearTimeout(timer);
  if (!held && !document.hidden) {
    timer = setTimeout(refresh, PERIOD_MILLIS);
  }
}

function answered(all, open) {
  lastAnswer = Date.now();
  history.add(all, lastAnswer);
  offerScopes(all);
  const scope = find("scope").value;
  listeners.show(all);
  connections.show(open, history.now(scope, it => it.active));
  if (all.length > 0) {
    traffic.show(scope, all[0].counts);
  }
  write(find("banner"), "");
  document.body.classList.remove("stale");
  pulse();
}

function unanswered(why) {
  const since = lastAnswer === null ? "" : ` What is shown is from ${clock(lastAnswer)}.`;
  write(find("banner"), `${why}.${since} Trying again every ${PERIOD_MILLIS / 1000} seconds.`);
  document.body.classList.add("stale");
  pulse("unreachable");
}

function pulse(trouble) {
  const state = trouble ?? (held ? "held" : "live");
  const shown = { live: "Live", held: "Held", unreachable: "No answer" }[state];
  document.title = trouble ? `${shown} · Readback` : "Readback";
  writeAttribute(find("pulse"), "data-state", state);
  write(find("pulse"), lastAnswer === null ? shown : `${shown} · ${clock(lastAnswer)}`);
}

/** A choice of listeners, where there is one. */
function offerScopes(all) {
  const choice = find("scope");
  const offered = new Set([...choice.options].map(it => it.value));
  for (const { name } of all) {
    if (!offered.has(name)) {
      choice.append(element("option", { value: name }, name));
    }
  }
  find("scope-choice").hidden = all.length < 2;
}

find("hold").addEventListener("click", () => {
  held = !held;
  find("hold").setAttribute("aria-pressed", String(held));
  pulse();
  if (held) {
    clearTimeout(timer);
  } else {
    refresh();
  }
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(timer);
  } else if (!held) {
    refresh();
  }
});

find("scope").addEventListener("change", refresh);

find("logout").addEventListener("submit", event => {
  event.currentTarget.elements._csrf.value = token();
});

write(find("host"), location.host);
refresh();
