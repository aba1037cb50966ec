import { compareGolden } from "../scorer.ts";
import { answer, loadServed, readServed } from "./load.ts";

answer(async () => {
  const { Scorer } = await loadServed();
  return compareGolden(new Scorer(), readServed);
});
