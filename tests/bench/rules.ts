/** Rules by the thousand, of every common sort: words, phrases, regexes, authors and fields. */
import { seeded } from "../agora/random.ts";

const SYLLABLES = [
  "ka",
  "lo",
  "mi",
  "ren",
  "sta",
  "vu",
  "pel",
  "dro",
  "fin",
  "gar",
  "hul",
  "jo",
  "nex",
  "qui",
  "tor",
  "zan",
];

/** `count` rules, the same on every run. A few of them speak of what Agora's posts say. */
export function mixedRules(count: number): string {
  const random = seeded(7);
  const word = () => Array.from({ length: random.between(2, 4) }, () => random.pick(SYLLABLES)).join("");
  const lines = [
    "hide if promoted",
    'collapse if text has word "giveaway"',
    'label "bait" if text has "you won\'t believe"',
  ];
  for (let rule = lines.length; rule < count; rule++) {
    switch (rule % 8) {
      case 0:
        lines.push(`hide if text has "${word()} ${word()}"`);
        break;
      case 1:
        lines.push(`hide if text has any "${word()}", "${word()}", "${word()}"`);
        break;
      case 2:
        lines.push(`collapse if author is "${word()}_${rule}"`);
        break;
      case 3:
        lines.push(`hide if text matches /\\b${word()}\\d+(${word()}|${word()})\\b/i`);
        break;
      case 4:
        lines.push(`dim if text has word "${word()}" and not author is "${word()}"`);
        break;
      case 5:
        lines.push(`label "${word()}" if hashtags has "${word()}"`);
        break;
      case 6:
        lines.push(`hide if views < ${random.between(1, 30)} and text has "${word()}"`);
        break;
      default:
        lines.push(`collapse if links to ${word()}-${rule}.example and likes > ${random.between(10, 9000)}`);
    }
  }
  return `${lines.slice(0, Math.max(count, 3)).join("\n")}\n`;
}
