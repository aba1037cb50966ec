/** Models as the background tells of them, for the fake one: the shipped cards, and what a reader may bring. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readModelCard, ruleName } from "../../extension/shared/card.ts";
import type { ModelState } from "../../extension/shared/messages.ts";
import { ROOT } from "./paths.ts";

const CARDS = join(ROOT, "dist/models.json");

/** Why tests of shipped models cannot run, if they cannot. */
export const noCards: string | false = existsSync(CARDS)
  ? false
  : `no cards at ${CARDS}; build them: node --import tsx scripts/build.ts`;

/** The models that come with the extension; empty where their cards were not built. */
export function shippedModels(): ModelState[] {
  if (noCards !== false) return [];
  return (JSON.parse(readFileSync(CARDS, "utf8")) as unknown[]).map((raw) => {
    const card = readModelCard(raw);
    return { name: ruleName(card.name), own: false, on: true, card };
  });
}

/** A card as JSON, and as the stand-in of the scorer reads it (`tests/pages/fake-scorer.ts`). */
export function ownCard(name: string, more: Record<string, unknown> = {}): { json: object; toml: string } {
  const json = {
    format: 1,
    name,
    task: "classify",
    about: "Talk of kettles.",
    finds: "posts",
    labels: ["kettles"],
    languages: ["en", "de"],
    licence: "CC0-1.0",
    experimental: true,
    missed: [],
    failures: ["Takes teapots for kettles."],
    file: { name: "model.onnx", sha256: "c".repeat(64), bytes: 6 },
    input: { kind: "text" },
    thresholds: { "0.5%": 0.9, "1%": 0.6, "2%": 0.4, default: "1%" },
    test: [
      { set: "ordinary", use: "check only", posts: 500, "1%": { false_alarms: [0.01, 0.004, 0.022] } },
      { set: "kitchens", use: "test split", posts: 90, "1%": { recall: [0.8, 0.71, 0.88] } },
    ],
    ...more,
  };
  return { json, toml: `# ${JSON.stringify(json)}\n` };
}
