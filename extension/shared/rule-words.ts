/**
 * Names that no rule could ask a model by: the language takes them for words of its own. tests/pages/language.test.ts holds them against
 * what the core says.
 */
const WORDS: ReadonlySet<string> = new Set(
  (
    "if and or not because while is in over under has starts ends matches links about like " +
    "text title author name reposted_by replying_to alt community promoted suggested repost reply quote followed verified sensitive " +
    "pinned likes reposts replies views followers length position age duration hashtags mentions labels media kind surface lang"
  ).split(" "),
);

/** Why rules could not ask a model of this name, in words for the reader; nothing where they can. */
export function unaskable(name: string): string | undefined {
  if (WORDS.has(name))
    return `“${name}” is a word of the rules’ own, so no rule could ask it; choose another name`;
  return /^[a-z]/.test(name)
    ? undefined
    : `rules could not ask “${name}”: a name begins with a letter; choose another one`;
}
