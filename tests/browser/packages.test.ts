/** A pack from a file, added in the dashboard of the installed extension: its rules and its lists hold at once. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { strToU8, zipSync } from "fflate";
import { chosenBrowsers } from "../support/browsers.ts";
import { openOwnPage } from "../support/extension.ts";
import { until } from "../support/wait.ts";
import { expectPosts, gone, openSession, type Session } from "./session.ts";

const MANIFEST = `id = "fewer-people"
title = "Fewer people"
description = "Nothing of these accounts."
version = "1.0.0"
author = "Ann"
licence = "CC0-1.0"
`;

for (const name of chosenBrowsers()) {
  describe(`a pack from a file, in ${name}`, () => {
    let session: Session;
    before(async () => {
      session = await openSession(name, { rules: "" });
    });
    after(() => session?.close());

    it("is added with the button, acts on the page, and is gone when it is removed", async () => {
      const page = await session.open();
      const looks = await expectPosts(
        session,
        page,
        gone(() => false),
      );
      const author = session.truth.get(looks[0]?.id ?? "")?.author ?? "";
      const zip = zipSync({
        "pack.toml": strToU8(MANIFEST),
        "rules.rules": strToU8('let @people = list "people.txt"\nhide if author in @people\n'),
        "lists/people.txt": strToU8(`${author}\nnobody_at_all\n`),
      });
      const dashboard = await openOwnPage(
        session.running,
        session.extension.installed,
        "dashboard.html#packs",
      );
      const press = (words: string) =>
        until(`the button “${words}”`, () =>
          dashboard.evaluate((wanted) => {
            const found = [...document.querySelectorAll("button")].find(
              (one) => one.textContent?.startsWith(wanted) && one.checkVisibility(),
            );
            found?.click();
            return found !== undefined;
          }, words),
        );
      const says = (words: string) =>
        until(`the dashboard to say “${words}”`, () =>
          dashboard.evaluate((wanted) => document.body.innerText.includes(wanted), words),
        );
      await says("Add a pack from a file");
      // The browser's own dialog cannot be steered in both; what the button opens is answered in its place.
      await dashboard.evaluate(
        (bytes) => {
          const button = [...document.querySelectorAll("button")].find((one) =>
            one.textContent?.startsWith("Add a pack from a file"),
          );
          const input = button?.nextElementSibling;
          if (!(input instanceof HTMLInputElement)) throw new Error("the button has no input");
          input.addEventListener("click", (event) => {
            event.preventDefault();
            const chosen = new DataTransfer();
            chosen.items.add(new File([new Uint8Array(bytes)], "fewer-people-1.0.0.zip"));
            input.files = chosen.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
          });
        },
        [...zip],
      );
      await press("Add a pack from a file");
      await says("Add “Fewer people”?");
      await says("Version 1.0.0, by Ann, with 1 list.");
      assert.ok(!(await session.extension.state()).packs.some(({ id }) => id === "fewer-people"));
      await press("Add the pack");
      const added = await until("the pack to be there", async () =>
        (await session.extension.state()).packs.find(({ id }) => id === "fewer-people"),
      );
      assert.deepEqual([added.on, added.origin, added.rules], [true, "imported", 1]);
      await page.bringToFront();
      await expectPosts(
        session,
        page,
        gone((post) => post.author === author),
      );
      assert.equal((await session.extension.request({ type: "remove-pack", pack: "fewer-people" })).ok, true);
      await expectPosts(
        session,
        page,
        gone(() => false),
      );
      assert.deepEqual((await session.extension.state()).troubles, []);
      await dashboard.close();
      await page.close();
    });
  });
}
