/** Pictures decoded and made smaller, off the page. */

/** Longest side that is handed to a model; it scales to its own size by itself. */
const MAX_SIDE = 1024;
/** Largest picture that is decoded, as the page sent it, in characters. */
const MAX_PICTURE = 2 << 20;

/**
 * The pixels of an image file in a data address; of an animation its first frame. `null` for what cannot be decoded: too
 * large, broken, or no image.
 */
export async function pixelsOf(picture: string): Promise<ImageData | null> {
  if (picture.length > MAX_PICTURE || !/^data:image\/(png|jpeg|webp);base64,/.test(picture)) return null;
  let bitmap: ImageBitmap;
  try {
    const bytes = Uint8Array.from(atob(picture.slice(picture.indexOf(",") + 1)), (c) => c.charCodeAt(0));
    bitmap = await createImageBitmap(new Blob([bytes]));
  } catch {
    return null;
  }
  try {
    const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height, 1));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (context === null) return null;
    context.drawImage(bitmap, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } finally {
    bitmap.close();
  }
}
