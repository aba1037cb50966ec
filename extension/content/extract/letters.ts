/**
 * From the letters that stand in a page to the letters that are shown: what shows nothing is dropped, blanks collapse,
 * letters that a direction control turns around are turned around. Everything here takes time in the length of its
 * input, and never cuts a character in two.
 */

/** Longest text that is read, in UTF-16 code units. */
export const MAX_TEXT = 20_000;
/** Longest content of one element that is looked at for that text, in UTF-16 code units: blanks and decoys do not hide what is behind. */
const MAX_RAW = 1_000_000;
/** So much is cleaned at a time, in UTF-16 code units. */
const CHUNK = 65_536;

/** Stands for the edge of a block until the end: several in a row are one line break. */
export const EDGE = "\ue001";

/** Elements whose content nobody reads as text. */
export const UNREAD: ReadonlySet<string> = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "svg",
  "head",
  "iframe",
  "object",
  "video",
  "audio",
  "canvas",
  "textarea",
  "select",
  "input",
  "meter",
  "progress",
  "math",
  "dialog",
]);

/** ES2024. */
interface WellFormable {
  toWellFormed(): string;
}

/**
 * At most `max` code units of `text`, cut between characters, with lone surrogates (which no UTF-8, and so no JSON of
 * the engine's, can hold) replaced.
 */
export function cut(text: string, max: number): string {
  let short = text;
  if (text.length > max) {
    const last = text.charCodeAt(max - 1);
    short = text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
  }
  return (short as unknown as WellFormable).toWellFormed();
}

/** The letters of a text node, at most about `room` of them. Line breaks are kept where `pre`. */
export function clean(data: string, pre: boolean, room = MAX_TEXT): string {
  if (data.length <= CHUNK) return cleaned(data, pre);
  const end = Math.min(data.length, MAX_RAW);
  let text = "";
  for (let at = 0; at < end && text.length < room; at += CHUNK)
    text += cleaned(data.slice(at, Math.min(at + CHUNK, end)), pre);
  return text;
}

function cleaned(data: string, pre: boolean): string {
  let s = data;
  if (/\u034f|[\u00ad\u180e\u200b-\u200f\u2060-\u2065\ufeff\ue000-\uf8ff]|[\ufe00-\ufe0f]/.test(s)) {
    s = s
      .replace(/\u034f|[\u00ad\u180e\u200b\u200e\u200f\u2060-\u2065\ufeff\ue000-\uf8ff]/g, "")
      // Joiners mean something in Arabic, Indic and emoji, nothing between these letters.
      .replace(MEANINGLESS_JOINERS, "");
  }
  return pre ? s.replace(/[^\S\n]+/g, " ") : s.replace(/\s+/g, " ");
}

const MEANINGLESS_JOINERS =
  /(?<=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}])(?:\u200c|\u200d|[\ufe00-\ufe0f])+|(?<=\p{N})(?:\u200c|\u200d)+(?=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}])/gu;

/** Edges of blocks become single line breaks; at most one empty line stays; what is turned around is turned. */
export function tidy(text: string): string {
  const turned = CONTROLS.test(text) ? asShown(text) : text;
  if (!/[\n\ue001]| {2}|^ | $/.test(turned)) return turned;
  // By hand: patterns for runs of edges and breaks look again from every one of them.
  const out: string[] = [];
  let start = 0;
  let breaks = 0;
  let edges = false;
  let blank = false;
  const flush = (end: number) => {
    if (end > start) {
      if (out.length > 0)
        out.push(breaks > 0 ? (breaks > 1 ? "\n\n" : "\n") : edges ? "\n" : blank ? " " : "");
      out.push(turned.slice(start, end));
      breaks = 0;
      edges = false;
      blank = false;
    }
  };
  for (let i = 0; i < turned.length; i += 1) {
    const code = turned.charCodeAt(i);
    if (code !== 0x20 && code !== 0x0a && code !== 0xe001) continue;
    flush(i);
    if (code === 0x0a) breaks += 1;
    else if (code === 0xe001) edges = true;
    else blank = true;
    start = i + 1;
  }
  flush(turned.length);
  return out.join("").trim();
}

const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;

/**
 * Letters under a direction override, as they are shown: the reordering of the Unicode Bidirectional Algorithm (UAX #9,
 * rule L2) for explicit levels. Letters of no override stay where they are, as everywhere in what is read here.
 */
function asShown(text: string): string {
  if (!/[\u202d\u202e]/.test(text)) return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
  return text
    .split(/([\n\ue001])/)
    .map((line) => (CONTROLS.test(line) ? lineAsShown(line) : line))
    .join("");
}

/** Deepest level of the algorithm. */
const MAX_LEVEL = 125;

function lineAsShown(line: string): string {
  const letters: string[] = [];
  const levels: number[] = [];
  const stack: number[] = [];
  let level = 0;
  let deepest = 0;
  for (const letter of line) {
    const code = letter.codePointAt(0) ?? 0;
    if (code === 0x202e || code === 0x202d) {
      stack.push(level);
      // The next odd level runs from right to left, the next even one from left to right.
      const next = code === 0x202e ? (level + 1) | 1 : (level + 2) & ~1;
      if (next <= MAX_LEVEL) level = next;
    } else if (code === 0x202a || code === 0x202b || (code >= 0x2066 && code <= 0x2068)) stack.push(level);
    else if (code === 0x202c || code === 0x2069) level = stack.pop() ?? 0;
    else {
      letters.push(letter);
      levels.push(level);
      deepest = Math.max(deepest, level);
    }
  }
  for (let at = deepest; at > 0; at -= 1) {
    for (let i = 0; i < letters.length; i += 1) {
      if ((levels[i] ?? 0) < at) continue;
      let end = i;
      while (end < letters.length && (levels[end] ?? 0) >= at) end += 1;
      const run = letters.slice(i, end).reverse();
      const runLevels = levels.slice(i, end).reverse();
      for (let k = 0; k < run.length; k += 1) {
        letters[i + k] = run[k] ?? "";
        levels[i + k] = runLevels[k] ?? 0;
      }
      i = end;
    }
  }
  return letters.join("");
}

/** The letters in `element` without asking for any style: what no element of {@link UNREAD} holds, at most about `room`. */
export function plainText(element: Element, room = MAX_TEXT): string {
  if (UNREAD.has(element.localName)) return "";
  const walker = element.ownerDocument.createTreeWalker(element, 5, (node) =>
    node.nodeType === 1 && UNREAD.has((node as Element).localName) ? 2 : 1,
  );
  let text = "";
  for (let node = walker.nextNode(); node && text.length < room; node = walker.nextNode())
    if (node.nodeType === 3) text += clean((node as Text).data, false, room - text.length);
  return text;
}
