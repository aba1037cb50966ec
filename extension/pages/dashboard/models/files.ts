/**
 * Files of a model that a reader brings: `model.onnx` and `card.toml`, by themselves, in a folder, or in a zip; or the examples of a
 * filter. Strangers' files: sizes are looked at before anything is read, and what is refused says why.
 */
import { strToU8, unzipSync, zipSync } from "fflate";
import type { Thumb } from "../../../shared/messages.ts";
import { integer, Misfit, object, oneOf } from "../../../shared/shape.ts";
import { filterName, readThumbs } from "../../../shared/taught.ts";

/** Largest card and file, in bytes: what the scorer reads. */
export const MAX_CARD_FILE = 256 << 10;
export const MAX_ONNX = 64 << 20;
/** Largest zip of both. */
const MAX_ZIP = MAX_ONNX + (1 << 20);
/** Largest file of examples. */
const MAX_EXAMPLES_FILE = 4 << 20;
/** Most files that are looked at, of a folder or a zip. */
const MAX_FILES = 100;

/** What was found in some files. */
export type Brought =
  | { is: "model"; card: string; onnx: Uint8Array }
  | { is: "examples"; name: string; thumbs: Thumb[] };

/** Why files cannot be taken, in words for the reader. */
export class Unfit extends Error {}

const MISSING =
  "A model is two files, `model.onnx` and its `card.toml`; choose both, a zip or a folder with both";

/** Looks into files. Rejects with {@link Unfit}. */
export async function readBrought(files: readonly File[]): Promise<Brought> {
  if (files.length === 0) throw new Unfit(`${MISSING}.`);
  if (files.length > MAX_FILES) throw new Unfit(`There are over ${MAX_FILES} files; ${lower(MISSING)}.`);
  const [only] = files;
  if (only !== undefined && files.length === 1) {
    const head = new Uint8Array(await only.slice(0, 2).arrayBuffer());
    if (head[0] === 0x50 && head[1] === 0x4b) return fromZip(only);
    if (/\.json$/iu.test(only.name)) return { is: "examples", ...(await readExamples(only)) };
  }
  const card = one(files, isCard, "cards");
  const onnx = one(files, isOnnx, "ONNX files");
  if (card === undefined || onnx === undefined)
    throw new Unfit(missingWords(card !== undefined, onnx !== undefined));
  bound("card", card.size, MAX_CARD_FILE);
  bound("ONNX file", onnx.size, MAX_ONNX);
  return { is: "model", card: decoded(await bytesOf(card)), onnx: await bytesOf(onnx) };
}

const isCard = (name: string): boolean => /(^|[\\/])[^\\/]*\.toml$/iu.test(name);
const isOnnx = (name: string): boolean => /\.onnx$/iu.test(name);
const lower = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);

function one<T extends { name: string }>(
  files: readonly T[],
  fits: (name: string) => boolean,
  what: string,
): T | undefined {
  // What a Mac adds beside each file of an archive.
  const found = files.filter(({ name }) => fits(name) && !/(^|\/)(__MACOSX\/|\._)/u.test(name));
  if (found.length > 1) throw new Unfit(`There are ${found.length} ${what}; bring one model at a time.`);
  return found[0];
}

function missingWords(hasCard: boolean, hasOnnx: boolean): string {
  if (!hasCard && !hasOnnx) return `${MISSING}.`;
  return `There is no ${hasCard ? "`.onnx` file" : "`card.toml`"} among them. ${MISSING}.`;
}

function bound(what: string, size: number, most: number): void {
  if (size > most)
    throw new Unfit(
      `The ${what} has ${(size / (1 << 20)).toFixed(1)} MB; at most ${most >= 1 << 20 ? `${most >> 20} MB` : `${most >> 10} KB`} are read.`,
    );
  if (size === 0) throw new Unfit(`The ${what} is empty.`);
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new Unfit(`“${file.name}” cannot be read; it may have been moved or changed since it was chosen.`);
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Unfit("The card is no text in UTF-8.");
  }
}

async function fromZip(file: File): Promise<Brought> {
  bound("zip", file.size, MAX_ZIP);
  const bytes = await bytesOf(file);
  const entries: { name: string; size: number }[] = [];
  let found: Record<string, Uint8Array>;
  try {
    // First the names and sizes alone; nothing is unpacked.
    unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (entries.length > MAX_FILES) throw new Unfit(`The zip holds over ${MAX_FILES} files.`);
        entries.push({ name, size: originalSize });
        return false;
      },
    });
    const card = one(entries, isCard, "cards");
    const onnx = one(entries, isOnnx, "ONNX files");
    if (card === undefined || onnx === undefined)
      throw new Unfit(missingWords(card !== undefined, onnx !== undefined));
    bound("card", card.size, MAX_CARD_FILE);
    bound("ONNX file", onnx.size, MAX_ONNX);
    // No entry is given more room than it says here, whatever it holds.
    found = unzipSync(bytes, { filter: ({ name }) => name === card.name || name === onnx.name });
    const [cardBytes, onnxBytes] = [found[card.name], found[onnx.name]];
    if (cardBytes === undefined || onnxBytes === undefined) throw new Unfit(`${MISSING}.`);
    return { is: "model", card: decoded(cardBytes), onnx: onnxBytes };
  } catch (error) {
    if (error instanceof Unfit) throw error;
    throw new Unfit(
      `“${file.name}” is no zip that can be read (${error instanceof Error ? error.message : String(error)}).`,
    );
  }
}

const readForm = object({
  format: oneOf("diffract-filter"),
  version: integer(1, 1),
  name: filterName,
  thumbs: readThumbs,
});

async function readExamples(file: File): Promise<{ name: string; thumbs: Thumb[] }> {
  bound("file of examples", file.size, MAX_EXAMPLES_FILE);
  let value: unknown;
  try {
    value = JSON.parse(decoded(await bytesOf(file)));
  } catch (error) {
    throw new Unfit(
      `“${file.name}” holds no examples of a filter (${error instanceof Error ? error.message : ""}).`,
    );
  }
  try {
    const { name, thumbs } = readForm(value, "the file");
    return { name, thumbs };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    throw new Unfit(`“${file.name}” holds no examples of a filter: ${error.message}.`);
  }
}

/** A filter's examples as a file that {@link readBrought} reads. */
export const examplesFile = (name: string, thumbs: readonly Thumb[]): string =>
  `${JSON.stringify({ format: "diffract-filter", version: 1, name, thumbs }, null, 2)}\n`;

/** A model's two files as one; stored, for weights do not get smaller. */
export const modelFile = (card: string, onnx: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    zipSync({ "card.toml": strToU8(card), "model.onnx": onnx }, { level: 0, mtime: "1980-01-01T00:00:00" }),
  );

/** The files that were dropped, those of folders with them. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  // To be asked before anything is awaited: the browser takes the items back.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const plain = [...transfer.files];
  if (!entries.some((entry) => entry.isDirectory)) return plain;
  const files: File[] = [];
  for (const entry of entries.slice(0, MAX_FILES)) files.push(...(await filesIn(entry)));
  return files.slice(0, MAX_FILES + 1);
}

async function filesIn(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile)
    return [
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    ];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found = await new Promise<FileSystemEntry[]>((resolve, reject) =>
    reader.readEntries(resolve, reject),
  );
  // A model's folder has no folders in it.
  const inside = found.filter((one) => one.isFile).slice(0, MAX_FILES + 1);
  return (await Promise.all(inside.map(filesIn))).flat();
}
