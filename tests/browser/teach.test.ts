/** Models in the installed extension's dashboard, with the scorer itself: a reader's own, and a filter that is taught. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Page } from "puppeteer-core";
import type { ModelAnswer, Thumb } from "../../extension/shared/messages.ts";
import { RUNS_MODELS } from "../../scripts/build/sources.ts";
import { chosenBrowsers } from "../support/browsers.ts";
import { openOwnPage } from "../support/extension.ts";
import { until } from "../support/wait.ts";
import { openSession, type Session } from "./session.ts";

const skip = RUNS_MODELS ? false : "this build has no scorer";

const THUMBS: Thumb[] = [
  ...[
    "Which kettle should I buy for tea?",
    "My kettle takes an age to boil",
    "A cup of tea fixes everything",
    "Kettle bargain: boil a cup in a minute",
    "Tea again, and again a new cup",
  ].map((text) => ({ text, belongs: true })),
  ...[
    "A walk along the river at dawn",
    "Rain on the hill, and nobody about",
    "We walked until the rain came",
    "The river is high this week",
    "Hill after hill after hill",
  ].map((text) => ({ text, belongs: false })),
];

for (const name of chosenBrowsers()) {
  describe(`models in the dashboard, in ${name}`, { skip }, () => {
    let session: Session;
    let dashboard: Page;
    before(async () => {
      session = await openSession(name, { rules: "" });
      dashboard = await openOwnPage(session.running, session.extension.installed, "dashboard.html#models");
    });
    after(() => session?.close());

    const press = (words: string) =>
      until(`the button “${words}”`, () =>
        dashboard.evaluate((wanted) => {
          const found = [...document.querySelectorAll<HTMLElement>("button, summary")].find(
            (one) => one.textContent?.startsWith(wanted) && one.checkVisibility(),
          );
          found?.click();
          return found !== undefined;
        }, words),
      );
    const says = (words: string) =>
      until(
        `the dashboard to say “${words}”`,
        () => dashboard.evaluate((wanted) => document.body.innerText.includes(wanted), words),
        60_000,
      );
    const ask = async (model: string, text: string): Promise<number> => {
      const answer = await session.extension.request<ModelAnswer>({ type: "ask-model", model, text });
      assert.ok(answer.ok, answer.ok ? "" : answer.message);
      return answer.value.score ?? Number.NaN;
    };
    /** Drops files on the page. */
    const drop = (files: Record<string, Buffer>) =>
      dashboard.evaluate(
        (given) => {
          const transfer = new DataTransfer();
          for (const [file, base64] of given)
            transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], file));
          dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
        },
        Object.entries(files).map(([file, bytes]): [string, string] => [file, bytes.toString("base64")]),
      );

    it("are all there, with how often they err", async () => {
      await says("Insults, threats and slurs.");
      const { models } = await session.extension.state();
      assert.deepEqual(
        models.map((model) => model.name),
        ["clickbait", "encoder", "language", "nsfw", "ragebait", "spam", "toxic"],
      );
    });

    it("take a reader's own, which answers as the file says, and refuse a broken one in the scorer's words", async () => {
      const card = readFileSync("models/spam/card.toml", "utf8").replace('name = "spam"', 'name = "my-spam"');
      const onnx = readFileSync("models/spam/model.onnx");
      await drop({ "card.toml": Buffer.from(card), "model.onnx": onnx.subarray(0, 5000) });
      await says("The model is refused");
      await says("5000 bytes");
      await drop({ "card.toml": Buffer.from(card), "model.onnx": onnx });
      await says("Keep “my-spam”?");
      await press("Keep the model");
      await until("the model to be kept", async () =>
        (await session.extension.state()).models.find((model) => model.name === "my_spam"),
      );
      const text = "WINNER!! Claim your free prize now, text WIN to 80086";
      assert.equal(await ask("my_spam", text), await ask("spam", text));
      await session.extension.setRules("hide if my_spam\n");
      assert.deepEqual((await session.extension.state()).troubles, []);
      const removed = await session.extension.request({ type: "remove-model", model: "my_spam" });
      assert.equal(removed.ok, true);
      await session.extension.setRules("");
    });

    it("learn from ten thumbs, tell what, and rules obey", async () => {
      const page = await session.open();
      const taught = await session.extension.request({ type: "teach", filter: "kettles", thumbs: THUMBS });
      assert.equal(taught.ok, true, JSON.stringify(taught));
      const tea = await ask("kettles", "Put the kettle on, the tea is waiting");
      const rain = await ask("kettles", "Rain fell on the river all night");
      assert.ok(tea > rain + 0.3, `${tea} and ${rain}`);
      await dashboard.bringToFront();
      await press("What it has learned");
      await says("of its own examples rightly");
      await says("kettle");
      // A rule that names it waits for its answers, and then every post has one.
      await session.extension.setRules('label "tea" if kettles > 0%\n');
      await page.bringToFront();
      await until(
        "every post with words to be labelled",
        async () => {
          const { posts, seen } = await session.extension.report("agora.localhost");
          const withWords = posts.filter(({ post }) => (post.text ?? post.title ?? "").trim() !== "");
          return (
            seen > 0 &&
            withWords.length > 0 &&
            withWords.every(({ verdict }) => verdict.labels.includes("tea"))
          );
        },
        60_000,
      );
      assert.deepEqual((await session.extension.state()).troubles, []);
      assert.equal((await session.extension.request({ type: "remove-model", model: "kettles" })).ok, true);
      await page.close();
    });
  });
}
