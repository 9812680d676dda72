// Asks Tandem. A credential is kept in the memory of this page and nowhere else: it ends with the page, and no other page
// can make the browser send it.

let credential = null;

export class Refused extends Error {
  constructor(status, problem, challenges) {
    super(problem.detail ?? problem.title ?? `Answered with ${status}.`);
    this.status = status;
    this.problem = problem;
    this.challenges = challenges;
  }
}

/** @param header its name and value; null forgets it */
export function useCredential(header) {
  credential = header;
}

export const hasCredential = () => credential !== null;

// a browser that is asked for a password remembers it and shows it to nobody's page but also for anybody's: this page
// asks by itself. A client certificate, though, is the browser's to show
let ambient = "omit";

export function useCertificate() {
  ambient = "same-origin";
}

async function call(path, options) {
  const headers = { Accept: "application/json, application/problem+json", ...options.headers };
  if (credential) {
    headers[credential.name] = credential.value;
  }
  const response = await fetch(path, {
    ...options,
    headers,
    credentials: ambient,
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(15_000),
  });
  if (response.status === 304) {
    return response;
  }
  if (!response.ok) {
    let problem = {};
    try {
      problem = await response.json();
    } catch {
      // whoever answered was not Tandem
    }
    throw new Refused(response.status, problem, response.headers.get("WWW-Authenticate") ?? "");
  }
  return response;
}

const known = new Map();

/** The document at a path; the same object as last time when it is the same document. */
export async function get(path) {
  const last = known.get(path);
  const response = await call(path, { headers: last?.etag ? { "If-None-Match": last.etag } : {} });
  if (response.status === 304) {
    return last.document;
  }
  const document = await response.json();
  const etag = response.headers.get("ETag");
  if (etag && !path.includes("?")) {
    known.set(path, { etag, document });
  }
  return document;
}

export function forgetDocuments() {
  known.clear();
}

export async function post(path, body) {
  const options = { method: "POST", headers: {} };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  return (await call(path, options)).json();
}
