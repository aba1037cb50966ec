/** When the background is told that somebody moves through a page. No browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
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
