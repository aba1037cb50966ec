/** At which address a saved page is served, and what is printed of it; no browser is needed to say so. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JudgedPost } from "../../extension/shared/messages.ts";
import { inPlaces } from "../support/replay.ts";
import { covers, HOMES, servedAt } from "../support/saved.ts";

const YOUTUBE = HOMES.youtube ?? "";
const HOSTS = ["youtube.com"];

describe("where a saved page is served", () => {
  it("is where it was recorded, at the platform's hosts and below them", () => {
    for (const address of [
      "https://www.youtube.com/watch?v=1",
      "https://m.youtube.com/",
      "https://youtube.com/a",
    ])
      assert.equal(servedAt(address, YOUTUBE, HOSTS), address);
    assert.equal(
      servedAt("https://www.youtube.com/watch?v=…", YOUTUBE, HOSTS),
      "https://www.youtube.com/watch?v=1",
    );
  });

  it("is the platform's address inside an archive's", () => {
    assert.equal(
      servedAt(
        "https://web.archive.org/web/20220101000000/https://www.youtube.com/watch?v=1",
        YOUTUBE,
        HOSTS,
      ),
      "https://www.youtube.com/watch?v=1",
    );
  });

  it("is the platform's home where the recording is another host's", () => {
    for (const address of [
      undefined,
      "",
      "no address",
      "file:///home/page.html",
      "https://notyoutube.com/",
      "https://archive.example/web/https://elsewhere.example/",
      "https://old.reddit.com/",
    ])
      assert.equal(servedAt(address, YOUTUBE, HOSTS), YOUTUBE, String(address));
    assert.equal(
      servedAt("https://www.reddit.com/r/a", "https://old.reddit.com/", ["old.reddit.com"]),
      "https://old.reddit.com/",
    );
  });

  it("keeps the path where any server may be the platform's", () => {
    const many = Array.from({ length: 20 }, (_, n) => `server-${n}.example`);
    assert.equal(
      servedAt("https://other.example/@someone?a=1", "https://server-0.example/home", many),
      "https://server-0.example/@someone?a=1",
    );
  });

  it("takes no host for another that ends alike", () => {
    assert.ok(covers(HOSTS, "https://youtube.com/") && covers(HOSTS, "https://www.youtube.com/"));
    assert.ok(!covers(HOSTS, "https://myyoutube.com/") && !covers(HOSTS, "nothing"));
  });
});

describe("what is printed of a saved page", () => {
  const judged = (id: string, position: number | undefined, places: number) =>
    ({ post: { id, ...(position !== undefined && { position }) }, places }) as unknown as JudgedPost;

  it("is a line for each place, in the page's order, the unplaced last", () => {
    const lines = inPlaces([judged("c", undefined, 1), judged("b", 2, 2), judged("a", 0, 1)]);
    assert.deepEqual(
      lines.map(({ post }) => post.id),
      ["a", "b", "b", "c"],
    );
  });

  it("leaves out no post that has left the page", () => {
    assert.deepEqual(
      inPlaces([judged("a", 0, 0)]).map(({ post }) => post.id),
      ["a"],
    );
  });
});
