/** From a page to posts. */
export { Extractor, type Found } from "./extractor.ts";
export {
  type Address,
  type CompiledAdapter,
  expectsFeed,
  isFormOf,
  isHostOf,
  pickAdapter,
  surfaceOf,
} from "./pick.ts";
export { disown, mayHost, PLAIN_HOSTS, shadowRootOf, visibleText } from "./visible-text.ts";
