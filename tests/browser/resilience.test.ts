/** What goes wrong around the shell costs that piece, says so, and never costs the page. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "puppeteer-core";
import type { Truth } from "../agora/types.ts";
import { builtExtension, chosenBrowsers } from "../support/browsers.ts";
import { type Extension, openExtension } from "../support/extension.ts";
import { settled } from "../support/page.ts";
import { until } from "../support/wait.ts";
import { AGORA, expectPosts, gone, openSession, type Session, scroll } from "./session.ts";

const promoted = gone((post: Truth) => post.promoted);

/** Ends Chromium's service worker as the browser itself does when it has been idle. */
async function killServiceWorker(session: Session): Promise<void> {
  const target = await session.running.browser.waitForTarget(
    (one) => one.type() === "service_worker" && one.url().startsWith(session.extension.installed.origin),
  );
  const worker = await target.worker();
  await worker?.close();
}

/** Waits until Firefox has put the event page to sleep. Whoever asks the background anything wakes it again. */
async function eventPageSleeps(extension: Extension): Promise<void> {
  await until("the event page to be suspended", () =>
    extension.page.evaluate(() => {
      // Only Firefox's `extension` namespace tells without waking it.
      const { browser } = globalThis as unknown as {
        browser: { extension: { getBackgroundPage(): unknown } };
      };
      return browser.extension.getBackgroundPage() === null;
    }),
  );
}

async function stored(extension: Extension): Promise<Record<string, unknown>> {
  return (await extension.page.evaluate(() => chrome.storage.local.get(null))) as Record<string, unknown>;
}

async function store(extension: Extension, values: Record<string, unknown>): Promise<void> {
  await extension.page.evaluate(async (all) => {
    await chrome.storage.local.set(all);
  }, values);
}

/** Installs the extension over itself, as an update does, and speaks to the new one. `page` is not touched. */
async function updateExtension(session: Session, page: Page): Promise<void> {
  const installed = await session.running.install(builtExtension(session.running.name, "demo"));
  assert.equal(installed.id, session.extension.installed.id);
  session.extension = await openExtension(session.running, installed);
  await page.bringToFront();
}

for (const name of chosenBrowsers()) {
  describe(`what may go wrong, in ${name}`, () => {
    let session: Session;
    before(async () => {
      session = await openSession(name, {
        rules: "hide if promoted\n",
        preferences: { "extensions.background.idle.timeout": 600 },
      });
    });
    after(() => session?.close());

    it("survives the end of its background, without a reload of the page", async () => {
      const page = await session.open();
      await expectPosts(session, page, promoted);
      for (let round = 0; round < 3; round++) {
        if (name === "chrome") await killServiceWorker(session);
        else await eventPageSleeps(session.extension);
        await scroll(page, 3000);
        await settled(page);
        await expectPosts(session, page, promoted);
      }
      const { start } = await session.extension.state();
      assert.equal(start.from, "snapshot");
      await page.close();
    });

    it("fails open when the engine is deaf, says so, and catches up", async () => {
      // What counts posts is decided in the background alone.
      await session.extension.setRules("hide if promoted\nlimit 100000\n");
      const page = await session.open();
      await expectPosts(session, page, promoted);
      const wake = name === "chrome" ? await deafenChrome(session) : await deafenFirefox(session, 9000);
      await scroll(page, 4000);
      // Nothing stays covered: every post that no verdict came for shows.
      await expectPosts(session, page, (_, __, { seen }) => (seen ? undefined : "stays covered"));
      await wake();
      await scroll(page, 3000);
      await until("new posts to be judged again", async () => {
        await scroll(page, 300);
        await settled(page);
        const looks = await expectPosts(session, page, (post, _, { seen }) =>
          !post.promoted && !seen ? "is hidden" : undefined,
        );
        return looks.some(({ id, seen }) => session.truth.get(id)?.promoted && !seen);
      });
      const { troubles } = await session.extension.report(AGORA, 0);
      assert.ok(troubles.length > 0, "the reader is told that posts were shown unfiltered");
      await page.close();
      await session.extension.setRules("hide if promoted\n");
    });

    it("decides on the page while the background is deaf, if it may", async () => {
      const page = await session.open();
      await expectPosts(session, page, promoted);
      await until("an engine to be on the page", async () => {
        return (await session.extension.report(AGORA, 0)).engine === "near" || undefined;
      });
      const wake = name === "chrome" ? await deafenChrome(session) : await deafenFirefox(session, 4000);
      await scroll(page, 4000);
      await settled(page);
      await expectPosts(session, page, promoted);
      await wake();
      const { troubles } = await session.extension.report(AGORA, 0);
      assert.deepEqual(troubles, []);
      await page.close();
    });

    it("survives its own update, without a reload of the page", async () => {
      const page = await session.open();
      await expectPosts(session, page, promoted);
      await updateExtension(session, page);
      await expectPosts(session, page, promoted);
      await session.extension.setRules('hide if text has "presale"\n');
      await page.bringToFront();
      await expectPosts(
        session,
        page,
        gone((_, text) => /presale/i.test(text)),
      );
      await scroll(page, 4000);
      await expectPosts(
        session,
        page,
        gone((_, text) => /presale/i.test(text)),
      );
      await page.close();
      await session.extension.setRules("hide if promoted\n");
    });

    it("leaves out a broken rule, and obeys the others", async () => {
      await session.extension.setRules("hide if promotd\nhide if promoted\nhide if text matches /(/\n");
      const page = await session.open();
      await expectPosts(session, page, promoted);
      const mine = (await session.extension.state()).packs.find((pack) => pack.origin === "mine");
      assert.equal(mine?.rules, 1, "one rule is in force");
      await session.extension.setRules("hide if promoted\n");
      await page.close();
    });

    it("leaves out a broken line of a pack, and obeys the others", async () => {
      const broken = await session.extension.request({
        type: "import-pack",
        pack: "scrap",
        source: 'pack "Scrap"\nthis is no rule\nhide if text has "presale"\n',
      });
      assert.equal(broken.ok, true);
      const page = await session.open();
      await expectPosts(session, page, (post, text, { seen }) =>
        (post.promoted || /presale/i.test(text)) && seen ? "should be hidden or collapsed" : undefined,
      );
      const pack = (await session.extension.state()).packs.find(({ id }) => id === "scrap");
      assert.equal(pack?.rules, 1);
      await session.extension.request({ type: "remove-pack", pack: "scrap" });
      await page.close();
    });

    it("sets a damaged setting aside, says so, and works on with the rest", async () => {
      const before = await stored(session.extension);
      await store(session.extension, { paused: { no: "list" }, packs: "garbage", shown: 7 });
      await updateExtension(session, await session.open());
      const { troubles, packs } = await session.extension.state();
      for (const key of ["paused", "packs", "shown"])
        assert.ok(
          troubles.some((words) => words.includes(key)),
          `nothing is said of "${key}": ${troubles.join(" / ")}`,
        );
      assert.equal(
        packs.find(({ origin }) => origin === "mine")?.source,
        before.rules,
        "the rules are untouched",
      );
      const kept = Object.values(await stored(session.extension));
      assert.ok(kept.includes("garbage"), "what did not parse is kept aside");
      await session.extension.onlyMine();
      const page = await session.open();
      await expectPosts(session, page, promoted);
      await page.close();
    });

    it("loses no rule when the rules themselves are damaged", async () => {
      await session.extension.setRules("hide if promoted # mine\n");
      const damaged = { source: "hide if promoted # mine\n" };
      await store(session.extension, { rules: damaged });
      await updateExtension(session, await session.open());
      const { troubles } = await session.extension.state();
      assert.ok(
        troubles.some((words) => words.includes("rules")),
        troubles.join(" / "),
      );
      assert.ok(
        Object.values(await stored(session.extension)).some(
          (value) => JSON.stringify(value) === JSON.stringify(damaged),
        ),
        "what was stored is still there",
      );
      const page = await session.open();
      await expectPosts(
        session,
        page,
        gone(() => false),
      );
      await session.extension.setRules("hide if promoted\n");
      await expectPosts(session, page, promoted);
      await page.close();
    });

    it("comes up from its sources when the snapshot is damaged, and makes another", async () => {
      const page = await session.open();
      assert.ok((await snapshotSizes(session.extension)).every((size) => size > 3));
      assert.ok(await damageSnapshots(session.extension), "there is a snapshot to damage");
      await updateExtension(session, page);
      await expectPosts(session, page, promoted);
      await until("a snapshot that is whole", async () => {
        const sizes = await snapshotSizes(session.extension);
        return sizes.length > 0 && sizes.every((size) => size > 3);
      });
      await page.close();
    });
  });
}

/** Bytes of every snapshot in the extension's databases. */
function snapshotSizes(extension: Extension): Promise<number[]> {
  return withSnapshots(extension, false);
}

/** Writes three bytes over every snapshot; says whether there was any. */
async function damageSnapshots(extension: Extension): Promise<boolean> {
  return (await withSnapshots(extension, true)).length > 0;
}

function withSnapshots(extension: Extension, damage: boolean): Promise<number[]> {
  return extension.page.evaluate(async (overwrite) => {
    const sizes: number[] = [];
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const database = await new Promise<IDBDatabase>((done, failed) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
      for (const table of database.objectStoreNames) {
        await new Promise<void>((done, failed) => {
          const transaction = database.transaction(table, "readwrite");
          const request = transaction.objectStore(table).openCursor();
          request.onsuccess = () => {
            const cursor = request.result;
            if (cursor === null) return;
            if (cursor.value instanceof Uint8Array) {
              sizes.push(cursor.value.byteLength);
              if (overwrite) cursor.update(new Uint8Array([1, 2, 3]));
            }
            cursor.continue();
          };
          transaction.oncomplete = () => done();
          transaction.onerror = () => failed(transaction.error);
        });
      }
      database.close();
    }
    return sizes;
  }, damage);
}

/** Stops Chromium's service worker in its tracks, alive and silent, until the returned function is called. */
async function deafenChrome(session: Session): Promise<() => Promise<void>> {
  const target = await session.running.browser.waitForTarget(
    (one) => one.type() === "service_worker" && one.url().startsWith(session.extension.installed.origin),
  );
  const inspector = await target.createCDPSession();
  await inspector.send("Debugger.enable");
  await inspector.send("Debugger.pause");
  // The pause takes hold with the next statement it runs.
  return async () => {
    await inspector.send("Debugger.resume").catch(() => {});
    await inspector.send("Debugger.disable");
    await inspector.detach();
  };
}

/** Firefox's extension pages and event page share one thread: a page that is busy keeps the engine from hearing. */
async function deafenFirefox(session: Session, milliseconds: number): Promise<() => Promise<void>> {
  const busy = session.extension.page.evaluate((length) => {
    const end = performance.now() + length;
    while (performance.now() < end);
  }, milliseconds);
  return async () => {
    await busy;
  };
}
