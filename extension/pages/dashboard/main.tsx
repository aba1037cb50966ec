/** The dashboard: the reader's rules, packs, backups, and how Diffract is doing. */
import { render } from "preact";
import { Dashboard } from "./dashboard.tsx";
import { followStored } from "./model.ts";

render(<Dashboard />, document.body);
followStored();
