import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { unzipSync } from "fflate";
import { manifestText, matchesOf, overlay } from "../../scripts/build/manifest.ts";
import { zip } from "../../scripts/build/zip.ts";

describe("the manifest", () => {
  test("has the sites of the adapters, each once, a parent for its subdomains", () => {
    assert.deepEqual(matchesOf(["x.com", "*", "old.reddit.com", "reddit.com", "x.com"]), [
      "*://*.reddit.com/*",
      "*://*.x.com/*",
    ]);
  });

  test("refuses what is no host", () => {
    assert.throws(() => matchesOf(["*.com"]), /names the host/);
    assert.throws(() => matchesOf(["x.com/evil"]), /names the host/);
  });

  test("lays a browser's keys over the common ones", () => {
    assert.deepEqual(overlay({ a: { b: 1, c: 2 }, d: [1] }, { a: { c: 3 }, d: [2] }), {
      a: { b: 1, c: 3 },
      d: [2],
    });
  });

  for (const browser of ["chrome", "firefox"] as const) {
    test(`for ${browser} asks for no more than it needs and shows pages nothing`, () => {
      const manifest = JSON.parse(manifestText(browser, ["x.com"], false)) as Record<string, unknown>;
      // Chrome's own: a place for the models' worker, and the reader's panel. Firefox's: answers before the page sees them.
      const own =
        browser === "chrome"
          ? ["offscreen", "sidePanel"]
          : ["webRequest", "webRequestBlocking", "webRequestFilterResponse"];
      assert.deepEqual(
        [...(manifest.permissions as string[])].sort(),
        ["activeTab", "scripting", "storage", ...own].sort(),
      );
      assert.deepEqual(manifest.host_permissions, ["*://*.x.com/*"]);
      assert.equal("web_accessible_resources" in manifest, false);
      assert.deepEqual(manifest.content_security_policy, {
        extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'",
      });
    });
  }
});

test("a zip depends on names and contents only", () => {
  const file = (name: string) => ({ name, bytes: new TextEncoder().encode(name), executable: false });
  const zone = process.env.TZ;
  process.env.TZ = "Pacific/Auckland";
  const there = zip([file("b"), file("a")]);
  process.env.TZ = "America/Los_Angeles";
  const here = zip([file("a"), file("b")]);
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
  assert.deepEqual(there, here);
  assert.deepEqual(Object.keys(unzipSync(here)), ["a", "b"]);
});
