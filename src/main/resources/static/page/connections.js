// The table of live connections, its filter, and what an operator does to one.

import { get, post, Refused, remove } from "./api.js";
import { find, Rows, write, writeAttribute } from "./dom.js";
import { done, refused } from "./messages.js";
import { bytes, count, duration } from "./text.js";

const SHOWN = 100;
const TYPING_MILLIS = 300;

/** Each deed: what it is called and asked, what it means for the client, how it is asked for, and what is then said. */
const DEEDS = {
  read: {
    title: "Shut read",
    question: "Shut the read side of",
    means: "Readback ignores what the client sends from now on. What waits for the client is still sent.",
    run: path => post(path, { shutdown: "read" }),
    done: "is no longer read",
  },
  write: {
    title: "Shut write",
    question: "Shut the write side of",
    means: "Readback sends what waits, and then the client sees the end of the stream. What the client sends from now on is counted and not answered.",
    run: path => post(path, { shutdown: "write" }),
    done: "has its write side shut",
  },
  both: {
    title: "Shut both",
    question: "Shut both sides of",
    means: "Readback ignores what the client sends from now on, sends what waits, and shuts its own side. The connection ends when the client closes too, or when the linger timeout runs out.",
    run: path => post(path, { shutdown: "both" }),
    done: "has both sides shut",
  },
  close: {
    title: "Close",
    question: "Close",
    means: "Readback sends what waits and closes politely: the client sees the end of the stream.",
    run: path => remove(path),
    done: "is being closed",
  },
  reset: {
    title: "Reset",
    question: "Reset",
    means: "The client sees a reset, and what waits for it is lost.",
    run: path => remove(`${path}?reset=true`),
    done: "was reset",
  },
};

export class Connections {
  #rows;
  #scope;
  #changed;

  /** `scope` tells the listener to show, `changed` is called when there is something else to show. */
  constructor(scope, changed) {
    this.#scope = scope;
    this.#changed = changed;
    this.#rows = new Rows(find("connections"), find("connection-row"), {
      made: row => this.#wire(row),
      shown: showConnection,
      fallback: find("connections-title"),
    });
    this.#wireFilter();
  }

  /** Asks for the connections; a filter that the service refuses is said beside it, and what is shown stays. */
  async load() {
    const filter = { listener: this.#scope(), peer: find("peer").value.trim(), olderThan: find("older-than").value.trim() };
    try {
      const found = await get("actuator/connections", { ...filter, limit: SHOWN + 1 });
      this.#sayProblem("");
      return { found, filtered: filter.peer !== "" || filter.olderThan !== "" };
    } catch (problem) {
      if (!(problem instanceof Refused)) {
        throw problem;
      }
      this.#sayProblem(problem.message);
      return null;
    }
  }

  /** Shows what {@link load} found; `open` is how many there are without the filter. */
  show(loaded, open) {
    if (loaded === null) {
      return;
    }
    const { found, filtered } = loaded;
    const shown = found.slice(0, SHOWN);
    // by what does not change: two that were accepted at once would swap places, and lose the focus
    shown.sort((a, b) => a.since.localeCompare(b.since) || a.id.localeCompare(b.id, "en", { numeric: true }));
    this.#rows.show(shown, it => it.id);
    write(find("shown"), summary(found.length, shown.length, filtered, open));
    const none = find("no-connections");
    none.hidden = shown.length > 0;
    write(none, filtered ? "No open connection matches the filter." : "No connection is open.");
  }

  #sayProblem(text) {
    write(find("filter-problem"), text);
    writeAttribute(find("older-than"), "aria-invalid", String(text !== ""));
  }

  #wireFilter() {
    let typing = 0;
    find("filter").addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(this.#changed, TYPING_MILLIS);
    });
    find("filter").addEventListener("submit", event => {
      event.preventDefault();
      this.#changed();
    });
  }

  #wire(row) {
    const toolbar = row.node.querySelector("[role=toolbar]");
    const buttons = [...toolbar.querySelectorAll("button")];
    toolbar.setAttribute("aria-label", `Actions for connection ${row.name}`);
    for (const button of buttons) {
      button.setAttribute("aria-label", `${DEEDS[button.dataset.do].title} connection ${row.name}`);
    }
    oneTabStop(toolbar, buttons);
    toolbar.addEventListener("click", event => {
      const button = event.target.closest("[data-do]");
      if (button) {
        this.#act(row, DEEDS[button.dataset.do], button);
      }
    });
  }

  async #act(row, deed, button) {
    const agreed = await confirmed(deed, row);
    if (!button.isConnected) {
      find("connections-title").focus();
    }
    if (!agreed) {
      return;
    }
    try {
      await deed.run(`actuator/connections/${encodeURIComponent(row.name)}`);
      done(`Connection ${row.name} ${deed.done}`);
    } catch (problem) {
      refused(`Connection ${row.name} was not changed: ${problem.message}`);
    }
    this.#changed();
  }
}

function showConnection(row, connection) {
  const { fields } = row;
  const closing = connection.state !== "open" && connection.state !== "paused";
  row.peer = connection.peer;
  write(fields.id, connection.id);
  write(fields.state, closing ? `closing: ${connection.state}` : connection.state);
  writeAttribute(fields.state, "data-state", closing ? "closing" : connection.state);
  write(fields.peer, connection.tls ? `${connection.peer}, TLS` : connection.peer);
  write(fields.age, duration(connection.ageSeconds));
  write(fields.idle, duration(connection.idleSeconds));
  write(fields.received, bytes(connection.received));
  write(fields.sent, bytes(connection.sent));
  write(fields.acknowledgements, count(connection.acknowledgements));
  write(fields.open, sides(connection.open));
  writeAttribute(fields.open, "data-sides", String(connection.open.length));
}

function sides(open) {
  return open.length === 2 ? "both" : open.length === 1 ? `${open[0]} only` : "neither";
}

function summary(found, shown, filtered, open) {
  if (found > shown) {
    return filtered ? `the ${shown} oldest that match` : `the ${shown} oldest of ${count(open)}`;
  }
  return filtered ? `${count(shown)} of ${count(open)} match` : `${count(shown)} open`;
}

/** Asks in a dialog, whose first button is Cancel: a key pressed twice ends nothing. */
function confirmed(deed, row) {
  const dialog = find("confirm");
  write(find("confirm-title"), `${deed.question} ${row.name}?`);
  write(find("confirm-text"), `Peer ${row.peer}. ${deed.means}`);
  write(find("confirm-yes"), deed.title);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise(resolve => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** Makes a toolbar one stop of the Tab key, with the arrow keys between its buttons. */
function oneTabStop(toolbar, buttons) {
  const current = chosen => buttons.forEach(it => (it.tabIndex = it === chosen ? 0 : -1));
  current(buttons[0]);
  toolbar.addEventListener("focusin", event => current(event.target));
  toolbar.addEventListener("keydown", event => {
    const at = buttons.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      buttons[(next + buttons.length) % buttons.length].focus();
    }
  });
}
