/** Which addresses answer with posts, on this page. */
import platforms from "virtual:wire";
import { isBelow, MAX_URL } from "../shared/wire.ts";
import { defineProperty, found } from "./natives.ts";

const host = location.hostname.toLowerCase();
const platform = platforms.find(({ hosts }) => isBelow(host, hosts));

/** One expression for all patterns, with the browser's own `exec` to itself. */
function oneOf(patterns: readonly string[]): RegExp | null {
  if (patterns.length === 0) return null;
  const pattern = new RegExp(patterns.map((one) => `(?:${one})`).join("|"));
  defineProperty(pattern, "exec", { value: RegExp.prototype.exec });
  return pattern;
}

const answers = oneOf(platform?.answers ?? []);
const messages = oneOf(platform?.messages ?? []);
const path = /^[a-z]+:\/\/[^/?#]+([^?#]*)/;

const fits = (patterns: RegExp | null, url: unknown): boolean => {
  if (patterns === null || typeof url !== "string" || url.length > MAX_URL) return false;
  const parts = found(path, url);
  return parts !== null && found(patterns, parts[1] || "/") !== null;
};

/** Whether the answer of this address may hold posts. */
export const answersPosts = (url: unknown): boolean => fits(answers, url);
/** Whether messages from this address may be posts. */
export const sendsPosts = (url: unknown): boolean => fits(messages, url);
/** Some address of this platform sends posts as messages. */
export const hasMessages = messages !== null;
