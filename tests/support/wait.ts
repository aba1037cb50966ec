/** Waiting for what is bound to come. */

/** How long anything is waited for, in milliseconds: slow machines are slow, not wrong. */
export const PATIENCE = 60_000;

/** Sleeps. Never used to decide that something has *not* happened. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again and again until the answer is neither `undefined`, `null` nor `false`, and returns it. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  patience = PATIENCE,
): Promise<Exclude<T, undefined | null | false>> {
  const end = performance.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false)
      return answer as Exclude<T, undefined | null | false>;
    if (performance.now() > end) throw new Error(`waited ${patience / 1000} s for ${what}`);
    await pause(50);
  }
}
