/** Looking at what Chromium really showed, pixel by pixel. */
import type { Page } from "puppeteer-core";
import type { Running } from "./browsers.ts";

/** What was found. */
export interface MarkedFrames {
  /** Pictures that Chromium handed out. */
  frames: number;
  /** Of those, how many hold the marker colour (#ff00fe). */
  marked: number;
}

/** Takes every picture Chromium hands out while `act` runs, and counts those with a pixel of the marker's colour. */
export async function countMarkedFrames(
  running: Running,
  page: Page,
  act: () => Promise<void>,
): Promise<MarkedFrames> {
  // A page of its own decodes the pictures: the browser can, and no library is needed.
  const decoder = await running.newPage();
  await page.bringToFront();
  const session = await page.createCDPSession();
  const pictures: string[] = [];
  session.on("Page.screencastFrame", ({ data, sessionId }) => {
    pictures.push(data);
    void session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  });
  await session.send("Page.startScreencast", { format: "png", everyNthFrame: 1 });
  await act();
  await session.send("Page.stopScreencast");
  await session.detach();
  let marked = 0;
  for (const picture of pictures) if (await holdsMarker(decoder, picture)) marked++;
  await decoder.close();
  return { frames: pictures.length, marked };
}

function holdsMarker(decoder: Page, picture: string): Promise<boolean> {
  return decoder.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    if (!context) throw new Error("no canvas to look at the picture with");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    for (let at = 0; at < data.length; at += 4)
      if ((data[at] ?? 0) > 250 && (data[at + 1] ?? 255) < 5 && (data[at + 2] ?? 0) > 249) return true;
    return false;
  }, picture);
}
