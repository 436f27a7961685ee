// Fetching from the API: JSON both ways, faults as one typed error.
import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"];
export type Fault = components["schemas"]["FaultView"];

/** The server refused, and said why (RFC 9457). */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "Refusal";
  }
}

/** How programs keep what was refused: here a button does it. */
const FOR_PROGRAMS = / Or keep it as a (?:note: POST|file, and POST) .*$/;

/** What a fault says to do, for a person. */
export function nextStep(fault: Fault): string {
  return fault.do.replace(FOR_PROGRAMS, "");
}

/** Whether what was sent can't be an entry, or is too long for one: then it can be kept as a note. */
export function isNoEntry(error: unknown): boolean {
  return error instanceof Refusal && [413, 422].includes(error.problem.status);
}

/** No answer came at all, or none that can be read. */
export class NoAnswer extends Error {
  constructor(readonly status: number | null) {
    super(status === null ? "The server can't be reached." : `The server answered ${status}, and not in JSON.`);
    this.name = "NoAnswer";
  }
}

type Query = Record<string, string | number | readonly string[] | null | undefined>;

/** Where the API is: beside the page, wherever that is served. */
export function address(path: string, query: Query = {}): string {
  const url = new URL(`api/v1/${path}`, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const one of typeof value === "object" ? value : [String(value)]) url.searchParams.append(name, one);
  }
  url.hash = "";
  return url.href;
}

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return ask<T>(address(path, query), { headers: { Accept: "application/json" }, ...(signal && { signal }) });
}

interface PostOptions {
  signal?: AbortSignal;
  /** The same key with the same body is done once, however often it is sent. */
  key?: string;
}

export function post<T>(path: string, body: unknown, { signal, key }: PostOptions = {}): Promise<T> {
  return ask<T>(address(path), {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      ...(key && { "Idempotency-Key": key }),
    },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

async function ask<T>(url: string, init: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new NoAnswer(null);
  }
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!/\bjson\b|\+json\b/.test(kind)) throw new NoAnswer(answer.status);
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Refusal(asProblem(body, answer.status));
  return body as T;
}

function asProblem(body: unknown, status: number): Problem {
  const given = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem>;
  return {
    type: given.type ?? "about:blank",
    title: given.title ?? "The server refused",
    status,
    detail: given.detail ?? "",
    instance: given.instance ?? null,
    faults: Array.isArray(given.faults) ? given.faults : [],
  };
}

/** A key for what is sent. Not randomUUID: that is only there over https or on the same machine. */
export function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/** An error as a sentence for a person. */
export function inWords(error: unknown): string {
  if (error instanceof Refusal) {
    const [first, ...others] = error.problem.faults;
    if (!first) return error.message;
    const more = others.length ? ` And ${others.length} more ${others.length === 1 ? "fault" : "faults"}.` : "";
    return `${first.where.replace(/^body /, "")}: expected ${first.expected}; found ${first.found}. ${nextStep(first)}${more}`;
  }
  return error instanceof Error ? error.message : "Something went wrong.";
}
