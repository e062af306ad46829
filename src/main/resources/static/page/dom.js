// Small tools over the document. What the service says is shown as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

export function find(id) {
  return document.getElementById(id);
}

export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Changes a text only when it differs: a selection in it, and a screen reader's place, outlive a refresh. */
export function write(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

export function writeAttribute(target, name, text) {
  if (target.getAttribute(name) !== text) {
    target.setAttribute(name, text);
  }
}

/** The fields of a row made from a template, by their names. */
function fieldsOf(row) {
  const fields = {};
  for (const field of row.querySelectorAll("[data-field]")) {
    fields[field.dataset.field] = field;
  }
  return fields;
}

/**
 * The rows of a table body, one for each thing, kept in place across refreshes so that focus and selection stay.
 *
 * A row that goes while it holds the focus hands it to the row that takes its place, or else to `fallback`.
 */
export class Rows {
  #rows = new Map();

  constructor(body, template, { made, shown, fallback }) {
    this.body = body;
    this.template = template;
    this.made = made;
    this.shown = shown;
    this.fallback = fallback;
  }

  /** Shows these things, in this order; `key` names each. */
  show(things, key) {
    this.#dropOthers(new Set(things.map(key)));
    let place = this.body.firstElementChild;
    for (const thing of things) {
      const row = this.#row(key(thing));
      if (row.node === place) {
        place = place.nextElementSibling;
      } else {
        this.body.insertBefore(row.node, place);
      }
      this.shown(row, thing);
    }
  }

  #row(name) {
    let row = this.#rows.get(name);
    if (!row) {
      const node = this.template.content.firstElementChild.cloneNode(true);
      row = { name, node, fields: fieldsOf(node) };
      this.#rows.set(name, row);
      this.made(row);
    }
    return row;
  }

  #dropOthers(names) {
    for (const [name, row] of this.#rows) {
      if (!names.has(name)) {
        this.#rows.delete(name);
        this.#drop(row.node, names);
      }
    }
  }

  #drop(node, names) {
    const focused = node.contains(document.activeElement) ? document.activeElement : null;
    const next = focused ? this.#neighbour(node, names) : null;
    node.remove();
    if (focused) {
      const heir = next?.node.querySelector(`[data-do="${focused.dataset.do}"]`) ?? this.fallback;
      heir.focus();
    }
  }

  #neighbour(node, names) {
    const left = [...this.#rows.values()].filter(it => names.has(it.name));
    const after = it => node.compareDocumentPosition(it.node) & Node.DOCUMENT_POSITION_FOLLOWING;
    return left.find(after) ?? left.at(-1);
  }
}
