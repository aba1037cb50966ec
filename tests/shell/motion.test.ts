/** When the background is told that somebody moves through a page, and what waits meanwhile. No browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Unhurried } from "../../extension/content/idle.ts";
import { Motion } from "../../extension/content/motion.ts";

test("moving is told at once, again while it lasts, and to nobody where no post waits for models", () => {
  const page = new EventTarget();
  const scroll = (at: number) => {
    const event = new Event("scroll");
    Object.defineProperty(event, "timeStamp", { value: at });
    page.dispatchEvent(event);
  };
  let wanted = false;
  let told = 0;
  const motion = new Motion(
    page,
    () => wanted,
    () => void told++,
  );
  motion.start();
  scroll(0);
  assert.equal(told, 0, "nobody is to know");
  wanted = true;
  scroll(16);
  assert.equal(told, 1, "at once");
  for (let at = 32; at < 216; at += 16) scroll(at);
  assert.equal(told, 1, "not for every frame");
  for (let at = 216; at <= 1016; at += 16) scroll(at);
  assert.equal(told, 4 + 1, "while it lasts");
  motion.stop();
  scroll(5000);
  assert.equal(told, 5);
});

test("what is unhurried is done at once where the page rests, and when it is idle where it moves, in its order", async () => {
  let moves = false;
  let idle = () => {};
  const done: number[] = [];
  const unhurried = new Unhurried(
    () => moves,
    () =>
      new Promise<void>((resolve) => {
        idle = resolve;
      }),
  );
  unhurried.do(() => done.push(1));
  assert.deepEqual(done, [1]);
  moves = true;
  unhurried.do(() => done.push(2));
  unhurried.do(() => done.push(3));
  assert.deepEqual(done, [1]);
  idle();
  await Promise.resolve();
  assert.deepEqual(done, [1, 2, 3]);
  // What waits is not overtaken when the page comes to rest.
  unhurried.do(() => done.push(4));
  moves = false;
  unhurried.do(() => done.push(5));
  assert.deepEqual(done, [1, 2, 3, 4, 5]);
  idle();
  await Promise.resolve();
  assert.deepEqual(done, [1, 2, 3, 4, 5]);
});
