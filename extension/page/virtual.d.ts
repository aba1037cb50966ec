/** A module that the build makes (`scripts/build.ts`). */

declare module "virtual:wire" {
  import type { WirePlatform } from "../shared/wire.ts";

  /** Platforms whose answers are known. */
  const platforms: WirePlatform[];
  export default platforms;
  /** The background rewrites what comes from the network; the page sees to sockets only. */
  export const network: boolean;
}
