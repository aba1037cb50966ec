/** Figures of a sample. */

/** The value below which a share (0..1) of the sample lies; `null` for an empty one. */
export function percentile(sample: readonly number[], share: number): number | null {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}
