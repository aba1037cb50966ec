/**
 * A page that tries to notice the interceptor (`tests/probes/probes.ts` has the list), at a platform's own address and, as its control, on
 * a host where Diffract does not run. Both must see the same.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import * as esbuild from "esbuild";
import { PROBES } from "../probes/probes.ts";
import {
  type BrowserName,
  builtExtension,
  chosenBrowsers,
  launch,
  type Running,
} from "../support/browsers.ts";
import { type Extension, installExtension } from "../support/extension.ts";
import { until } from "../support/wait.ts";
import { type Platform, servePlatform } from "../support/wire.ts";

const payload = readFileSync("crate/adapters/tests/payloads/x-profile.json", "utf8");

/** What does tell, where sockets are followed (docs/decisions/interceptor.md): stacks in Firefox name no built-ins. */
const KNOWN: Partial<Record<BrowserName, string[]>> = {
  firefox: ["a prototype that leads back to itself"],
};

for (const name of chosenBrowsers()) {
  describe(`a page that looks for the interceptor, in ${name}`, () => {
    let platform: Platform;
    let running: Running;
    let extension: Extension;
    const seen: Record<string, Record<string, unknown>> = {};

    before(async () => {
      const script = await esbuild.build({
        entryPoints: ["tests/probes/page.ts"],
        bundle: true,
        write: false,
        format: "iife",
        logLevel: "error",
      });
      platform = await servePlatform();
      platform.lay("/i/api/graphql/q/UserTweets", { body: payload });
      const words = JSON.stringify("a long answer, é€😀".repeat(30_000));
      platform.lay("/i/api/graphql/q/UserTweetsAndReplies", {
        body: payload.replace("{", `{"words":${words},`),
      });
      platform.lay("/moved", (response) =>
        response
          .writeHead(302, { location: "/i/api/graphql/q/UserTweets", "cache-control": "no-store" })
          .end(),
      );
      platform.lay("/module.wasm", {
        body: Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]),
        headers: { "content-type": "application/wasm" },
      });
      platform.lay("/probes.js", {
        body: script.outputFiles[0]?.text ?? "",
        headers: { "content-type": "text/javascript" },
      });
      platform.page =
        '<!doctype html><title>Probes</title><script nonce="{nonce}" src="/probes.js"></script><body>';
      running = await launch(name, { tlsPort: platform.port });
      extension = await installExtension(running, builtExtension(name, "shipped"));
      await extension.onlyMine();
      await extension.setRules('hide if text has "nothing that is ever there"\n');
      for (const host of ["example.com", "x.com", "mastodon.social"]) {
        const page = await running.newPage();
        await page.goto(`https://${host}/home`);
        const said = await until("the probes to be through", () =>
          page.evaluate(async () => (globalThis.probed === undefined ? null : await globalThis.probed)),
        );
        // Hosts, and what is drawn by lot, stand in what is said.
        seen[host] = JSON.parse(JSON.stringify(said).replaceAll(host, "HOST")) as Record<string, unknown>;
        if (host === "x.com")
          assert.ok(((await extension.report(host)).wire?.answers ?? 0) > 0, "the interceptor is at work");
        await page.close();
      }
    });
    after(async () => {
      await running?.close();
      await platform?.close();
    });

    it("there are more than thirty", () => assert.ok(Object.keys(PROBES).length > 30));
    for (const probe of Object.keys(PROBES))
      it(probe, () => {
        assert.ok(seen["example.com"]?.[probe] !== undefined, "the probe said something");
        assert.deepEqual(seen["x.com"]?.[probe], seen["example.com"]?.[probe]);
        if (KNOWN[name]?.includes(probe)) return;
        assert.deepEqual(
          seen["mastodon.social"]?.[probe],
          seen["example.com"]?.[probe],
          "where there are sockets",
        );
      });
  });
}
