/**
 * Stands in for the scorer's worker under the pages: it takes a card whose first line is its own JSON in a comment, refuses what the tests
 * have it refuse, and scores by a word. Bundled as `scorer.js`.
 */
import type { Begin, Call, Reply } from "../../extension/worker/calls.ts";

function answer({ name, args }: Call): unknown {
  if (name === "check") {
    const [card, onnx, texts] = args as [string, Uint8Array, string[]];
    const found = JSON.parse(/^# (.*)$/mu.exec(card)?.[1] ?? "null") as { name?: string } | null;
    if (found === null) throw new Error("card.toml: `format` is missing. Is it the card of a model?");
    if (onnx[0] === 0) throw new Error("the graph has the operator `Loop`, which is not run");
    return {
      info: JSON.stringify({ name: found.name, card: found, reads: "text", score: true }),
      scores: texts.map((text) => (/giveaway|airdrop/iu.test(text) ? 0.93 : 0.07)),
    };
  }
  if (name === "export") return { card: 'name = "kettles"\n', onnx: new Uint8Array([1, 2, 3]) };
  throw new Error(`no ${name} here`);
}

addEventListener("message", ({ data, ports: [port] }: MessageEvent<Begin>) => {
  if (data?.type !== "begin" || port === undefined) return;
  port.onmessage = ({ data: call }: MessageEvent<Call>) => {
    let reply: Reply;
    try {
      reply = { seq: call.seq, ok: true, value: answer(call) };
    } catch (error) {
      reply = { seq: call.seq, ok: false, message: (error as Error).message, broken: false };
    }
    port.postMessage(reply);
  };
});
