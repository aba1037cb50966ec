/** What a filter needs before rules can ask it. */
import { ENOUGH } from "../../../shared/taught.ts";

/** What a filter still needs, in words; `undefined`: nothing. */
export function neededWords({ belong, others }: { belong: number; others: number }): string | undefined {
  const missing = [
    belong < ENOUGH ? `${ENOUGH - belong} more that you want less of` : "",
    others < ENOUGH ? `${ENOUGH - others} more that you want more of` : "",
  ].filter((words) => words !== "");
  if (missing.length === 0)
    return belong + others < 10 ? "Rules can ask it; it gets better with ten examples and more." : undefined;
  return `It needs ${missing.join(", and ")}, before rules can ask it.`;
}
