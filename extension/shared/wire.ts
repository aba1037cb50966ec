/**
 * What crosses between the interceptor in the page's world, the content script and the background when a platform's answer is
 * rewritten before its page sees it. Bodies are bytes: they are what came, and cross faster than text; long ones as a `Blob`, whose
 * bytes no message carries.
 */
import type { JudgedPost } from "./messages.ts";

/** The name of the port for answers. */
export const WIRE_PORT = "wire";
/** Events by which the two scripts in a page find each other, before the page has any script. */
export const OFFER = "a1";
export const CALL = "a2";

/** Largest body that is looked at, in bytes. */
export const MAX_BODY = 20 << 20;
/** What is shown once only: nothing; a post; a post and its reposts. */
export const FOLDS = ["nothing", "duplicates", "reposts"] as const;
export type Fold = (typeof FOLDS)[number];

/** Longest body in bytes that crosses in a message; a longer one crosses as a `Blob`, which is dearer to make and to read, and costs little by length. */
export const LONG = 384 << 10;
/** A body as it crosses between the scripts of a page. */
export type Body = Uint8Array<ArrayBuffer> | Blob;
/** Longest address. */
export const MAX_URL = 16_384;
/** Most posts of one answer that are told of. */
export const MAX_TAKEN = 2000;

/** Why something was handed on as it came. */
export const PASSED = [
  /** Over {@link MAX_BODY}. */
  "large",
  /** No answer within the deadline. */
  "late",
  /** The body was cut off, or kept coming for too long. */
  "cut",
  /** What came is in no form that the adapter reads. */
  "unreadable",
  /** Something failed on our side. */
  "failed",
  /** A socket that sends more than is looked at. */
  "flood",
] as const;
export type Passed = (typeof PASSED)[number];

/** Interceptor → content script. */
export type PageWord =
  /** What is to become of this body. `message`: of a socket or an event stream. */
  | { type: "ask"; seq: number; kind: "answer" | "message"; url: string; body: Body }
  /** This passed as it came. */
  | { type: "passed"; why: Passed };

/** Content script → interceptor. */
export type ShellWord =
  | { type: "on"; on: boolean }
  /** `pieces`: of a changed body. `withheld`: the message is not to be delivered. */
  | { type: "answer"; seq: number; outcome: Outcome; pieces?: Pieces };

export type Outcome = "unchanged" | "changed" | "withheld";

/** Content script → background, over the wire port. */
export type WireRequest =
  /** First of all. `probe`: bytes and a `Blob`, which tell whether such things survive the way. */
  | { type: "hello"; host: string; visit: string; probe: unknown[] }
  /** `document`: the page's own address. `body`: as text where bytes do not survive. */
  | {
      type: "rewrite";
      seq: number;
      kind: "answer" | "message";
      url: string;
      document: string;
      body: Body | string;
    };

/** Background → content script. */
export type WireAnswer =
  | { type: "ready"; bytes: boolean }
  | {
      type: "rewritten";
      seq: number;
      outcome: Outcome;
      /** Of a changed body: ranges of what came, and texts between them. */
      pieces?: Pieces;
      spent: Spent;
    }
  /** What was done with an answer, after it was handed on; `spent`: where the background itself handed it on (Firefox). */
  | { type: "told"; told: Told; spent?: Spent };

/** Milliseconds in the background, and of those in the rewriter and the engine. */
export interface Spent {
  background: number;
  engine: number;
}

/** The new body: byte ranges of the old one, and new text. */
export type Pieces = ReadonlyArray<readonly [from: number, to: number] | string>;

/** What is told of an answer. */
export interface Told {
  /** Posts in it. */
  posts: number;
  /** Posts that were taken out, with why and where they stood. */
  taken: JudgedPost[];
  /** Posts that changed places. */
  moved: number;
  /** Posts that came once more in the same answer. */
  repeated: number;
  passed?: Passed;
  /** Why, in words. */
  problem?: string;
}

/** What the interceptor did on a page. */
export interface WireReport {
  /** The reader wants it here. */
  on: boolean;
  /** It works on this page: it stood here before the page's own scripts. */
  here: boolean;
  /** Answers and messages that were looked at. */
  answers: number;
  /** Posts that the page never saw. */
  taken: number;
  moved: number;
  /** Posts that came once more in the same answer. */
  repeated: number;
  /** What passed unread, by why. */
  passed: Partial<Record<Passed, number>>;
  /** Milliseconds, of the last 500 answers: from asking to answered, and of that in the engine and the rewriter. */
  asked: number[];
  engine: number[];
}

// Of another world's making, a thing is no instance of this one's classes.
const tagOf = (value: unknown): string => Object.prototype.toString.call(value);
export const isBytes = (value: unknown): value is Uint8Array<ArrayBuffer> =>
  tagOf(value) === "[object Uint8Array]";
export const isBlob = (value: unknown): value is Blob => tagOf(value) === "[object Blob]";

/** How long a body is, in bytes. */
export const sizeOf = (body: Body): number => (isBlob(body) ? body.size : body.byteLength);
/** The bytes of a body. */
export const bytesOf = async (body: Body): Promise<Uint8Array<ArrayBuffer>> =>
  isBlob(body) ? new Uint8Array(await body.arrayBuffer()) : body;

/** What pieces make of a body. */
export function pieced(body: Uint8Array, pieces: Pieces): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  return joined(
    pieces.map((one) => (typeof one === "string" ? encoder.encode(one) : body.subarray(one[0], one[1]))),
  );
}

/** A platform whose answers are known, as the build has it of `crate/adapters/wire`. */
export interface WirePlatform {
  name: string;
  hosts: string[];
  /** Regular expressions over the path of an address. */
  answers: string[];
  messages: string[];
  documents: boolean;
  recorded: boolean;
}

/** Whether `host` is one of these or below one. */
export const isBelow = (host: string, hosts: readonly string[]): boolean =>
  hosts.some((one) => host === one || host.endsWith(`.${one}`));

/** Parts of a body as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
