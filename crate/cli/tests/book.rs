//! Every code block of the book runs. A page is played from top to bottom in a folder of its own:
//!
//! - `diffract`: rules that draw no error and no warning (`wrong`: that do). `file=NAME` writes them there.
//! - `toml,proof`: posts and what the rules above make of them, in the form of `tests/rules/*.toml`.
//! - `json`, `toml`, `text` with `file=NAME`: written there.
//! - `console`: commands behind `$ `, and what they print, both streams as they come. `? 1` at the end is the exit code.
//! - What [`READ_ELSEWHERE`] lists has a test of its own: `crate/core/tests/{docs,cases}.rs`, `crate/adapters/tests`.
//!
//! After a change of what commands print: `DIFFRACT_BLESS=1 cargo test -p diffract-cli --test book`, then read the difference.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Pages whose bare blocks other tests read; training a model takes data sets and minutes, and is not run here.
const READ_ELSEWHERE: &[(&str, &[&str])] = &[
    ("rules.md", &["text"]),
    ("rules/grammar.md", &["ebnf"]),
    ("adapters.md", &["toml"]),
    ("cookbook.md", &["diffract", "toml"]),
    ("models.md", &["sh"]),
];

fn docs() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"))
}

/// The pages that `SUMMARY.md` lists, but for decisions, which show no code that is the reader's.
fn pages() -> Vec<String> {
    let summary = std::fs::read_to_string(docs().join("SUMMARY.md")).expect("docs/SUMMARY.md");
    let links = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    links.filter(|page| !page.starts_with("decisions/")).map(str::to_owned).collect()
}

/// A fenced block: what stands behind the fence, and its text with where that lies in the page.
struct Block {
    info: Vec<String>,
    text: String,
    start: usize,
}

impl Block {
    fn has(&self, word: &str) -> bool {
        self.info.iter().any(|part| part == word)
    }

    fn file(&self) -> Option<&str> {
        self.info.iter().find_map(|part| part.strip_prefix("file="))
    }
}

fn blocks(page: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut open: Option<Block> = None;
    let mut at = 0;
    for line in page.split_inclusive('\n') {
        at += line.len();
        let fence = line.trim().strip_prefix("```");
        match (&mut open, fence) {
            (None, Some(info)) => {
                let info = info.split(',').map(str::to_owned).collect();
                open = Some(Block { info, text: String::new(), start: at });
            }
            (Some(_), Some("")) => out.extend(open.take()),
            (Some(block), _) => block.text.push_str(line),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    out
}

/// Runs `diffract` and gives what it printed, with the exit code if that is not 0.
fn run(folder: &Path, line: &str) -> String {
    let mut words = line.split_whitespace();
    assert_eq!(words.next(), Some("diffract"), "only `diffract` is run: {line}");
    let done = Command::new(env!("CARGO_BIN_EXE_diffract"))
        .args(words)
        .current_dir(folder)
        .env_clear()
        .env("COLUMNS", "100")
        .output()
        .expect("the command starts");
    let mut out = String::from_utf8_lossy(&done.stdout).into_owned();
    out.push_str(&String::from_utf8_lossy(&done.stderr));
    match done.status.code() {
        Some(0) => {}
        code => {
            let _ = writeln!(out, "? {}", code.unwrap_or(-1));
        }
    }
    out
}

/// A console block as it would be now.
fn replayed(folder: &Path, block: &str) -> String {
    let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
    commands.fold(String::new(), |mut out, command| {
        let _ = write!(out, "$ {command}\n{}", run(folder, command));
        out
    })
}

/// What `diffract check` says of rules.
fn checked(folder: &Path, rules: &str) -> String {
    let file = folder.join(".block.rules");
    std::fs::write(&file, rules).expect("the block is written");
    let said = run(folder, "diffract check .block.rules");
    std::fs::remove_file(file).expect("the block is removed");
    said
}

/// Runs a proof as `diffract test` would run a pack's case.
fn proven(folder: &Path, rules: &str, proof: &str) -> String {
    let pack = folder.join(".proof");
    std::fs::create_dir_all(pack.join("cases")).expect("a folder for the proof");
    let write = |name: &str, text: &str| std::fs::write(pack.join(name), text).expect("the proof is written");
    write(
        "pack.toml",
        "id = \"proof\"\ntitle = \"Proof\"\ndescription = \"A proof of the book.\"\nversion = \"1.0.0\"\nauthor = \"Diffract\"\nlicence = \"MPL-2.0\"\n",
    );
    write("rules.rules", rules);
    write("cases/proof.toml", &format!("[[case]]\nname = \"proof\"\n{proof}"));
    let said = run(folder, "diffract test .proof");
    std::fs::remove_dir_all(pack).expect("the proof is removed");
    said
}

/// Plays a page; the page as it should be, and what is wrong.
fn play(name: &str, page: &str) -> (String, Vec<String>) {
    let folder =
        std::env::temp_dir().join(format!("diffract-book-{}-{}", std::process::id(), name.replace('/', "-")));
    std::fs::create_dir_all(&folder).expect("a folder for the page");
    let mut wrong = Vec::new();
    let mut fresh = page.to_owned();
    let mut rules = String::new();
    // From the end of the page, so that places before a replaced text stay true.
    let mut replacements = Vec::new();
    for block in blocks(page) {
        if let Some(file) = block.file() {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
            std::fs::write(&path, &block.text).expect("a file of the page");
        }
        let language = block.info.first().map(String::as_str).unwrap_or_default();
        match language {
            _ if READ_ELSEWHERE
                .iter()
                .any(|(page, languages)| *page == name && languages.contains(&language)) => {}
            "diffract" => {
                rules.clone_from(&block.text);
                // A list of a pack is there only in its folder.
                if block.file().is_none_or(|file| !file.contains('/')) {
                    let said = checked(&folder, &block.text);
                    let bad = ["error", "warning"]
                        .iter()
                        .any(|word| said.lines().any(|line| line.starts_with(word)));
                    if bad != block.has("wrong") {
                        wrong.push(format!("rules draw this:\n{}\n{said}", block.text));
                    }
                }
            }
            "toml" if block.has("proof") => {
                let said = proven(&folder, &rules, &block.text);
                if said.lines().last().is_some_and(|line| line.starts_with("? ")) {
                    wrong.push(format!("a proof fails:\n{}\n{said}", block.text));
                }
            }
            "console" => {
                let now = replayed(&folder, &block.text);
                if now != block.text {
                    wrong.push(format!("a command prints otherwise:\n{}\nnow:\n{now}", block.text));
                    replacements.push((block.start, block.text.len(), now));
                }
            }
            _ if block.file().is_some() => {}
            _ => wrong.push(format!("nothing runs this block of `{language}`:\n{}", block.text)),
        }
    }
    for (start, length, text) in replacements.into_iter().rev() {
        fresh.replace_range(start..start + length, &text);
    }
    std::fs::remove_dir_all(&folder).expect("the page's folder is removed");
    (fresh, wrong)
}

#[test]
fn every_block_of_the_book_runs() {
    let bless = std::env::var_os("DIFFRACT_BLESS").is_some();
    let pages = pages();
    assert!(pages.len() >= 10, "only {} pages in docs/SUMMARY.md", pages.len());
    let mut all = Vec::new();
    for name in pages {
        let path = docs().join(&name);
        let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("docs/{name}: {error}"));
        let (fresh, wrong) = play(&name, &page);
        if bless && fresh != page {
            std::fs::write(&path, fresh).expect("the page can be written");
        }
        all.extend(wrong.into_iter().map(|what| format!("docs/{name}: {what}")));
    }
    assert!(bless || all.is_empty(), "{}", all.join("\n\n"));
}
