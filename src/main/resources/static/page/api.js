// Requests to the service's own endpoints, by paths relative to the page.

const LIMIT_MILLIS = 5000;

/** The service gave no answer that can be used. */
export class Unreachable extends Error {}

/** The service refused; the message is its own sentence. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export function get(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ""));
  return request(query.size > 0 ? `${path}?${query}` : path, { method: "GET" });
}

export function post(path, body) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...proof() },
    body: JSON.stringify(body),
  });
}

export function remove(path) {
  return request(path, { method: "DELETE", headers: proof() });
}

/** The token that only a page of this origin can read: without it the service takes no write from a browser. */
export function token() {
  const cookie = document.cookie.split("; ").find(it => it.startsWith("XSRF-TOKEN="));
  return cookie ? decodeURIComponent(cookie.slice("XSRF-TOKEN=".length)) : "";
}

function proof() {
  return { "X-XSRF-TOKEN": token() };
}

async function request(path, options) {
  const { answer, text } = await exchange(path, options);
  if (answer.status === 401 || answer.type === "opaqueredirect") {
    location.reload(); // the session is over: the service sends a page that is loaded to the login, and back here
    return new Promise(() => {});
  }
  if (answer.status >= 500) {
    throw new Unreachable(`Readback answers with status ${answer.status}`);
  }
  if (!answer.ok) {
    throw new Refused(sentence(text) ?? unexplained(answer.status), answer.status);
  }
  return text === "" ? null : parsed(text);
}

async function exchange(path, options) {
  try {
    const answer = await fetch(path, {
      ...options,
      // says that a script asks: the answer to no login is then a plain 401, for which no browser opens its own window
      headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest", ...options.headers },
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MILLIS),
    });
    return { answer, text: await answer.text() };
  } catch (failure) {
    const late = failure.name === "TimeoutError";
    throw new Unreachable(late ? `Readback does not answer within ${LIMIT_MILLIS / 1000} s` : "Readback cannot be reached");
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreachable("Something else answers in place of Readback");
  }
}

function sentence(text) {
  try {
    return JSON.parse(text).error;
  } catch {
    return undefined;
  }
}

function unexplained(status) {
  return status === 403 ? "the service refused this page's token: reload the page and try again" : `status ${status}`;
}
