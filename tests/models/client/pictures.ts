/** Pictures by the extension's own reader and the shipped model, in a worker. */
import { pixelsOf } from "../../../extension/worker/pixels.ts";
import { addShipped } from "../scorer.ts";
import { answer, loadServed, readServed } from "./load.ts";

/** Of a picture: nothing where it cannot be decoded. */
export interface Seen {
  width: number;
  height: number;
  /** Of the four channels of its first pixel. */
  first: number[];
  score: number;
}

answer(async ({ pictures }: { pictures: string[] }): Promise<(Seen | null)[]> => {
  const { Scorer } = await loadServed();
  const scorer = new Scorer();
  await addShipped(scorer, readServed, "nsfw");
  const seen: (Seen | null)[] = [];
  for (const picture of pictures) {
    const pixels = await pixelsOf(picture);
    if (pixels === null) {
      seen.push(null);
      continue;
    }
    const { data, width, height } = pixels;
    const score = scorer.picture("nsfw", new Uint8Array(data.buffer), width, height);
    seen.push({ width, height, first: [...data.subarray(0, 4)], score });
  }
  return seen;
});
