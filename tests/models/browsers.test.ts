/** The scorer in wasm, in a worker of each browser: held to the golden files, and given pictures of every kind. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type BrowserName, chosenBrowsers, launch } from "../support/browsers.ts";
import type { Seen } from "./client/pictures.ts";
import { loadScorer } from "./node.ts";
import { address, claimed, GIF, noise, png } from "./pictures.ts";
import type { compareGolden } from "./scorer.ts";
import { startModels } from "./serve.ts";

before(loadScorer);

/** What a worker answers to a task. */
async function worked(name: BrowserName, client: string, task: unknown): Promise<unknown> {
  const served = await startModels(client);
  const running = await launch(name);
  try {
    const page = await running.newPage();
    await page.goto(served.url);
    return await page.evaluate(`work(${JSON.stringify(task)})`);
  } finally {
    await running.close();
    await served.close();
  }
}

for (const name of chosenBrowsers()) {
  test(`in a worker of ${name} all models agree with training to 1e-4`, async () => {
    const done = await worked(name, "golden", {});
    const { compared, differences } = done as Awaited<ReturnType<typeof compareGolden>>;
    assert.deepEqual(differences.slice(0, 10), []);
    assert.ok(compared > 20_000, `${compared} numbers`);
  });

  test(`in a worker of ${name} no picture is too broken, too large or too lively`, async () => {
    const still = noise(2);
    const moving = { ...still, rgba: still.rgba.map((value, at) => (at % 4 === 3 ? 255 : 255 - value)) };
    const whole = png(still);
    const huge = { width: 4000, height: 10, rgba: new Uint8Array(4 * 4000 * 10).fill(255) };
    const pictures = {
      whole: address("png", whole),
      "that moves": address("png", png(still, moving)),
      "that is wide": address("png", png(huge)),
      "of which half is there": address("png", whole.subarray(0, whole.length / 2)),
      "of which only the head is there": address("png", whole.subarray(0, 40)),
      "that is empty": address("png", new Uint8Array()),
      "that says it has ten thousand million pixels": address("png", claimed(100_000, 100_000)),
      "that says it has no pixels": address("png", claimed(0, 7)),
      "that is text": address("jpeg", Buffer.from("no picture at all")),
      "that is a moving GIF": address("gif", GIF),
      "that is a drawing with a script": address("svg+xml", Buffer.from("<svg><script>0</script></svg>")),
      "that is no address of data": "https://example.com/picture.png",
      "that is not in base64": "data:image/png;base64,%%%",
      "that is long": `data:image/png;base64,${"A".repeat(3 << 20)}`,
      "the last, whole": address("png", whole),
    };
    const seen = (await worked(name, "pictures", { pictures: Object.values(pictures) })) as (Seen | null)[];
    const by = new Map(Object.keys(pictures).map((key, at) => [key, seen[at] ?? null]));
    const first = by.get("whole");
    assert.ok(first && first.score >= 0 && first.score <= 1);
    assert.deepEqual([first.width, first.height], [still.width, still.height]);
    assert.deepEqual(by.get("that moves"), first, "of an animation the first frame counts");
    assert.deepEqual(by.get("the last, whole"), first, "the worker goes on");
    assert.deepEqual([by.get("that is wide")?.width, by.get("that is wide")?.height], [1024, 3]);
    // Half a picture is shown by some browsers: it may have a score, and no other than one.
    const half = by.get("of which half is there");
    assert.ok(!half || (half.score >= 0 && half.score <= 1));
    for (const [what, found] of by)
      if (!/whole|moves|wide|half/.test(what)) assert.equal(found, null, `a picture ${what}`);
  });
}
