/** Before and after: a page's posts in the host's order and in that of the rules. */
import { render } from "preact";
import { Compare } from "./compare.tsx";
import { start } from "./model.ts";

render(<Compare />, document.body);
start();
