/**
 * Ways in which a script of a page may try to notice that requests are intercepted. The page runs them before anything else; each says
 * what it saw. The same page on a host where Diffract does not run must say the same. What a probe throws is what it saw.
 */
import { answers } from "./answers.ts";
import { builtIns } from "./built-ins.ts";
import { events } from "./events.ts";
import { functions } from "./functions.ts";
import { type Probe, told } from "./looking.ts";
import { realms } from "./realms.ts";
import { requests } from "./requests.ts";
import { stacks } from "./stacks.ts";
import { traces } from "./traces.ts";

export const PROBES: Record<string, Probe> = {
  ...functions,
  ...realms,
  ...stacks,
  ...events,
  ...builtIns,
  ...requests,
  ...answers,
  ...traces,
};

/** Runs all of them, one after the other, and leaves what they said where it can be read. */
export async function probe(): Promise<Record<string, unknown>> {
  const said: Record<string, unknown> = {};
  for (const [name, run] of Object.entries(PROBES)) {
    try {
      said[name] = await run();
    } catch (error) {
      said[name] = told(error);
    }
  }
  return JSON.parse(
    JSON.stringify(said, (_, value: unknown) => (value === undefined ? "undefined" : value)),
  ) as Record<string, unknown>;
}
