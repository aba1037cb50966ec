/** Prints the share of lines that tests run, a folder of the rule language at a time; fails under a bound. */
import { readFileSync } from "node:fs";

interface Lines {
  count: number;
  covered: number;
}

const FOLDERS = [
  "crate/core/src/syntax",
  "crate/core/src/check",
  "crate/core/src/expression",
  "crate/core/src/matching",
];

function filesOf(report: string): [string, Lines][] {
  const parsed: unknown = JSON.parse(readFileSync(report, "utf8"));
  const { data } = parsed as { data: { files: { filename: string; summary: { lines: Lines } }[] }[] };
  return data.flatMap((part) =>
    part.files.map(({ filename, summary }): [string, Lines] => [
      filename.slice(Math.max(0, filename.indexOf("crate/"))),
      summary.lines,
    ]),
  );
}

const share = ({ count, covered }: Lines) => (count === 0 ? 100 : (100 * covered) / count);
const shown = (lines: Lines) => `${share(lines).toFixed(1).padStart(5)} %  ${lines.covered}/${lines.count}`;

const [report = "", bound = "95"] = process.argv.slice(2);
// Tests inside of the folders are not what is measured.
const files = filesOf(report).filter(([file]) => !/(^|\/)(tests|equivalence|naive)\.rs$/.test(file));
let low = false;
for (const folder of FOLDERS) {
  const inside = files.filter(([file]) => file.startsWith(`${folder}/`));
  const sum = inside.reduce(
    (all, [, lines]) => ({ count: all.count + lines.count, covered: all.covered + lines.covered }),
    { count: 0, covered: 0 },
  );
  if (sum.count === 0) throw new Error(`${report} says nothing of ${folder}`);
  console.log(`${shown(sum)}  ${folder}`);
  for (const [file, lines] of [...inside].sort((a, b) => share(a[1]) - share(b[1])))
    console.log(`  ${shown(lines)}  ${file.slice(folder.length + 1)}`);
  low ||= share(sum) < Number(bound);
}
if (low) {
  console.error(`a folder is under ${bound} % of its lines`);
  process.exit(1);
}
