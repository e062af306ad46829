// Uses the page as an operator does, and ends with status 1 at the first thing that is not as it should be.
// Arguments: the page's address, user, password, the ports of the listeners echo and impatient, a folder for pictures.

import assert from "node:assert/strict";
import net from "node:net";
import { chromium } from "playwright-core";
import { checkAccessibility, checkFits } from "./checks.mjs";

const [address, user, password, echo, impatient, pictures] = process.argv.slice(2);
const PATIENCE = 15_000;

const problems = [];
let provoking = false;
const clients = [];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    "--no-sandbox", // Chromium refuses to run as root with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", reducedMotion: "reduce" });
context.setDefaultTimeout(PATIENCE);
const page = await context.newPage();
page.on("pageerror", it => report(`error: ${it}`));
page.on("console", it => ["error", "warning"].includes(it.type()) && report(`console: ${it.text()}`));
page.on("requestfailed", it => report(`request: ${it.url()} ${it.failure().errorText}`));
page.on("response", it => it.status() >= 400 && report(`response: ${it.url()} ${it.status()}`));

const listener = name => page.locator("#listeners tr", { has: page.locator("[data-field=name]", { hasText: name }) });
const rows = page.locator("#connections tr");
const row = client => rows.filter({ hasText: `:${client.from}` });
const banner = page.locator("#banner");

try {
  await step("logs in by the form", logIn);
  await step("shows connections, and that they go", showsConnections);
  await step("filters connections", filters);
  await step("shuts, closes and resets", operates);
  await step("pauses and resumes", pauses);
  await step("says why a listener cannot resume", saysWhyNot);
  await step("works by keyboard", worksByKeyboard);
  await step("counts timeouts and reasons", counts);
  await step("can be used by all, in every size and colour", looks);
  await step("rests while nobody looks", rests);
  await step("says when the service is away, and goes on by itself", outlivesAnAbsence);
  await step("goes to the login when the session is over, and logs out", ends);
} finally {
  clients.forEach(it => it.destroy());
  await browser.close();
}

async function step(title, run) {
  await run();
  assert.deepEqual(problems, [], `while it ${title}`);
  console.log(`ok: ${title}`);
}

function report(problem) {
  if (!provoking) {
    problems.push(problem);
  }
}

/** Does what makes the browser complain. */
async function provoke(run) {
  provoking = true;
  await run();
  provoking = false;
}

async function logIn() {
  await page.goto(address);
  assert.equal(new URL(page.url()).pathname, "/login");
  await enter();
}

async function enter() {
  await page.fill("#username", user);
  await page.fill("#password", password);
  await page.click("button[type=submit]");
  await shows(listener("echo"), "listening");
  assert.equal(await page.title(), "Readback");
}

async function showsConnections() {
  await shows(page.locator("#no-connections"), "No connection is open.");
  const one = await connect(echo);
  one.write("hello");
  await shows(row(one), "open");
  await shows(row(one).locator("[data-field=received]"), "5 B");
  await shows(row(one).locator("[data-field=sent]"), "16 B");
  await shows(row(one).locator("[data-field=acknowledgements]"), "1");
  await shows(row(one).locator("[data-field=open]"), "both");
  await shows(listener("echo").locator("[data-field=active]"), "1");
  one.end();
  await gone(row(one));
  await shows(page.locator("#reasons"), "peer-closed");
}

async function filters() {
  const [one, other] = [await connect(echo), await connect(echo)];
  await rows.nth(1).waitFor();
  await page.getByLabel("Peer begins with").fill(`127.0.0.1:${other.from}`);
  await gone(row(one));
  await shows(page.locator("#shown"), "1 of 2 match");
  await page.getByLabel("Peer begins with").fill("nobody");
  await shows(page.locator("#no-connections"), "No open connection matches the filter.");
  await page.getByLabel("Peer begins with").fill("");
  await provoke(async () => {
    await page.getByLabel("Open for longer than").fill("soon");
    await shows(page.locator("#filter-problem"), "olderThan is 'soon': allowed is a duration such as 500ms, 5s or 2m");
    await page.getByLabel("Open for longer than").fill("");
    await shows(page.locator("#filter-problem"), /^$/);
  });
  await page.getByLabel("Traffic and connections of").selectOption("impatient");
  await gone(row(one));
  await page.getByLabel("Traffic and connections of").selectOption("all listeners");
  await row(one).waitFor();
  one.destroy();
  other.destroy();
  await gone(row(other));
}

async function operates() {
  const [shut, closed, reset] = [await connect(echo), await connect(echo), await connect(echo)];
  await operate(shut, "write", "Shut write");
  await until("the client sees the end of the stream", () => shut.sawEnd);
  await shows(row(shut).locator("[data-field=open]"), "peer only");
  await shows(listener("echo").locator("[data-field=halfOpen]"), "1 local");
  shut.write("still counted");
  await shows(row(shut).locator("[data-field=received]"), "13 B");
  await shows(row(shut).locator("[data-field=sent]"), "0 B");

  await operate(closed, "close", "Close");
  await until("the client sees the end of the stream", () => closed.sawEnd);
  await shows(row(closed), "closing: operator");
  closed.end();
  await gone(row(closed));

  await operate(reset, "reset", "Reset");
  await until("the client sees a reset", () => reset.failure === "ECONNRESET");
  await gone(row(reset));
  await shows(page.locator("#done"), "was reset");

  await operate(shut, "read", "Shut read");
  await shows(row(shut).locator("[data-field=open]"), "neither");
  shut.end();
  await gone(row(shut));
}

async function operate(client, deed, name) {
  const id = await row(client).locator("[data-field=id]").textContent();
  await row(client).getByRole("button", { name: `${name} connection ${id}` }).click();
  const dialog = page.getByRole("dialog");
  await shows(dialog, `127.0.0.1:${client.from}`);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Cancel");
  await dialog.getByRole("button", { name, exact: true }).click();
  await shows(page.locator("#done"), `Connection ${id} `);
}

async function pauses() {
  const before = await connect(echo);
  await page.getByRole("button", { name: "Pause listener echo" }).click();
  await shows(listener("echo").locator("[data-field=state]"), "paused");
  await shows(page.locator("#done"), "Listener echo is paused");
  await assert.rejects(connect(echo), { code: "ECONNREFUSED" });
  before.write("lives on");
  await shows(row(before).locator("[data-field=acknowledgements]"), "1");
  await page.screenshot({ path: `${pictures}/paused.png` });
  await page.getByRole("button", { name: "Resume listener echo" }).click();
  await shows(listener("echo").locator("[data-field=state]"), "listening");
  (await connect(echo)).destroy();
  before.destroy();
}

async function saysWhyNot() {
  await page.getByRole("button", { name: "Pause listener impatient" }).click();
  await shows(listener("impatient").locator("[data-field=state]"), "paused");
  const squatter = net.createServer().listen(impatient);
  await new Promise(resolve => squatter.on("listening", resolve));
  await provoke(async () => {
    await page.getByRole("button", { name: "Resume listener impatient" }).click();
    await shows(page.locator("#refused"), "listener 'impatient' cannot bind");
  });
  await shows(listener("impatient").locator("[data-field=state]"), "failed");
  await new Promise(resolve => squatter.close(resolve));
  await page.getByRole("button", { name: "Resume listener impatient" }).click();
  await shows(listener("impatient").locator("[data-field=state]"), "listening");
  await page.getByRole("button", { name: "Dismiss this message" }).last().click();
}

async function worksByKeyboard() {
  const [one, other] = [await connect(echo), await connect(echo)];
  await row(other).waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await tabTo("Pause listener echo");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid", "the focus can be seen");
  await page.keyboard.press("Enter");
  await shows(listener("echo").locator("[data-field=state]"), "paused");
  await refreshes(2);
  assert.equal(await focused(), "Resume listener echo", "the focus stays where it was");
  await page.keyboard.press("Space");
  await shows(listener("echo").locator("[data-field=state]"), "listening");

  const id = await row(one).locator("[data-field=id]").textContent();
  const next = await row(other).locator("[data-field=id]").textContent();
  await tabTo(`Shut read connection ${id}`);
  await page.keyboard.press("End");
  assert.equal(await focused(), `Reset connection ${id}`);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await focused(), `Close connection ${id}`);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await focused(), `Close connection ${id}`);
  await refreshes(2);
  assert.equal(await focused(), `Close connection ${id}`);
  one.destroy();
  await gone(row(one));
  assert.equal(await focused(), `Close connection ${next}`, "the next row takes the focus of one that goes");
  other.destroy();
  await gone(row(other));
  assert.equal(await focused(), "Live connections");
}

async function tabTo(name) {
  for (let pressed = 0; pressed < 40; pressed += 1) {
    await page.keyboard.press("Tab");
    if ((await focused()) === name) {
      return;
    }
  }
  assert.fail(`the Tab key does not reach '${name}'`);
}

function focused() {
  return page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);
}

async function counts() {
  const silent = await connect(impatient);
  await until("the client sees the end of the stream", () => silent.sawEnd);
  silent.end();
  await shows(page.locator("#timeouts-chart .legend"), "idle");
  await shows(page.locator("#reasons"), "idle-timeout");
  await refreshes(2);
  assert.ok((await page.locator("#timeouts-chart .bar").count()) > 0, "a timeout is drawn");
  for (const chart of ["open", "connections", "acknowledgements", "bytes"]) {
    const drawing = page.locator(`#${chart}-chart svg[role=img]`);
    assert.match(await drawing.locator("path.line").first().getAttribute("d"), /^M[\d.-]+ [\d.]+V/);
    assert.match(await drawing.getAttribute("aria-label"), /, the last minutes: .*highest/);
  }
}

async function looks() {
  const open = await Promise.all(Array.from({ length: 5 }, () => connect(echo)));
  open.forEach((it, i) => it.write("x".repeat(10 ** i)));
  await rows.nth(4).waitFor();
  await operate(open[2], "write", "Shut write");
  await shows(row(open[2]).locator("[data-field=open]"), "peer only");
  await gone(page.locator(".message")); // goes by itself
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await refreshes(1);
    for (const [name, width, height] of [["wide", 1280, 900], ["tablet", 820, 1180], ["phone", 390, 844], ["narrow", 360, 740]]) {
      await page.setViewportSize({ width, height });
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true });
      await checkFits(page, `${name}, ${colorScheme}`);
      await checkAccessibility(page, `${name}, ${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: 1152, height: 900 }); // the least that still has tables
  await checkFits(page, "1152");
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("button")).transitionDuration), "0s");
  open.forEach(it => it.destroy());
  await gone(rows);
}

async function rests() {
  let asked = 0;
  const count = request => (asked += request.url().includes("/actuator/") ? 1 : 0);
  const look = hidden =>
    page.evaluate(it => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => it });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await refreshes(1);
  await look(true);
  page.on("request", count);
  await page.waitForTimeout(5000);
  assert.equal(asked, 0, "a hidden page asks nothing");
  await look(false);
  await until("a page that is looked at asks again", () => asked >= 2);

  await page.getByRole("button", { name: "Hold" }).click();
  await shows(page.locator("#pulse"), "Held");
  await page.waitForTimeout(500);
  asked = 0;
  await page.waitForTimeout(4000);
  assert.equal(asked, 0, "a held page asks nothing");
  await page.getByRole("button", { name: "Hold" }).click();
  await shows(page.locator("#pulse"), "Live");
  page.off("request", count);
}

async function outlivesAnAbsence() {
  await provoke(async () => {
    await page.route("**/actuator/**", it => it.abort("connectionrefused"));
    await shows(banner, "Readback cannot be reached");
    await page.screenshot({ path: `${pictures}/unreachable.png` });
    await page.getByRole("button", { name: "Pause listener echo" }).click();
    await shows(page.locator("#refused"), "Listener echo was not changed: Readback cannot be reached");
    await page.unroute("**/actuator/**");
    await page.route("**/actuator/**", it => it.fulfill({ status: 503, body: "no upstream" }));
    await shows(banner, "Readback answers with status 503");
    await page.unroute("**/actuator/**");
    await page.route("**/actuator/**", () => {}); // takes the request and never answers
    await shows(banner, "Readback does not answer within 5 s");
    await page.unroute("**/actuator/**");
    await shows(banner, /^$/);
    await shows(page.locator("#pulse"), "Live");
  });
}

async function ends() {
  await provoke(async () => {
    await context.clearCookies();
    await page.waitForURL("**/login");
  });
  await enter();
  await provoke(async () => {
    await page.getByRole("button", { name: "Log out" }).click();
    await page.waitForURL("**/login?logout");
  });
  await page.goto(address);
  assert.equal(new URL(page.url()).pathname, "/login");
}

/** A client that remembers how its connection went. */
function connect(port) {
  return new Promise((resolve, reject) => {
    const client = net.connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    clients.push(client);
    client.on("connect", () => {
      client.from = client.localPort; // which a destroyed one does not know any more
      resolve(client);
    });
    client.on("end", () => (client.sawEnd = true));
    client.on("error", it => {
      client.failure = it.code;
      reject(it);
    });
    client.resume();
  });
}

async function shows(locator, text) {
  await locator.first().waitFor({ state: "attached" });
  await until(`${locator} shows ${text}`, async () => {
    const shown = await locator.first().textContent();
    return text instanceof RegExp ? text.test(shown) : shown.includes(text);
  });
}

async function gone(locator) {
  await until(`${locator} is gone`, async () => (await locator.count()) === 0);
}

/** Waits for so many polls, of which each was begun and answered meanwhile. */
async function refreshes(number) {
  for (let i = 0; i < number; i += 1) {
    await page.waitForResponse(it => it.url().endsWith("/actuator/listeners"));
  }
  await page.waitForTimeout(200);
}

async function until(what, holds) {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `not in time: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
