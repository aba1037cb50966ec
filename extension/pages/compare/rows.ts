/** What before and after say of each post, and where lines between them run. Pure. */
import type { JudgedPost } from "../../shared/messages.ts";
import type { Comparison } from "../common/feed.ts";
import { line } from "../common/plain.ts";
import { count, done, happened, why } from "../common/words.ts";

/** One post in both orders. */
export interface Row {
  judged: JudgedPost;
  /** Its place as the host has it, from 1. */
  before: number;
  /** Its place as the rules have it, from 1; absent: it was taken out. */
  after?: number;
  moved: boolean;
}

/** The posts in the host's order. */
export function rowsOf({ rows, after, moved }: Comparison): Row[] {
  const places = new Map(after.map((row, place) => [row, place + 1]));
  const movers = new Set(moved);
  return rows.map(({ judged }, index) => {
    const place = places.get(index);
    return {
      judged,
      before: index + 1,
      ...(place === undefined ? {} : { after: place }),
      moved: movers.has(index),
    };
  });
}

/** Whether something is to be told of it. */
export const isChanged = (row: Row): boolean =>
  row.after === undefined || row.moved || happened(row.judged).some((action) => action !== "keep");

/** What became of a post, in a few words. */
export function fateWords(row: Row): string {
  const { judged } = row;
  const [first] = judged.verdict.reasons;
  if (row.after === undefined) {
    const because = first === undefined ? "it is shown once already" : line(why(first), 160);
    return `Taken out: ${because}`;
  }
  const actions = judged.shown
    ? ["shown at your wish"]
    : happened(judged).map((action) =>
        action === "label"
          ? `labelled “${judged.verdict.labels.map((one) => line(one, 40)).join("”, “")}”`
          : done(action),
      );
  const score = judged.verdict.score;
  if (score !== 0) actions.push(`score ${score > 0 ? "+" : ""}${score}`);
  const words = actions.join(", ");
  const because = first === undefined || judged.shown ? "" : `: ${line(why(first), 120)}`;
  return words === "" ? "" : `${words.charAt(0).toUpperCase()}${words.slice(1)}${because}`;
}

/** `7th`. */
export function ordinal(place: number): string {
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(place);
  return `${place}${{ one: "st", two: "nd", few: "rd", other: "th", many: "th", zero: "th" }[rule]}`;
}

/** `28 posts, 3 taken out, 5 moved`. */
export function summary(rows: readonly Row[]): string {
  const out = rows.filter(({ after }) => after === undefined).length;
  const moved = rows.filter((row) => row.moved).length;
  const parts = [count(rows.length - out, "post")];
  if (out > 0) parts.push(`${out} taken out`);
  if (moved > 0) parts.push(`${moved} moved`);
  return parts.join(", ");
}

/** A line from one place to another, for a box of 100 by as many as there are rows; the ends in the middle of their rows. */
export function path(from: number, to: number): string {
  const [y, z] = [from + 0.5, to + 0.5];
  return `M0 ${y}C50 ${y} 50 ${z} 100 ${z}`;
}
