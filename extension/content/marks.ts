/**
 * The names under which the shell marks the page: one attribute, random for each page load, so that nothing on the
 * page names Diffract or is the same on two loads. Its value is a list of one-letter tokens that the style sheet reads.
 */

/** What a token does to a box. The veil's are two, so that setting the other one starts it anew. */
export const TOKEN = {
  /** Decided or let through: nothing covers it. */
  clear: "o",
  veilA: "a",
  veilB: "b",
  /** Covered until a model answers; lifted by a timer. */
  wait: "w",
  hide: "h",
  /** One line in its place. */
  fold: "c",
  blurMedia: "m",
  blurAll: "l",
  dim: "d",
  highlight: "g",
  /** On a feed whose posts are put in another order. */
  column: "f",
} as const;

export type Token = (typeof TOKEN)[keyof typeof TOKEN];

/** Tokens whose rules reach what is in the box. */
const INNER: ReadonlySet<string> = new Set<Token>([TOKEN.fold, TOKEN.blurMedia, TOKEN.blurAll]);

const SOME_INNER = new RegExp(`[${[...INNER].join("")}]`);

/** Those of a value's tokens that belong on {@link Marks.inner} as well. */
export function innerTokens(value: string): string {
  if (!SOME_INNER.test(value)) return "";
  return value
    .split(" ")
    .filter((token) => INNER.has(token))
    .join(" ");
}

export interface Marks {
  /** Attribute on boxes; also the stem of keyframe names. */
  readonly name: string;
  /**
   * Attribute on boxes whose tokens change what is in them. Apart from `name`, for when an attribute changes that such a rule
   * names, browsers compute the styles of everything in the element anew; most boxes are only covered and uncovered.
   */
  readonly inner: string;
  /** Attribute on elements that the shell itself put into the page. */
  readonly own: string;
}

/** Fresh names, drawn at random. */
export function drawMarks(): Marks {
  const letters = "abcdefghijklmnopqrstuvwxyz";
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return marksNamed(`data-${Array.from(bytes, (byte) => letters[byte % letters.length]).join("")}`);
}

/** The names that go with an attribute's. */
export const marksNamed = (name: string): Marks => ({ name, inner: `${name}i`, own: `${name}w` });

/** Seconds after which the veil lifts by itself, with no script running: longer than any of the shell's deadlines. */
export const VEIL_SECONDS = 4;
/**
 * Share of that time, in percent, after which a covered post takes no clicks. Not at once: everything in the post inherits
 * it, and nobody clicks on what was never there within a fifth of a second.
 */
const UNTOUCHED = 5;

/**
 * The whole style sheet.
 *
 * The veil is an animation, not a plain rule: its keyframes win over everything but `!important`, and when it ends the
 * post shows, even where the script is gone (an extension that is removed while the page is open). It is opacity and not
 * visibility, so that no child escapes it and reading the text can still tell what the page itself hides.
 * `signature` is a custom property by which a later instance knows the sheet for one of ours.
 */
export function sheetText(marks: Marks, veil: readonly string[], signature: string): string {
  const { name, inner, own } = marks;
  const at = (token: Token) => `[${name}~="${token}"][${name}]`;
  const within = (token: Token) => `[${inner}~="${token}"][${inner}]`;
  const key = name.slice("data-".length);
  const covered = `{0%,100%{opacity:0}${UNTOUCHED}%,100%{pointer-events:none}}`;
  const veiled = (index: number) => `{animation:${key}${index} ${VEIL_SECONDS}s step-end !important}`;
  const idle = ":not(:hover):not(:focus-within)";
  const media = ':is(img,video,canvas,picture,iframe,embed,object,[style*="background-image"])';
  return [
    `[${name}]{--${key}:${signature || "0"}}`,
    ...[0, 1, 2].map((index) => `@keyframes ${key}${index}${covered}`),
    veil.length > 0 ? `:is(${veil.join(",")}):not([${name}])${veiled(0)}` : "",
    `${at(TOKEN.veilA)}${veiled(1)}`,
    `${at(TOKEN.veilB)}${veiled(2)}`,
    `${at(TOKEN.wait)}{opacity:0 !important;pointer-events:none !important}`,
    // Two ids that no element has: more specific than a page's own `#post { display: block !important }`.
    `${at(TOKEN.hide)}:not(#${key}#${key}h){display:none !important}`,
    `${at(TOKEN.fold)}{font-size:0 !important}`,
    `${within(TOKEN.fold)}>:not([${own}]){display:none !important}`,
    `${within(TOKEN.blurMedia)}${idle} ${media}{filter:blur(24px) !important}`,
    `${within(TOKEN.blurAll)}${idle}>:not([${own}]){filter:blur(12px) !important}`,
    `${at(TOKEN.dim)}${idle}{opacity:.4 !important}`,
    `${at(TOKEN.column)}{display:flex !important;flex-direction:column !important}`,
    `${at(TOKEN.highlight)}{outline:3px solid #d98e04 !important;outline-offset:-3px !important}`,
  ]
    .filter((rule) => rule !== "")
    .join("\n");
}

/** A signature of `name` that only who knows `token` can make or check. Not cryptography: it keeps honest pages apart. */
export function sign(token: string, name: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  const words = `${token}\n${name}\n${token}`;
  for (let i = 0; i < words.length; i++) {
    const code = words.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return `${(b >>> 0).toString(36)}${(a >>> 0).toString(36)}`;
}

/** The attribute's name if the text of a sheet's first rule carries our signature, else `null`. */
export function signedName(firstRule: string, token: string): string | null {
  const found = /^\[(data-([a-z]{8}))\]\s*\{\s*--\2:\s*([0-9a-z]+);?\s*\}/.exec(firstRule.trim());
  const name = found?.[1];
  return name !== undefined && found?.[3] === sign(token, name) ? name : null;
}
