/**
 * Small readers for values from outside. A reader returns the value in its type, without keys it does not know,
 * or throws {@link Misfit} that says where and what. Everything is bounded: a reader never copies more than its limit.
 */

/** A value does not have the shape; `message` names the place. */
export class Misfit extends Error {}

/** Reads a value found at `at`. */
export type Read<T> = (value: unknown, at: string) => T;

/** Text of at most `max` UTF-16 code units. */
export const text =
  (max: number, min = 0): Read<string> =>
  (value, at) => {
    if (typeof value !== "string") throw new Misfit(`${at} is not text`);
    if (value.length > max) throw new Misfit(`${at} is longer than ${max} characters`);
    if (value.length < min) throw new Misfit(`${at} is empty`);
    return value;
  };

/** A finite number within bounds. */
export const number =
  (min: number, max: number): Read<number> =>
  (value, at) => {
    if (typeof value !== "number" || !Number.isFinite(value)) throw new Misfit(`${at} is not a number`);
    if (value < min || value > max) throw new Misfit(`${at} is not between ${min} and ${max}`);
    return value;
  };

/** A whole number within bounds. */
export const integer = (min: number, max: number): Read<number> => {
  const bounded = number(min, max);
  return (value, at) => {
    const n = bounded(value, at);
    if (!Number.isInteger(n)) throw new Misfit(`${at} is not a whole number`);
    return n;
  };
};

/** What is read later, by another reader. */
export const anything: Read<unknown> = (value) => value;

export const flag: Read<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw new Misfit(`${at} is neither true nor false`);
  return value;
};

/** One of these texts. */
export const oneOf =
  <const T extends string>(...choices: T[]): Read<T> =>
  (value, at) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new Misfit(`${at} is none of ${choices.join(", ")}`);
    return found;
  };

/** A list of at most `max` entries. */
export const list =
  <T>(entry: Read<T>, max: number): Read<T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw new Misfit(`${at} is not a list`);
    if (value.length > max) throw new Misfit(`${at} has more than ${max} entries`);
    return value.map((v, i) => entry(v, `${at}[${i}]`));
  };

/** An object used as a map, of at most `max` entries, by keys that `key` reads. */
export const record =
  <T>(entry: Read<T>, max: number, key: Read<string> = text(200)): Read<Record<string, T>> =>
  (value, at) => {
    const entries = Object.entries(plain(value, at));
    if (entries.length > max) throw new Misfit(`${at} has more than ${max} entries`);
    return Object.fromEntries(
      entries.map(([name, v]) => [key(name, `a key of ${at}`), entry(v, `${at}.${name.slice(0, 200)}`)]),
    );
  };

/** The value, or `undefined` where the key is absent. */
export const optional =
  <T>(entry: Read<T>): Read<T | undefined> =>
  (value, at) =>
    value === undefined || value === null ? undefined : entry(value, at);

type Shape = Record<string, Read<unknown>>;
type Shaped<S extends Shape> = {
  [K in keyof S as undefined extends ReturnType<S[K]> ? never : K]: ReturnType<S[K]>;
} & {
  [K in keyof S as undefined extends ReturnType<S[K]> ? K : never]?: Exclude<ReturnType<S[K]>, undefined>;
};

/** An object with these keys; others are left out. */
export const object = <S extends Shape>(shape: S): Read<Shaped<S>> => {
  const entries = Object.entries(shape);
  return (value, at) => {
    const source = plain(value, at);
    const result: Record<string, unknown> = {};
    for (const [key, read] of entries) {
      const read_ = read(Object.hasOwn(source, key) ? source[key] : undefined, `${at}.${key}`);
      if (read_ !== undefined) result[key] = read_;
    }
    return result as Shaped<S>;
  };
};

/** A union told apart by its `type`. */
export const variants =
  <T>(readers: Record<string, Read<T>>): Read<T> =>
  (value, at) => {
    const type = plain(value, at).type;
    const read = typeof type === "string" && Object.hasOwn(readers, type) ? readers[type] : undefined;
    if (read === undefined) throw new Misfit(`${at} is of no known type`);
    return read(value, at);
  };

function plain(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Misfit(`${at} is not an object`);
  return value as Record<string, unknown>;
}

/** The value, or `null` with the words of the refusal handed to `refused`. */
export function readOr<T>(
  read: Read<T>,
  value: unknown,
  at: string,
  refused: (words: string) => void,
): T | null {
  try {
    return read(value, at);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    refused(error.message);
    return null;
  }
}
