/** What is made of many pieces, one of which may break the making. */

/**
 * Makes something of `sources`; where that throws, of those with which it does not, and says which were left out. Throws
 * what `make` throws of nothing at all: then no piece is at fault.
 */
export function without<S, T>(
  sources: readonly S[],
  make: (sources: S[]) => T,
): { made: T; left: Array<{ source: S; error: unknown }> } {
  try {
    return { made: make([...sources]), left: [] };
  } catch {
    let made = make([]);
    const taken: S[] = [];
    const left: Array<{ source: S; error: unknown }> = [];
    for (const source of sources) {
      try {
        made = make([...taken, source]);
        taken.push(source);
      } catch (error) {
        left.push({ source, error });
      }
    }
    return { made, left };
  }
}
