/**
 * The line beside the author's name: an age, or "Sponsored" in a form that only eyes can read. The letters stand
 * in the wrong order in the document and are put right by `order`; between them stand letters nobody sees. An
 * age carries hidden letters too, among them all of "Sponsored", so that a search of the text finds nothing.
 */
import { hash, type Random, seeded } from "../random.ts";
import { el } from "./dom.ts";

/** Ways to not be seen; each is a class of the style sheet. */
const UNSEEN = ["gone", "nil", "away", "clear", "unseen"] as const;

const NOISE = "abcdefghijklmnoprstuvwxyzSAP";

/** The nodes of a line that reads `words`. */
export function scrambled(words: string, id: string): HTMLSpanElement {
  const random = seeded(hash(id));
  const line = el("span", "letters");
  const letters = [...words].map((letter, order) => {
    const span = el("span", "letter", {}, letter === " " ? "\u00a0" : letter);
    span.style.order = String(order);
    return span;
  });
  const decoys = Array.from({ length: 5 + random.between(0, 4) }, () =>
    decoy(NOISE[random.between(0, NOISE.length - 1)] ?? "a", random),
  );
  line.append(...shuffled([...letters, ...decoys], random));
  return line;
}

/** An age, and beside it letters nobody sees that spell what it is not. */
export function ageLine(age: string, permalink: string, iso: string, id: string): HTMLSpanElement {
  const random = seeded(hash(id));
  const time = el("time", "", { datetime: iso }, age);
  const link = el("a", "when", { href: permalink }, time);
  const line = el("span", "letters");
  const decoys = [..."Sponsored"].map((letter) => decoy(letter, random));
  line.append(...decoys.slice(0, 4), link, ...decoys.slice(4));
  return line;
}

function decoy(letter: string, random: Random): HTMLSpanElement {
  const span = el("span", `letter ${random.pick(UNSEEN)}`, {}, letter);
  span.style.order = String(random.between(0, 8));
  return span;
}

function shuffled<T>(list: T[], random: Random): T[] {
  const mixed = [...list];
  for (let index = mixed.length - 1; index > 0; index--) {
    const other = random.between(0, index);
    const [here, there] = [mixed[index], mixed[other]];
    if (here === undefined || there === undefined) continue;
    mixed[index] = there;
    mixed[other] = here;
  }
  return mixed;
}
