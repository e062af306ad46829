// What every state of the page has to keep to, whatever it shows.

import assert from "node:assert/strict";

/** Nothing is wider than the window. */
export async function checkFits(page, when) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0, `${when}: the page is ${over} px too wide`);
}

/** Names, labels, landmarks, references and contrast. */
export async function checkAccessibility(page, when) {
  assert.deepEqual(await page.evaluate(faults), [], when);
}

/** Runs in the page. */
function faults() {
  const found = [];
  const fail = (it, what) => found.push(`${it.outerHTML.slice(0, 120)}: ${what}`);
  const all = selector => [...document.querySelectorAll(selector)].filter(it => it.checkVisibility());
  const referred = (it, attribute) =>
    (it.getAttribute(attribute) ?? "").split(" ").filter(Boolean).map(id => document.getElementById(id));

  const name = it =>
    it.getAttribute("aria-label") ??
    (referred(it, "aria-labelledby").map(each => each?.textContent).join(" ") || it.textContent);
  all("button, a[href], svg[role=img], table, dialog[open], [role=toolbar], [role=group], section")
    .filter(it => !name(it)?.trim())
    .forEach(it => fail(it, "has no name"));
  all("input:not([type=hidden]), select")
    .filter(it => it.labels.length === 0)
    .forEach(it => fail(it, "has no label"));
  all("img:not([alt])").forEach(it => fail(it, "has no alt"));
  all("th:not([scope])").forEach(it => fail(it, "has no scope"));
  all("[tabindex]").filter(it => it.tabIndex > 0).forEach(it => fail(it, "is out of the order"));
  for (const attribute of ["aria-labelledby", "aria-describedby"]) {
    all(`[${attribute}]`).filter(it => referred(it, attribute).includes(null)).forEach(it => fail(it, "refers to nothing"));
  }
  const ids = [...document.querySelectorAll("[id]")].map(it => it.id);
  ids.filter((it, i) => ids.indexOf(it) !== i).forEach(it => found.push(`two are #${it}`));
  for (const [selector, number] of [["html[lang]", 1], ["h1", 1], ["main", 1], ["header", 1], ["[role=alert]", 2]]) {
    if (document.querySelectorAll(selector).length !== number) {
      found.push(`there should be ${number} of ${selector}`);
    }
  }
  for (const button of all("button")) {
    const { width, height } = button.getBoundingClientRect();
    if (width < 24 || height < 24) {
      fail(button, `is ${width} by ${height}`);
    }
  }

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = text => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const ground = it => {
    for (let at = it; at; at = at.parentElement) {
      const shown = colour(getComputedStyle(at).backgroundColor);
      if (shown[3] === 255) {
        return shown;
      }
    }
    return colour("Canvas");
  };
  const light = rgb => {
    const [r, g, b] = rgb.slice(0, 3).map(it => it / 255).map(it => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = all("body *").filter(it => [...it.childNodes].some(child => child.nodeType === 3 && child.data.trim()));
  for (const text of texts.filter(it => !it.closest("svg, noscript, dialog:not([open])"))) {
    const [dark, bright] = [light(colour(getComputedStyle(text).color)), light(ground(text))].sort((a, b) => a - b);
    const contrast = (bright + 0.05) / (dark + 0.05);
    if (contrast < 4.5) {
      fail(text, `has a contrast of ${contrast.toFixed(2)}`);
    }
  }
  return found;
}
