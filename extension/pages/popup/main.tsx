/** The toolbar popup. */
import { render } from "preact";
import { follow } from "./model.ts";
import { Popup } from "./popup.tsx";

render(<Popup />, document.body);
follow();
