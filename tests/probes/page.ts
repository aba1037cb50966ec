/** The probe page's own script. */
import { probe } from "./probes.ts";

declare global {
  var probed: Promise<Record<string, unknown>> | undefined;
}

globalThis.probed = probe();
