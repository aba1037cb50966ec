/** The scorer in wasm, held to the golden files in a worker of each browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chosenBrowsers, launch } from "../support/browsers.ts";
import { loadScorer } from "./node.ts";
import type { compareGolden } from "./scorer.ts";
import { startModels } from "./serve.ts";

for (const name of chosenBrowsers()) {
  test(`in a worker of ${name} all models agree with training to 1e-4`, async () => {
    await loadScorer();
    const served = await startModels("golden");
    const running = await launch(name);
    try {
      const page = await running.newPage();
      await page.goto(served.url);
      const { compared, differences } = (await page.evaluate("work()")) as Awaited<
        ReturnType<typeof compareGolden>
      >;
      assert.deepEqual(differences.slice(0, 10), []);
      assert.ok(compared > 20_000, `${compared} numbers`);
    } finally {
      await running.close();
      await served.close();
    }
  });
}
