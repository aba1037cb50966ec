/**
 * The pictures of a post for a model: what the page has loaded already, made smaller off the main thread. No request is
 * made: a picture that the page may not read (another site's, without leave) stays unknown.
 */
import { MAX_PICTURE, MAX_PICTURES } from "../shared/guards.ts";
import { whenIdle } from "./idle.ts";

/** Pixels: what is smaller is an avatar or an ornament. */
const MIN_SIDE = 96;
/** Longest side that is sent, in pixels: models look at some 224. */
const MAX_SIDE = 320;
/** Largest picture that is taken, in pixels. */
const MAX_PIXELS = 40e6;
/** Milliseconds that a picture which is still loading is waited for. */
const LOADING = 3000;
/** Milliseconds that an idle moment of the page is to have: a large picture is decoded in it. */
const IDLE = 6;
/** Milliseconds after which a picture is made smaller though the page was never idle for so long. */
const MOST_WAIT = 1000;
/** Most elements of a post that are looked at. */
const MAX_LOOKED_AT = 40;

/** The pictures of an item as data addresses; those that cannot be read are left out. */
export async function picturesOf(item: Element): Promise<string[]> {
  const images = [...item.querySelectorAll("img")].slice(0, MAX_LOOKED_AT);
  const found: string[] = [];
  for (const image of images) {
    if (found.length >= MAX_PICTURES) break;
    if (!(await loaded(image))) continue;
    const { naturalWidth: width, naturalHeight: height } = image;
    if (Math.min(width, height) < MIN_SIDE || width * height > MAX_PIXELS) continue;
    const picture = await inTurn(() => smaller(image, width, height)).catch(() => null);
    if (picture !== null && picture.length <= MAX_PICTURE) found.push(picture);
  }
  return found;
}

let last: Promise<unknown> = Promise.resolve();

/** Jobs one after another, each when the page has nothing to draw: no picture is worth a frame. */
function inTurn<T>(job: () => Promise<T>): Promise<T> {
  const next = last.then(() => whenIdle(IDLE, MOST_WAIT)).then(job);
  last = next.catch(() => {});
  return next;
}

async function loaded(image: HTMLImageElement): Promise<boolean> {
  if (image.complete) return image.naturalWidth > 0;
  // What the page puts off until it is scrolled to is not to be fetched for us.
  if (image.loading === "lazy") return false;
  await Promise.race([
    new Promise((resolve) => image.addEventListener("load", resolve, { once: true })),
    new Promise((resolve) => setTimeout(resolve, LOADING)),
  ]);
  return image.complete && image.naturalWidth > 0;
}

/** Throws where the picture is another site's and came without leave to be read. */
async function smaller(image: HTMLImageElement, width: number, height: number): Promise<string> {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  const size = {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
  };
  // Of an animation this takes the first frame.
  const bitmap = await createImageBitmap(image, { ...size, resizeQuality: "medium" });
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    return await address(await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 }));
  } finally {
    bitmap.close();
  }
}

function address(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("the picture cannot be read"));
    reader.readAsDataURL(blob);
  });
}
