/** From what a page shows to what a post holds: numbers, times, ages and addresses, in the languages of the world. */
import type { Unwrap, Words } from "../../shared/adapter.ts";

/** Longest text that is looked at for a number, an age or a label, in UTF-16 code units. */
const MAX_SHORT = 160;

/** The value of `1,234 likes`, `1.2K`, `12万`, `1,2 Mio. Aufrufe`, `No views`; the first number counts. */
export function parseNumber(raw: string, words: Words): number | undefined {
  const text = raw.slice(0, MAX_SHORT).normalize("NFKC").toLowerCase().replace(/[−–]/g, "-").trim();
  const m = /(?<![\p{L}\d])-?\d[\d.,'’ \u00a0\u202f٬٫]*/u.exec(text);
  if (!m) {
    const first = /^[\p{L}]+/u.exec(text)?.[0];
    return first !== undefined && words.none.includes(first) ? 0 : undefined;
  }
  let digits = m[0].replace(/[\s\u00a0\u202f'’]+$/u, "").replace(/[.,٬٫]+$/u, "");
  const rest = text.slice(m.index + digits.length).replace(/^[\s\u00a0\u202f]+/u, "");
  const factor = magnitude(rest, words);
  digits = digits.replace(/[\s\u00a0\u202f'’]/gu, "");
  const value = Number(separators(digits, factor !== 1));
  return Number.isFinite(value) ? Math.round(value * factor) : undefined;
}

function magnitude(rest: string, words: Words): number {
  let best = 1;
  let length = 0;
  for (const [suffix, factor] of words.magnitudes) {
    if (suffix.length <= length || !rest.startsWith(suffix)) continue;
    const next = rest.slice(suffix.length);
    // `k` but not `kommentare`; scripts without blanks between words need none.
    if (/^\p{L}/u.test(next) && /^[\p{Script=Latin}\p{Script=Cyrillic}]/u.test(suffix)) continue;
    best = factor;
    length = suffix.length;
  }
  return best;
}

/** Tells a decimal mark from a thousands mark: three digits after it, and no `K` behind, mean thousands. */
function separators(digits: string, abbreviated: boolean): string {
  const marks = [...digits.matchAll(/[.,٬٫]/gu)];
  const last = marks.at(-1);
  if (!last) return digits;
  const after = digits.length - last.index - 1;
  const kinds = new Set(marks.map((m) => m[0]));
  const decimal =
    last[0] === "٫" || (kinds.size > 1 ? true : marks.length === 1 && (after !== 3 || abbreviated));
  if (!decimal) return digits.replace(/[.,٬٫]/gu, "");
  return `${digits.slice(0, last.index).replace(/[.,٬٫]/gu, "")}.${digits.slice(last.index + 1)}`;
}

/** Seconds since 1970 from ISO 8601 (no zone: UTC), or from seconds, milliseconds or microseconds. */
export function parseTime(raw: string): number | undefined {
  const text = raw.slice(0, MAX_SHORT).trim();
  if (/^\d{9,17}(?:\.\d+)?$/.test(text)) {
    let n = Number(text);
    while (n > 1e11) n /= 1000;
    return n;
  }
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?)?/i.exec(text);
  const zone = iso?.[3] === undefined ? "Z" : iso[3].replace(/^([+-]\d\d)(\d\d)$/, "$1:$2").toUpperCase();
  const ms = Date.parse(iso ? `${iso[1]}T${iso[2] ?? "00:00"}${zone}` : text);
  if (!Number.isFinite(ms) || (!iso && !/\d{4}/.test(text))) return undefined;
  return ms / 1000;
}

/** Seconds from `3h`, `2 days ago`, `vor 2 Tagen`, `5 дней назад`, `3 日前`. */
export function parseAge(raw: string, words: Words): number | undefined {
  const text = raw.slice(0, MAX_SHORT).normalize("NFKC").toLowerCase().trim();
  for (const [whole, seconds] of words.ages)
    if (text === whole || text.startsWith(`${whole} `)) return seconds;
  for (const m of text.matchAll(
    /(\d+|\b(?:an?|une?|eine?[nmr]?|una?|um|uma|één|een|en|ett)\b)\s*\+?\s*(\p{L}+)(\.?)/gu,
  )) {
    const word = m[2] ?? "";
    const seconds = unit(word, words, m[3] === ".");
    if (seconds === undefined) continue;
    // `2M views` is no age, `2m` and `2m ago` are.
    const rest = text.slice(m.index + m[0].length);
    if (/^[a-z]{1,2}$/.test(word) && /^[\s.]*\p{L}/u.test(rest) && !AFTER_UNIT.test(rest)) continue;
    return (/^\d/.test(m[1] ?? "") ? Number(m[1]) : 1) * seconds;
  }
  return undefined;
}

/** What may follow an abbreviated unit: "ago", in languages that put it behind. */
const AFTER_UNIT =
  /^[\s.]*(?:ago|atrás|fa|geleden|temu|sedan|siden|sitten|önce|назад|тому|πριν|lalu|trước|edited|editado|bearbeitet|modifié)/u;

/** Seconds of a unit of time; `pointed`: a point follows the word. */
function unit(word: string, words: Words, pointed = false): number | undefined {
  let seconds: number | undefined;
  let length = 0;
  for (const [beginning, s] of words.units) {
    // One or two Latin letters are an abbreviation and must be the whole word.
    const whole = beginning.endsWith(".") || (beginning.length <= 2 && /^\p{Script=Latin}/u.test(beginning));
    const fits = whole
      ? word === beginning || (pointed && `${word}.` === beginning)
      : word.startsWith(beginning);
    if (fits && beginning.length > length) {
      seconds = s;
      length = beginning.length;
    }
  }
  return seconds;
}

/** Seconds from `1:02:03`, `12:30`, `PT1H2M`, `41 seconds`, `1 час 2 минуты`. */
export function parseDuration(raw: string, words: Words): number | undefined {
  const text = raw.slice(0, MAX_SHORT).normalize("NFKC").toLowerCase().trim();
  const clock = /(?<![\d:.])(?:(\d{1,3}):)?(\d{1,2})[:.](\d\d)(?![\d:])/.exec(text);
  if (clock) return Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  const iso = /^p(?:(\d+)d)?t?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(text);
  if (iso && text.length > 2) {
    return (
      Number(iso[1] ?? 0) * 86400 +
      Number(iso[2] ?? 0) * 3600 +
      Number(iso[3] ?? 0) * 60 +
      Number(iso[4] ?? 0)
    );
  }
  let sum: number | undefined;
  for (const m of text.matchAll(/(\d+)\s*(\p{L}+)/gu)) {
    const seconds = unit(m[2] ?? "", words);
    if (seconds !== undefined) sum = (sum ?? 0) + Number(m[1]) * seconds;
  }
  return sum;
}

/** A handle without what platforms put before it. */
export function parseHandle(raw: string): string {
  return raw
    .trim()
    .replace(/^(?:\/?u\/|@)/i, "")
    .trim();
}

/** An absolute http(s) address, its tracker's wrapper removed; `undefined` for anything else. */
export function parseLink(raw: string, base: string, unwrap: readonly Unwrap[]): string | undefined {
  let url = resolve(raw, base);
  // A wrapper may hold a wrapper; no platform nests deeper.
  for (let i = 0; url && i < 3; i += 1) {
    const { href } = url;
    const rule = unwrap.find(({ match }) => compiled(match).test(href));
    const inner = rule && url.searchParams.get(rule.param);
    const next = inner ? resolve(inner, base) : undefined;
    if (!next) break;
    url = next;
  }
  return url?.href;
}

function resolve(raw: string, base: string): URL | undefined {
  try {
    const url = new URL(raw, base);
    return url.protocol === "https:" || url.protocol === "http:" ? url : undefined;
  } catch {
    return undefined;
  }
}

const patterns = new Map<string, RegExp>();

/** The patterns of adapters, compiled once. */
function compiled(source: string): RegExp {
  let pattern = patterns.get(source);
  if (pattern === undefined) {
    pattern = new RegExp(source, "iu");
    patterns.set(source, pattern);
  }
  return pattern;
}

/** A label as it is compared: one case, no blanks, no punctuation, nothing that shows nothing. */
export function foldLabel(raw: string): string {
  if (/^[\n\x20-\x7e]*$/.test(raw)) return raw.toLowerCase().replace(/[^a-z0-9]+/g, "");
  return raw
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}\p{DI}\p{Co}]+/gu, "");
}

/** A short, stable name for a text: two lanes of FNV-1a, 64 bits in all; not for secrets. */
export function hashText(text: string): string {
  let forward = 0x811c9dc5;
  let backward = 0x811c9dc5;
  for (let i = 0, j = text.length - 1; j >= 0; i += 1, j -= 1) {
    forward = Math.imul(forward ^ text.charCodeAt(i), 0x01000193);
    backward = Math.imul(backward ^ text.charCodeAt(j), 0x01000193);
  }
  return (forward >>> 0).toString(36) + (backward >>> 0).toString(36);
}
