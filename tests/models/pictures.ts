/** Pictures for tests, made here: whole, broken and moving ones. */
import { deflateSync } from "node:zlib";

/** Red, green, blue and alpha of each pixel. */
export interface Pixels {
  rgba: Uint8Array;
  width: number;
  height: number;
}

/** A picture of noise over a gradient, always the same for the same number. */
export function noise(seed: number): Pixels {
  const [width, height] = [40 + 37 * seed, 300 - 19 * seed];
  let state = seed + 1;
  const rgba = Uint8Array.from({ length: 4 * width * height }, (_, at) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return at % 4 === 3 ? 255 : (((at / 4 / width) | 0) + (state >>> 26)) & 255;
  });
  return { rgba, width, height };
}

/** As a PNG file. With `next`, of the same size, a moving one, which shows that after it. */
export function png(picture: Pixels, next?: Pixels): Uint8Array {
  const { width, height } = picture;
  const header = Buffer.concat([bigEndian(width), bigEndian(height), Buffer.from([8, 6, 0, 0, 0])]);
  // Number, size, place, a tenth of a second; nothing is blended.
  const frame = (number: number) =>
    chunk(
      "fcTL",
      Buffer.concat([
        ...[number, width, height, 0, 0].map(bigEndian),
        Buffer.from([0, 1, 0, 10]),
        Buffer.from([0, 0]),
      ]),
    );
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk("IHDR", header),
    ...(next ? [chunk("acTL", Buffer.concat([bigEndian(2), bigEndian(0)])), frame(0)] : []),
    chunk("IDAT", rows(picture)),
    ...(next ? [frame(1), chunk("fdAT", Buffer.concat([bigEndian(2), rows(next)]))] : []),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function rows({ rgba, width, height }: Pixels): Buffer {
  const rows = Buffer.alloc(height * (1 + 4 * width));
  for (let row = 0; row < height; row++)
    rows.set(rgba.subarray(4 * row * width, 4 * (row + 1) * width), row * (1 + 4 * width) + 1);
  return deflateSync(rows);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** A chunk of a PNG file, with its checksum. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  let crc = 0xffffffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return Buffer.concat([bigEndian(data.length), body, bigEndian(~crc)]);
}

/** The head of a PNG file that says it is so large, and holds nothing. */
export const claimed = (width: number, height: number): Uint8Array =>
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk("IHDR", Buffer.concat([bigEndian(width), bigEndian(height), Buffer.from([8, 6, 0, 0, 0])])),
    chunk("IDAT", deflateSync(Buffer.alloc(1024))),
    chunk("IEND", Buffer.alloc(0)),
  ]);

/** A moving GIF of one pixel: black, then white. */
export const GIF = Uint8Array.from(
  Buffer.from(
    "47494638396101000100800000000000ffffff21f904000a0000002c000000000100010000020244010021f90400" +
      "0a0000002c00000000010001000002024c01003b",
    "hex",
  ),
);

/** As the content script hands it on. */
export const address = (type: string, file: Uint8Array): string =>
  `data:image/${type};base64,${Buffer.from(file).toString("base64")}`;
