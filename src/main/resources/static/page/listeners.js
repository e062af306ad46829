// The table of listeners.

import { post, Unreachable } from "./api.js";
import { find, Rows, write, writeAttribute } from "./dom.js";
import { done, refused } from "./messages.js";
import { bytes, count } from "./text.js";

/** What the button does in each state; in the others there is nothing to do. */
const ACTIONS = {
  listening: { title: "Pause", state: "paused" },
  paused: { title: "Resume", state: "listening" },
  failed: { title: "Resume", state: "listening" },
};

export class Listeners {
  #rows;

  /** `changed` is called with what the service says of a listener after a change. */
  constructor(changed) {
    this.#rows = new Rows(find("listeners"), find("listener-row"), {
      made: row => row.fields.action.addEventListener("click", () => this.#act(row, changed)),
      shown: showListener,
      fallback: find("main"),
    });
  }

  show(listeners) {
    this.#rows.show(listeners, it => it.name);
  }

  async #act(row, changed) {
    const action = ACTIONS[row.state];
    if (!action || row.busy) {
      return;
    }
    row.busy = true;
    try {
      showListener(row, await post(`actuator/listeners/${encodeURIComponent(row.name)}`, { state: action.state }));
      done(`Listener ${row.name} is ${row.state}`);
    } catch (problem) {
      refused(`Listener ${row.name} was not changed: ${problem.message}`);
      if (problem instanceof Unreachable) {
        return;
      }
    } finally {
      row.busy = false;
      changed();
    }
  }
}

function showListener(row, { name, state, address, port, settings, counts }) {
  const { fields } = row;
  row.state = state;
  write(fields.name, name);
  write(fields.settings, inWords(settings));
  write(fields.state, state);
  writeAttribute(fields.state, "data-state", state);
  write(fields.address, address || `:${port}`);
  write(fields.active, count(counts.active));
  write(fields.halfOpen, halfOpen(counts.halfOpen));
  write(fields.accepted, count(counts.accepted));
  write(fields.closed, count(Object.values(counts.closed).reduce((all, it) => all + it, 0)));
  write(fields.received, bytes(counts.received));
  write(fields.sent, bytes(counts.sent));
  write(fields.frames, count(counts.frames));
  write(fields.acknowledgements, count(counts.acknowledgements));
  write(fields.readsPaused, count(counts.readsPaused));
  showAction(fields.action, name, ACTIONS[state]);
}

function showAction(button, name, action) {
  button.hidden = !action;
  if (action) {
    write(button, action.title);
    writeAttribute(button, "aria-label", `${action.title} listener ${name}`);
  }
}

function inWords({ framing, halfClose, timeouts }) {
  const running = Object.entries(timeouts).filter(([, value]) => value !== "0s").map(entry => entry.join(" "));
  return [framing, halfClose, ...running].join(" · ");
}

function halfOpen({ peer, local }) {
  const parts = [[peer, "peer"], [local, "local"]].filter(([number]) => number > 0);
  return parts.map(([number, side]) => `${count(number)} ${side}`).join(", ") || "0";
}
