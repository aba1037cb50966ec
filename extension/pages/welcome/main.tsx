/** The page that opens once, after Diffract was installed. */
import { render } from "preact";
import { onStored } from "../common/browser.ts";
import { refresh, Welcome } from "./welcome.tsx";

render(<Welcome />, document.body);
onStored(() => void refresh());
void refresh();
