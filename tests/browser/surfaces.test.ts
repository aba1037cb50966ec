/** The reader's own doors: what popup and dashboard ask for is done on the page. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "puppeteer-core";
import { chosenBrowsers } from "../support/browsers.ts";
import { openOwnPage } from "../support/extension.ts";
import { settled } from "../support/page.ts";
import { until } from "../support/wait.ts";
import { AGORA, expectPosts, gone, openSession, type Session, scrollUntil } from "./session.ts";

for (const name of chosenBrowsers()) {
  describe(`the reader's doors, in ${name}`, () => {
    let session: Session;
    before(async () => {
      session = await openSession(name);
    });
    after(() => session?.close());

    it("obeys new rules at once, without a reload", async () => {
      await session.extension.setRules("");
      const page = await session.open();
      await expectPosts(
        session,
        page,
        gone(() => false),
      );
      await session.extension.setRules("hide if promoted\n");
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      await session.extension.setRules('hide if author is "dawnchorus"\n');
      await expectPosts(
        session,
        page,
        gone((post) => post.author === "dawnchorus"),
      );
      await page.close();
    });

    it("shows a hidden post when asked, and hides it again", async () => {
      await session.extension.setRules("hide if promoted\n");
      const page = await session.open();
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      const report = await session.extension.report(AGORA);
      const hidden = report.posts.find(({ verdict }) => verdict.action === "hide");
      assert.ok(hidden, "some post is hidden");
      assert.equal(hidden.verdict.reasons[0]?.rule, "hide if promoted");
      const answer = await session.extension.ask(AGORA, { type: "show", id: hidden.post.id, shown: true });
      assert.equal(answer.ok, true);
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted && post.id !== hidden.post.id),
      );
      await session.extension.ask(AGORA, { type: "show", id: hidden.post.id, shown: false });
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      await page.close();
    });

    it("never does it again to an author whom the reader spares", async () => {
      await session.extension.setRules('hide if text has "presale"\nhide if promoted\n');
      const page = await session.open();
      await scrollUntil(session, page, ({ author }) => author === "chainchad");
      await expectPosts(
        session,
        page,
        gone((post, text) => post.promoted || /presale/i.test(text)),
      );
      const answer = await session.extension.request({ type: "keep-author", author: "chainchad" });
      assert.equal(answer.ok, true);
      await expectPosts(
        session,
        page,
        gone((post, text) => post.promoted || (/presale/i.test(text) && post.author !== "chainchad")),
      );
      const mine = (await session.extension.state()).packs.find(({ origin }) => origin === "mine");
      assert.match(mine?.source ?? "", /keep if author is "chainchad"/);
      await page.close();
    });

    it("says why, to the line", async () => {
      await session.extension.setRules(
        '# a comment\n\nhide if text has any "airdrop", "presale" because "pump talk"\n',
      );
      const page = await session.open();
      await scrollUntil(session, page, ({ texts }) => /presale/i.test(texts[0] ?? ""));
      await expectPosts(
        session,
        page,
        gone((_, text) => /presale/i.test(text)),
      );
      const { posts } = await session.extension.report(AGORA);
      const [reason] = posts.find(({ verdict }) => verdict.action === "hide")?.verdict.reasons ?? [];
      assert.equal(reason?.line, 3);
      assert.equal(reason?.because, "pump talk");
      assert.match(reason?.evidence.join(" ") ?? "", /presale/);
      await page.close();
    });

    it("switches packs on and off live", async () => {
      await session.extension.setRules("");
      const page = await session.open();
      await session.extension.request({ type: "set-pack", pack: "no-ads", on: true });
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      await session.extension.request({ type: "set-pack", pack: "no-ads", on: false });
      await expectPosts(
        session,
        page,
        gone(() => false),
      );
      await page.close();
    });

    it("takes everything out as one file and back in", async () => {
      const rules = '# kept\nhide if text has "presale"\n';
      await session.extension.setRules(rules);
      await session.extension.request({
        type: "import-pack",
        pack: "extra",
        source: 'pack "Extra"\ndim if repost\n',
      });
      await session.extension.request({ type: "set-site", host: "example.org", on: false });
      const exported = await session.extension.request<string>({ type: "export" });
      assert.ok(exported.ok);
      await session.extension.setRules("hide if reply\n");
      await session.extension.request({ type: "remove-pack", pack: "extra" });
      await session.extension.request({ type: "set-site", host: "example.org", on: true });
      const back = await session.extension.request({ type: "import", backup: exported.value });
      assert.deepEqual(back.ok, true);
      const { packs, pausedHosts } = await session.extension.state();
      assert.equal(packs.find(({ origin }) => origin === "mine")?.source, rules);
      assert.match(packs.find(({ id }) => id === "extra")?.source ?? "", /dim if repost/);
      assert.deepEqual(pausedHosts, ["example.org"]);
      const page = await session.open();
      await expectPosts(
        session,
        page,
        gone((_, text) => /presale/i.test(text)),
      );
      await page.close();
    });

    it("refuses a backup that does not parse, and changes nothing", async () => {
      await session.extension.setRules("hide if promoted\n");
      const before = JSON.stringify((await session.extension.state()).packs);
      for (const backup of [
        "",
        "{",
        '{"format":"other"}',
        '{"format":"diffract-backup","version":99}',
        "[]",
        '{"format":"diffract-backup","version":1,"rules":7}',
      ]) {
        const answer = await session.extension.request({ type: "import", backup });
        assert.equal(answer.ok, false, `took ${JSON.stringify(backup)}`);
        assert.ok(!answer.ok && answer.message.length > 10);
      }
      assert.equal(JSON.stringify((await session.extension.state()).packs), before);
    });

    it("refuses what it does not know, and says so", async () => {
      const before = JSON.stringify((await session.extension.state()).packs);
      for (const strange of [
        null,
        7,
        "state",
        {},
        { type: "no-such" },
        { type: "set-rules" },
        { type: "set-site", host: 3, on: "yes" },
      ]) {
        const answer = await session.extension.request(strange as never);
        // An answer there must be, and one that tells whoever asked what was wrong with it.
        assert.equal(answer?.ok, false, `${JSON.stringify(strange)} was answered ${JSON.stringify(answer)}`);
        assert.ok(!answer.ok && answer.message.length > 10, JSON.stringify(answer));
      }
      assert.equal(JSON.stringify((await session.extension.state()).packs), before);
    });

    it("opens popup and dashboard", async () => {
      await session.extension.setRules("hide if promoted\n");
      for (const path of ["popup.html", "dashboard.html", "welcome.html"]) {
        const page = await openOwnPage(session.running, session.extension.installed, path);
        const words = await until(`${path} to say something`, () =>
          page.evaluate(() => document.body.textContent?.trim()),
        );
        assert.ok(words.length > 20, words);
        await page.close();
      }
    });

    it("offers the page nothing to find it by", async () => {
      const manifest = await session.extension.page.evaluate(
        () => chrome.runtime.getManifest() as unknown as Record<string, unknown>,
      );
      assert.deepEqual(manifest.web_accessible_resources ?? [], []);

      // Rules that hide, fold, label, set off: everything the shell puts into a page is there.
      await session.extension.setRules(
        'hide if promoted\ncollapse if text has word "giveaway"\nlabel "long" if text has any "a", "e"\nhighlight if verified\n',
      );
      const marked = await session.open();
      await expectPosts(session, marked, (post, _, { seen }) =>
        post.promoted && seen ? "should be hidden" : undefined,
      );
      const first = await traces(marked);
      await marked.close();
      const again = await session.open();
      const second = await traces(again);
      await again.close();
      // The same page where the extension is not at work: the manifest does not name this host.
      const plain = await session.running.newPage();
      await plain.goto(session.agora.url.replace(AGORA, "localhost"));
      await settled(plain);
      const bare = await traces(plain);
      await plain.close();

      assert.ok(first.posts > 3 && bare.posts > 3);
      assert.deepEqual(first.globals, bare.globals, "globals");
      assert.deepEqual(first.shadows, bare.shadows, "shadow roots that the page can open");
      assert.deepEqual(first.named, [], "names in the page");
      // What is there is called otherwise on every visit.
      for (const kind of ["attributes", "rules"] as const) {
        const strange = (found: Traces) => found[kind].filter((one) => !bare[kind].includes(one));
        assert.ok(strange(first).length > 0, `${kind}: verdicts are carried out by something`);
        assert.deepEqual(
          strange(first).filter((one) => strange(second).includes(one)),
          [],
          `${kind} that are the same on every visit give Diffract away`,
        );
      }
    });
  });
}

/** What scripts of a page can list of it. */
interface Traces {
  posts: number;
  globals: string[];
  /** Names of attributes of any element. */
  attributes: string[];
  /** Rules of every sheet that scripts of the page can reach. */
  rules: string[];
  /** Open shadow roots by the name of their host. */
  shadows: string[];
  /** Whatever names Diffract or its origin: in markup, style, storage or what was loaded. */
  named: string[];
}

function traces(page: Page): Promise<Traces> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll("*")];
    const rules = [...document.styleSheets, ...document.adoptedStyleSheets].flatMap((sheet) =>
      [...sheet.cssRules].map(({ cssText }) => cssText),
    );
    const texts = [
      document.documentElement.outerHTML,
      ...rules,
      ...performance.getEntriesByType("resource").map(({ name }) => name),
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
    ];
    return {
      posts: document.querySelectorAll("article").length,
      globals: Object.getOwnPropertyNames(globalThis).sort(),
      attributes: [...new Set(all.flatMap((element) => element.getAttributeNames()))].sort(),
      rules,
      shadows: [
        ...new Set(all.filter(({ shadowRoot }) => shadowRoot).map(({ localName }) => localName)),
      ].sort(),
      named: texts.flatMap((text) => text.match(/diffract|(?:chrome|moz)-extension:/gi) ?? []),
    };
  });
}
