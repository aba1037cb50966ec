/** Figures of a sample. */

/** The value below which a share (0..1) of the sample lies; `null` for an empty one. */
export function percentile(sample: readonly number[], share: number): number | null {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

/** A generator of numbers in 0..1 that says the same each time: mulberry32, a public-domain one. */
export function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Between which values a share of samples like this one lies in nine of ten cases (bootstrap). */
export function spread(sample: readonly number[], share: number): { from: number; to: number } {
  const draw = drawn(1);
  const found = Array.from(
    { length: 1000 },
    () =>
      percentile(
        sample.map(() => sample[Math.floor(draw() * sample.length)] ?? Number.NaN),
        share,
      ) ?? Number.NaN,
  );
  return { from: percentile(found, 0.05) ?? Number.NaN, to: percentile(found, 0.95) ?? Number.NaN };
}

/** By how much a share of one sample lies above the same share of another, and between which values nine in ten such pairs of samples would say so (bootstrap). */
export function shift(
  one: readonly number[],
  other: readonly number[],
  share: number,
): { by: number; from: number; to: number } {
  const draw = drawn(1);
  const again = (sample: readonly number[]) =>
    sample.map(() => sample[Math.floor(draw() * sample.length)] ?? Number.NaN);
  const at = (sample: readonly number[]) => percentile(sample, share) ?? Number.NaN;
  const shifts = Array.from({ length: 1000 }, () => at(again(one)) - at(again(other)));
  return {
    by: at(one) - at(other),
    from: percentile(shifts, 0.05) ?? Number.NaN,
    to: percentile(shifts, 0.95) ?? Number.NaN,
  };
}
