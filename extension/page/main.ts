/**
 * The interceptor: runs in the page's own world, before any script of the page, on sites whose answers are known and where the
 * reader wants them rewritten. Leaves nothing in the page but stand-ins for what it must hear.
 */
import { network } from "virtual:wire";
import { Line } from "./asking.ts";
import { beginDisguise } from "./disguise.ts";
import { beginGates } from "./gate.ts";
import { hasMessages } from "./platform.ts";
import { standInForRequests } from "./requests.ts";
import { standInForResponses } from "./responses.ts";
import { standInForSockets } from "./sockets.ts";

// Where the browser lets the background rewrite what comes from the network, only sockets are left to see to.
if (!network || hasMessages) {
  const line = new Line();
  beginDisguise();
  beginGates();
  if (!network) {
    standInForResponses(line);
    standInForRequests(line);
  }
  if (hasMessages) standInForSockets(line);
}
