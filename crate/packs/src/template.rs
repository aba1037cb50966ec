//! The pack that `diffract new` makes: sound, tested, and small enough to be understood at once.

use crate::files::{FileError, Files};
use crate::manifest::is_id;

/// A title of an id: `quiet-evenings` is `Quiet evenings`.
pub fn title_of(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// An id of what someone calls a pack: `Quiet Evenings!` is `quiet-evenings`. `None` where nothing is left of it.
pub fn id_of(name: &str) -> Option<String> {
    let mut id = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    let id: String = id.trim_start_matches(|c: char| !c.is_ascii_lowercase()).chars().take(40).collect();
    let id = id.trim_end_matches('-').to_owned();
    is_id(&id).then_some(id)
}

/// The files of a starting pack.
///
/// # Errors
/// Never, for an id that [`is_id`] accepts.
pub fn files(id: &str, author: &str) -> Result<Files, FileError> {
    let title = title_of(id);
    let author: String =
        author.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).take(100).collect();
    let author = if author.trim().is_empty() { "Anonymous" } else { author.trim() };
    let mut files = Files::default();
    let mut add = |path: &str, text: String| files.add(path, text.into_bytes());
    add(
        crate::MANIFEST,
        format!(
            "id = \"{id}\"\ntitle = \"{title}\"\ndescription = \"Folds giveaways away, and leaves those of your friends.\"\n\
             version = \"0.1.0\"\nauthor = \"{author}\"\nlicence = \"CC0-1.0\"\nlanguages = [\"en\"]\ndiffract = \"{}\"\n",
            crate::VERSION
        ),
    )?;
    add(
        crate::RULES,
        "# One sentence a line. docs/rules.md says what can be asked; `diffract check` says what is wrong.\n\
         let @bait = list \"bait.txt\"\n\n\
         collapse if text has any @bait because \"a giveaway\"\n\
         keep if followed\n"
            .to_owned(),
    )?;
    add(
        "lists/bait.txt",
        "# One phrase a line: `let @bait = list \"bait.txt\"` loads them.\nfollow and repost to win\nenter the giveaway\n"
            .to_owned(),
    )?;
    add(
        "cases/first.toml",
        "# A post goes in, a verdict is expected. `diffract test` runs these; only what is written is compared.\n\n\
         [[case]]\nname = \"a giveaway is folded, and says why\"\npost = { text = \"Follow and repost to win a kettle!\" }\n\
         expect = { action = \"collapse\", because = \"a giveaway\" }\n\n\
         [[case]]\nname = \"a friend's giveaway stays\"\npost = { text = \"Enter the giveaway\", followed = true }\nexpect = \"keep\"\n\n\
         [[case]]\nname = \"ordinary posts stay\"\n\
         posts = [\n  { text = \"I gave away my old kettle.\" },\n  { text = \"We won the match. Follow the link for pictures.\" },\n]\n\
         each = \"show\"\n"
            .to_owned(),
    )?;
    add(
        "README.md",
        format!(
            "# {title}\n\nFolds giveaways away, and leaves those of your friends.\n\n\
             | file | what |\n| --- | --- |\n| `pack.toml` | what the pack says of itself |\n| `rules.rules` | its rules |\n\
             | `lists/` | words and names that rules load |\n| `cases/` | posts, and what the rules must do with them |\n\n\
             ```sh\ndiffract check .     # mistakes in the rules\ndiffract test .      # the cases\n\
             diffract package .   # one file to pass on\n```\n"
        ),
    )?;
    Ok(files)
}
