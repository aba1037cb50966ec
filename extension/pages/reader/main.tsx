/** The reader: the posts of every open page as one feed, in the reader's own order. */
import { render } from "preact";
import { start } from "./model.ts";
import { Reader } from "./reader.tsx";

render(<Reader />, document.body);
start();
