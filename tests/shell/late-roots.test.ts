/** Looking for shadow roots frame by frame and in rounds, on elements made up for it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { LateRoots, MAX_HOSTS } from "../../extension/content/late-roots.ts";
import type { PageReader } from "../../extension/content/page-reader.ts";
import { Rounds } from "../../extension/content/rounds.ts";
import type { Root } from "../../extension/content/sheet.ts";

describe("roots that come late", () => {
  let frames: FrameRequestCallback[] = [];
  const kept = globalThis.requestAnimationFrame;
  beforeEach(() => {
    frames = [];
    globalThis.requestAnimationFrame = (callback) => frames.push(callback);
  });
  afterEach(() => {
    globalThis.requestAnimationFrame = kept;
  });

  const frame = () => {
    for (const callback of frames.splice(0)) callback(0);
  };
  const host = (localName: string) => ({ localName, isConnected: true }) as Element;
  const waiting = () => {
    const shadows = new Map<Element, ShadowRoot>();
    const found: ShadowRoot[] = [];
    let asked = 0;
    const reader = {
      shadow: (element: Element) => {
        asked++;
        return shadows.get(element) ?? null;
      },
    } as Partial<PageReader> as PageReader;
    const late = new LateRoots(reader, (some) => found.push(...some));
    const attach = (element: Element) => {
      const shadow = {} as ShadowRoot;
      shadows.set(element, shadow);
      return shadow;
    };
    return { late, found, attach, asked: () => asked };
  };

  test("are found in the next frame, however many empty elements of posts are waited for", () => {
    const { late, found, attach } = waiting();
    for (let i = 0; i < 3000; i++) late.await(host("div"), true);
    const outside = host("section");
    const custom = host("x-post");
    late.await(outside, false);
    late.await(custom, true);
    const shadows = [attach(outside), attach(custom)];
    frame();
    assert.deepEqual(found, shadows);
  });

  test("are found in the newest element when there are too many, and in older ones in turn", () => {
    const { late, found, attach, asked } = waiting();
    const hosts = Array.from({ length: 3 * MAX_HOSTS }, () => host("x-post"));
    for (const one of hosts) late.await(one, false);
    const [first, last] = [hosts.at(0), hosts.at(-1)];
    assert.ok(first && last);
    const newest = attach(last);
    frame();
    assert.deepEqual(found, [newest]);
    assert.ok(asked() < 2 * MAX_HOSTS, `${asked()} elements in one frame`);
    const oldest = attach(first);
    for (let i = 0; i < 10; i++) frame();
    assert.deepEqual(found, [newest, oldest]);
  });
});

/** As much of an element as rounds look at. */
class Node {
  children: Node[] = [];
  constructor(
    readonly name: string,
    ...children: Node[]
  ) {
    for (const child of children) this.add(child);
  }
  parentElement: Node | null = null;
  add(child: Node): void {
    child.parentElement = this;
    this.children.push(child);
  }
  remove(): void {
    const parent = this.parentElement;
    if (parent) parent.children = parent.children.filter((child) => child !== this);
    this.parentElement = null;
  }
  get firstElementChild(): Node | null {
    return this.children[0] ?? null;
  }
  get nextElementSibling(): Node | null {
    const among = this.parentElement?.children ?? [];
    return among[among.indexOf(this) + 1] ?? null;
  }
  getRootNode(): Node {
    return this.parentElement?.getRootNode() ?? this;
  }
}

describe("rounds through the page", () => {
  const node = (name: string, ...children: Node[]) => new Node(name, ...children);
  const walk = (roots: () => Node[]) => {
    const rounds = new Rounds(() => roots() as unknown as Root[]);
    return (most: number): string => {
      const seen: string[] = [];
      rounds.go((element) => {
        seen.push((element as unknown as Node).name);
        return seen.length < most;
      });
      return seen.join(" ");
    };
  };

  test("go through every root in turn, and begin again", () => {
    const page = node("#", node("a", node("b"), node("c")), node("d"));
    const shadow = node("#", node("e", node("f")));
    const some = walk(() => [page, node("#"), shadow]);
    assert.deepEqual([some(4), some(4), some(9), some(1)], ["a b c d", "e f", "a b c d e f", "a"]);
  });

  test("go on behind what left the page", () => {
    const [b, c] = [node("b", node("b1"), node("b2")), node("c")];
    const page = node("#", node("a", b, c), node("d", node("e")));
    const some = walk(() => [page]);
    assert.equal(some(3), "a b b1");
    b.remove();
    assert.equal(some(1), "c");
    assert.equal(some(1), "d");
  });

  test("go on with the next root when one is gone", () => {
    const [page, shadow] = [node("#", node("a"), node("b", node("c"))), node("#", node("e"))];
    const some = walk(() => [page, shadow]);
    assert.equal(some(2), "a b");
    for (const child of [...page.children]) child.remove();
    assert.deepEqual([some(9), some(9)], ["e", "e"]);
  });
});
