/** Models in the installed extension: what they find is hidden, what breaks is replaced, and the page does none of their work. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { JudgedPost } from "../../extension/shared/messages.ts";
import { wordsFor } from "../../extension/shared/reading.ts";
import { loadScorer, readHere } from "../models/node.ts";
import { addShipped, type Scorer } from "../models/scorer.ts";
import { chosenBrowsers } from "../support/browsers.ts";
import { until } from "../support/wait.ts";
import { AGORA, openSession, type Session, scroll } from "./session.ts";

/** What a card calls *likely*. */
const LIKELY = "1%";

/** The models in this process: what the extension ought to find. */
async function peer(...names: string[]): Promise<{ scorer: Scorer; likely: Record<string, number> }> {
  const { Scorer } = await loadScorer();
  const scorer = new Scorer();
  const likely: Record<string, number> = {};
  for (const name of names) {
    const { card } = await addShipped(scorer, readHere, name);
    likely[name] = (card as { thresholds?: Record<string, number> }).thresholds?.[LIKELY] ?? Number.NaN;
  }
  return { scorer, likely };
}

const score = (scorer: Scorer, name: string, { post }: JudgedPost): number => {
  const words = wordsFor(post, "post");
  return words === "" ? Number.NaN : (scorer.score(name, [words])[0] ?? Number.NaN);
};

/** Scrolls through some of a feed, and waits until every post that was read has its last verdict. */
async function readPosts(session: Session, pixels: number, path = ""): Promise<JudgedPost[]> {
  const page = await session.open(path);
  await scroll(page, pixels);
  const posts = await until("every verdict", async () => {
    const { posts } = await session.extension.report(AGORA);
    return posts.length > 5 && posts.every(({ verdict }) => !verdict.unsure?.needs?.length) && posts;
  });
  await page.close();
  return posts;
}

for (const name of chosenBrowsers()) {
  describe(`models, in ${name}`, () => {
    let session: Session;
    before(async () => {
      session = await openSession(name, { rules: "" });
    });
    after(() => session?.close());

    it("come with the extension, and none is in trouble", async () => {
      const { models } = await session.extension.state();
      assert.deepEqual(models.map((model) => model.name).sort(), [
        "clickbait",
        "encoder",
        "language",
        "nsfw",
        "ragebait",
        "spam",
        "toxic",
      ]);
      assert.deepEqual(
        models.flatMap(({ trouble = [] }) => trouble),
        [],
      );
    });

    it("hide and fold what they find, and nothing else", async () => {
      await session.extension.setRules("hide if spam is likely\ncollapse if ragebait is likely\n");
      const { scorer, likely } = await peer("spam", "ragebait");
      const is = (model: string, post: JudgedPost) =>
        score(scorer, model, post) >= (likely[model] ?? Number.NaN);
      const posts: JudgedPost[] = [];
      for (const path of ["", "search?q=giveaway", "search?q=cowards"])
        posts.push(...(await readPosts(session, 3000, path)));
      for (const post of posts) {
        const expected = is("spam", post) ? "hide" : is("ragebait", post) ? "collapse" : "show";
        assert.equal(post.verdict.action, expected, post.post.text ?? "");
      }
      const tally = (action: string) => posts.filter(({ verdict }) => verdict.action === action).length;
      assert.ok(
        tally("hide") > 0 && tally("collapse") > 0 && tally("show") > 5,
        JSON.stringify(posts.length),
      );
      const { troubles } = await session.extension.state();
      assert.deepEqual(troubles, []);
    });

    it("say what posts are about, and in which language they are", async () => {
      await session.extension.setRules(
        'dim if about "bread and baking" > 50%\nlabel "english" if lang is en\n',
      );
      const { scorer } = await peer("encoder", "language");
      const topic = scorer.embed("encoder", ["bread and baking"]);
      const near = ({ post }: JudgedPost) => {
        const words = wordsFor(post, "post");
        if (words === "") return Number.NaN;
        const cosine = scorer
          .embed("encoder", [words])
          .reduce((sum, one, at) => sum + one * (topic[at] ?? 0), 0);
        return cosine;
      };
      const posts = await readPosts(session, 6000);
      // Whatever cosine the card calls an even chance, no post that is dimmed is farther from the topic than one that is not.
      const cosines = (dimmed: boolean) =>
        posts
          .filter(({ verdict }) => (verdict.action === "dim") === dimmed)
          .map(near)
          .filter((cosine) => !Number.isNaN(cosine));
      const [dimmed, others] = [cosines(true), cosines(false)];
      assert.ok(dimmed.length > 0 && others.length > 5, `${dimmed.length} dimmed, ${others.length} others`);
      assert.ok(Math.min(...dimmed) > Math.max(...others) - 1e-4);
      const english = posts.filter(({ verdict }) => verdict.labels.includes("english")).length;
      assert.ok(english > posts.length / 2, `${english} of ${posts.length} are English`);
    });

    it("look at pictures that the page has loaded, and at no others", async () => {
      await session.extension.setRules("blur if nsfw >= 0%\n");
      const page = await session.open();
      await until("the pictures to be blurred", async () => {
        const seen = await page.evaluate(() =>
          globalThis.agora.articles().map((article) => ({
            pictured: [...article.querySelectorAll("img")].some(
              (image) => image.complete && Math.min(image.naturalWidth, image.naturalHeight) >= 96,
            ),
            blurred: [article, ...article.querySelectorAll("*")].some((part) =>
              getComputedStyle(part).filter.includes("blur"),
            ),
          })),
        );
        return (
          seen.some(({ pictured }) => pictured) && seen.every(({ pictured, blurred }) => pictured === blurred)
        );
      });
      const { troubles } = await session.extension.state();
      assert.deepEqual(troubles, []);
      await page.close();
    });

    it("answer again when their worker has died", async () => {
      await session.extension.setRules("hide if spam is likely\n");
      await session.extension.request({ type: "forget-answers" });
      if (name === "chrome") await killOffscreen(session);
      else await until("the event page to sleep", () => eventPageSleeps(session));
      const { scorer, likely } = await peer("spam");
      const posts = await readPosts(session, 2000);
      for (const post of posts)
        assert.equal(
          post.verdict.action,
          score(scorer, "spam", post) >= (likely.spam ?? Number.NaN) ? "hide" : "show",
        );
    });
  });
}

/** Closes the document that holds Chromium's worker, as the browser does when it is short of memory. */
async function killOffscreen(session: Session): Promise<void> {
  const { browser } = session.running;
  const target = await browser.waitForTarget((one) => one.url().endsWith("/offscreen.html"));
  await (await target.asPage()).close();
}

/** Firefox puts the background and all that belongs to it to sleep. */
function eventPageSleeps(session: Session): Promise<boolean> {
  return session.extension.page.evaluate(() => {
    const { browser } = globalThis as unknown as {
      browser: { extension: { getBackgroundPage(): unknown } };
    };
    return browser.extension.getBackgroundPage() === null;
  });
}
