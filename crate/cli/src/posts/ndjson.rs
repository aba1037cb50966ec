//! Posts as they are, one JSON object a line: read as a stream, so that a file may be as long as it likes. A bad line
//! costs that line.

use super::payload::{MOST_BYTES, guess};
use super::{BATCH, Clock, Read};
use crate::moment::Moment;
use crate::{files, terminal};
use anyhow::{Context, Result, anyhow, bail};
use diffract_adapters::json::Document;
use diffract_core::json;
use diffract_core::post::Post;
use serde_json::Value;
use serde_json::error::Category;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read as _, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// The longest line that is read, in bytes: no post has more.
const MOST_LINE: usize = 4 << 20;
/// How many bad lines are told one by one.
const MOST_TOLD: usize = 20;
/// How many, where no line is a post.
const MOST_SAMPLES: usize = 3;
/// What of a stream that must be read twice is held in memory, in bytes; the rest goes to a temporary file.
const HELD: usize = 32 << 20;
/// How much of such a stream is kept at all, in bytes.
const MOST_KEPT: u64 = 16 << 30;

type Take<'a> = &'a mut dyn FnMut(Moment, &[Post]) -> Result<ControlFlow<()>>;

/// Something to be read from the start, perhaps twice.
trait Again: io::Read + Seek {}
impl<T: io::Read + Seek> Again for T {}

/// See [`super::Input::each`].
pub fn each(paths: &[PathBuf], clock: &Clock, take: Take<'_>) -> Result<Read> {
    if clock.now.is_some() {
        let moment = clock.moment(|| Ok(None))?;
        let mut sources = Vec::new();
        for path in paths {
            sources.push(Source { name: files::name(path), size: size(path), read: files::open(path)? });
        }
        return hand_on(sources, paths, moment, take);
    }
    // The latest post's time is known only at the end, so everything is read once for that.
    let mut kept = Vec::new();
    for path in paths {
        kept.push((files::name(path), size(path), keep(path)?));
    }
    let moment = clock.moment(|| {
        let mut latest = None;
        for (name, _, source) in &mut kept {
            let mut lines = Lines::new(name, &mut *source);
            while let Some(line) = lines.next()? {
                if let Ok(post) = line.post
                    && let Some(time) = post.time.filter(|time| time.is_finite())
                {
                    latest = Some(latest.map_or(time, |latest: f64| latest.max(time)));
                }
            }
            source.seek(SeekFrom::Start(0)).with_context(|| format!("cannot read {name} again"))?;
        }
        Ok(latest)
    })?;
    let sources = kept.into_iter().map(|(name, size, read)| Source { name, size, read }).collect();
    hand_on(sources, paths, moment, take)
}

struct Source<R> {
    name: String,
    size: Option<u64>,
    read: R,
}

fn size(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len())
}

/// A file, or what a stream says, kept so that it can be read again.
fn keep(path: &Path) -> Result<Box<dyn Again>> {
    let open = files::open(path)?;
    if size(path).is_some() {
        let file = File::open(path).with_context(|| format!("cannot read {}", files::name(path)))?;
        return Ok(Box::new(file));
    }
    let mut kept = tempfile::spooled_tempfile(HELD);
    let name = files::name(path);
    let copied =
        io::copy(&mut open.take(MOST_KEPT + 1), &mut kept).with_context(|| format!("cannot keep {name}"))?;
    if copied > MOST_KEPT {
        bail!("{name} is over {} GB; say `--now MOMENT`, then it need not be read twice", MOST_KEPT >> 30);
    }
    kept.seek(SeekFrom::Start(0)).with_context(|| format!("cannot read {name} again"))?;
    Ok(Box::new(kept))
}

fn hand_on<R: io::Read>(
    sources: Vec<Source<R>>,
    paths: &[PathBuf],
    moment: Moment,
    take: Take<'_>,
) -> Result<Read> {
    let mut read = Read::default();
    let mut batch = Vec::with_capacity(BATCH);
    let mut says_something = false;
    // Told once there is a post: where no line is one, the file is something else, and a few of them say so.
    let mut held: Vec<String> = Vec::new();
    let total = sources.iter().map(|source| source.size).sum::<Option<u64>>();
    // Where the lines themselves go to the terminal, they show how far it is.
    let progress = if io::stdout().is_terminal() {
        indicatif::ProgressBar::hidden()
    } else {
        terminal::progress(total, "reading posts", true)
    };
    for source in sources {
        let mut lines = Lines::new(&source.name, progress.wrap_read(source.read));
        while let Some(line) = lines.next()? {
            match line.post {
                Ok(post) => {
                    read.posts += 1;
                    read.with_host += usize::from(post.host.is_some());
                    for told in held.drain(..) {
                        progress.suspend(|| terminal::error(&told));
                    }
                    says_something |= post.text.is_some() || post.title.is_some() || post.author.is_some();
                    batch.push(*post);
                }
                Err(problem) => {
                    read.bad_lines += 1;
                    if read.bad_lines <= MOST_TOLD {
                        let told =
                            format!("{}:{}: {problem}; the line is left out", source.name, line.number);
                        if read.posts == 0 {
                            held.push(told);
                        } else {
                            progress.suspend(|| terminal::error(&told));
                        }
                    }
                }
            }
            if batch.len() == BATCH {
                if take(moment, &batch)?.is_break() {
                    return Ok(read);
                }
                batch.clear();
            }
        }
    }
    progress.finish_and_clear();
    held.iter().take(MOST_SAMPLES).for_each(|told| terminal::error(told));
    if read.posts > 0 && read.bad_lines > MOST_TOLD {
        terminal::error(&format!("and {} more lines are left out", read.bad_lines - MOST_TOLD));
    }
    if read.posts == 0 {
        let names: Vec<String> = paths.iter().map(|path| files::name(path)).collect();
        let names = names.join(", ");
        if read.bad_lines == 0 {
            terminal::note(&format!("{names}: there are no posts in it"));
        } else {
            match paths.iter().find_map(|path| platform_of(path)) {
                Some(platform) => bail!(
                    "{names}: no line is a post; it looks like a recorded answer of {platform}: try \
                     `--platform {platform}`"
                ),
                None => bail!(
                    "{names}: no line is a post, a JSON object with an `id`; if it is a recorded answer, say \
                     whose with `--platform NAME`"
                ),
            }
        }
    }
    if read.posts > 0
        && !says_something
        && let Some(platform) = paths.iter().find_map(|path| platform_of(path))
    {
        // Some platforms' posts have an `id` too.
        terminal::warning(&format!(
            "no post says more than its id; if this is a recorded answer of {platform}, add `--platform {platform}`"
        ));
    }
    if !batch.is_empty() {
        let _ = take(moment, &batch)?;
    }
    Ok(read)
}

/// Whose recorded answer a file is that was taken for posts.
fn platform_of(path: &Path) -> Option<&'static str> {
    size(path).filter(|size| *size <= MOST_BYTES)?;
    let text = files::text(path, MOST_BYTES, "").ok()?;
    guess(&Document::parse(&text).ok()?)
}

/// One line, or one element where all posts stand in one array.
struct Line {
    number: usize,
    post: Result<Box<Post>>,
}

/// The posts of a stream with their places.
struct Lines<R> {
    name: String,
    read: BufReader<R>,
    number: usize,
    line: Vec<u8>,
    /// The elements of an array, last first.
    elements: Option<Vec<Value>>,
}

impl<R: io::Read> Lines<R> {
    fn new(name: &str, read: R) -> Self {
        let read = BufReader::with_capacity(1 << 16, read);
        Self { name: name.to_owned(), read, number: 0, line: Vec::new(), elements: None }
    }

    fn next(&mut self) -> Result<Option<Line>> {
        loop {
            if let Some(elements) = &mut self.elements {
                let Some(element) = elements.pop() else { return Ok(None) };
                self.number += 1;
                return Ok(Some(Line { number: self.number, post: from_value(element) }));
            }
            let whole = self.read_line()?;
            if self.line.is_empty() {
                return Ok(None);
            }
            self.number += 1;
            if !whole {
                let post = Err(anyhow!("the line is over {} MB", MOST_LINE >> 20));
                return Ok(Some(Line { number: self.number, post }));
            }
            let number = self.number;
            let line = std::mem::take(&mut self.line);
            let text = std::str::from_utf8(&line);
            let text = text.map(|text| if number == 1 { text.trim_start_matches('\u{feff}') } else { text });
            let post = match text.map(str::trim) {
                Ok("") => continue,
                Ok(text) if number == 1 && text.starts_with('[') => {
                    let text = text.to_owned();
                    self.read_array(text)?;
                    continue;
                }
                Ok(text) => from_text(text),
                Err(_) => Err(anyhow!("the line is not UTF-8")),
            };
            self.line = line;
            return Ok(Some(Line { number, post }));
        }
    }

    /// The next line into `line`, its end included; empty at the end. Whether it is whole: of one that is too long only
    /// the beginning is kept.
    fn read_line(&mut self) -> Result<bool> {
        self.line.clear();
        let problem = |problem| anyhow::Error::new(problem).context(format!("cannot read {}", self.name));
        let limit = MOST_LINE as u64 + 1;
        self.read.by_ref().take(limit).read_until(b'\n', &mut self.line).map_err(problem)?;
        if self.line.len() <= MOST_LINE {
            return Ok(true);
        }
        // The rest of it, away.
        loop {
            let held = self.read.fill_buf().map_err(problem)?;
            if held.is_empty() {
                return Ok(false);
            }
            let end = held.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(held.len(), |end| end + 1);
            self.read.consume(used);
            if end.is_some() {
                return Ok(false);
            }
        }
    }

    /// All posts in one array: read as a whole.
    fn read_array(&mut self, mut text: String) -> Result<()> {
        let name = &self.name;
        let mut rest = Vec::new();
        self.read
            .by_ref()
            .take(MOST_BYTES + 1)
            .read_to_end(&mut rest)
            .with_context(|| format!("cannot read {name}"))?;
        if rest.len() as u64 > MOST_BYTES {
            bail!(
                "{name} is one array of over {} MB; write one post a line, then it can be as long as it likes",
                MOST_BYTES >> 20
            );
        }
        text.push_str(
            &String::from_utf8(rest)
                .map_err(|_| anyhow!("{name} is not UTF-8; save it as UTF-8 and try again"))?,
        );
        let mut elements: Vec<Value> =
            serde_json::from_str(&json::mend(&text)).map_err(|problem| match problem.classify() {
                Category::Eof => anyhow!("{name} stops in the middle of its array of posts; it was cut off"),
                _ => anyhow!("{name} is neither an array of posts nor one post a line: {problem}"),
            })?;
        elements.reverse();
        self.elements = Some(elements);
        self.number = 0;
        Ok(())
    }
}

fn from_text(text: &str) -> Result<Box<Post>> {
    let text = json::mend(text);
    let mut reader = serde_json::Deserializer::from_str(&text);
    let post = serde_path_to_error::deserialize(&mut reader).map_err(|problem| {
        let path = problem.path().to_string();
        let inner = problem.into_inner();
        match inner.classify() {
            Category::Eof => {
                anyhow!("the line stops in the middle of its JSON (one post a line; the last may be cut off)")
            }
            Category::Syntax | Category::Io => {
                anyhow!("not JSON (one post a line): {}", without_place(&inner.to_string()))
            }
            Category::Data => wrong(&path, &inner.to_string()),
        }
    })?;
    reader.end().map_err(|_| anyhow!("more stands behind the post; write one post a line"))?;
    sound(post)
}

fn from_value(value: Value) -> Result<Box<Post>> {
    let post = serde_path_to_error::deserialize(value)
        .map_err(|problem| wrong(&problem.path().to_string(), &problem.inner().to_string()))?;
    sound(post)
}

fn sound(post: Post) -> Result<Box<Post>> {
    if post.id.is_empty() {
        bail!("the post has no `id`");
    }
    Ok(Box::new(post))
}

/// A message of `serde_json` without the place that it gives: every line is its line 1.
fn without_place(problem: &str) -> &str {
    problem.split(" at line ").next().unwrap_or(problem)
}

/// What is wrong with something that is JSON and no post.
fn wrong(path: &str, problem: &str) -> anyhow::Error {
    if path == "." || path == "?" {
        anyhow!("not a post: expected a JSON object with an `id`")
    } else {
        let problem = without_place(problem).replace("expected f64", "expected a number");
        anyhow!("not a post: `{path}`: {problem}")
    }
}
