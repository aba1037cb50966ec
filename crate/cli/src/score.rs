//! `diffract score`: what a model says to texts, a line each, or to pictures.

mod lines;

use crate::models::installed;
use crate::outcome::Outcome;
use crate::terminal;
use anyhow::{Context, Result, anyhow, bail};
use diffract_models::card::Task;
use diffract_models::folder::Folder;
use diffract_models::{Answer, Card, Composed, Features, Model, Picture};
use lines::Lines;
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Score texts, a line each, or pictures, with a model
///
/// A line out for each line in: {"line":1,"score":0.93,"flagged":true}. Scores are 0 to 1; flagged means at or above the threshold. `language` adds
/// "label" (null where it is not sure); models with several labels add "scores"; an encoder gives "embedding" instead.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract score --model clickbait titles.txt
  head -1 titles.txt | diffract score --model spam
  diffract score --model toxic --threshold 0.5% comments.txt
  diffract score --model ./my-model comments.txt
  diffract score --model nsfw --image one.png two.jpg

Exit codes:
  0  every line or picture was scored
  1  a picture could not be read; the rest was scored
  2  the input cannot be used: no such file or model, or the model is refused")]
pub struct Arguments {
    /// An installed model (`diffract models` lists them), or a folder with one
    #[arg(long, value_name = "NAME|FOLDER")]
    model: String,
    /// From which score on a post is flagged: a threshold of the card, such as 0.5%, or a number from 0 to 1; as shipped where it is left out
    #[arg(long, value_name = "NAME|SCORE")]
    threshold: Option<String>,
    /// Pictures to score instead of texts: PNG, JPEG, WebP or GIF, of an animation the first picture
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "file")]
    image: Vec<PathBuf>,
    /// Texts, one a line, in UTF-8; standard input where it is left out or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// One line out.
#[derive(Default, Serialize)]
struct Line<'a> {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedding: Option<Vec<f32>>,
    /// `null` where there is none: a picture that could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flagged: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scores: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Scores and writes.
///
/// # Errors
/// If there is no such file or model, the model is refused or reads something else, or nothing can be written.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let folder = installed::folder(&arguments.model)?;
    let scored = Scored::open(&folder, arguments.threshold.as_deref())
        .with_context(|| format!("cannot use the model in {}", folder.display()))?;
    let name = &scored.model.card().name;
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = match (scored.model.sees(), arguments.image.is_empty()) {
        (true, true) => bail!("`{name}` looks at pictures: name them with --image FILE…"),
        (false, false) => bail!("`{name}` reads texts, no pictures; leave out --image"),
        (true, false) => scored.pictures(&arguments.image, &mut out)?,
        (false, true) => {
            let path = arguments.file.as_deref().unwrap_or(Path::new("-"));
            scored.texts(path, &mut out)?
        }
    };
    out.flush()?;
    Ok(outcome)
}

/// A model with the threshold that was asked for.
struct Scored {
    model: Model,
    threshold: Option<f64>,
}

impl Scored {
    fn open(folder: &Path, threshold: Option<&str>) -> Result<Scored> {
        let Folder { card, onnx } = Folder::read(folder)?;
        let model = Model::open(&card, &onnx)?;
        let threshold = match threshold {
            None => model.card().threshold(),
            Some(asked) => Some(chosen(model.card(), asked)?),
        };
        Ok(Scored { model, threshold })
    }

    fn texts(&self, path: &Path, out: &mut impl Write) -> Result<Outcome> {
        let mut lines = Lines::new(crate::files::open(path)?);
        let mut first = 1;
        loop {
            let texts = lines.some().with_context(|| format!("cannot read {}", crate::files::name(path)))?;
            if texts.is_empty() {
                break;
            }
            let composed: Vec<Composed> = texts.iter().map(|text| Composed::new(text)).collect();
            let mut features: Vec<Features> = texts.iter().map(|_| Features::default()).collect();
            let outputs = self.model.outputs(&composed, &mut features)?;
            for (line, row) in (first..).zip(outputs) {
                let line = match self.model.card().task {
                    Task::Embed => Line { line, embedding: Some(row), ..Line::default() },
                    Task::Classify | Task::Choose => self.line(line, &self.model.answer(&row)),
                };
                write(out, &line)?;
            }
            // Whoever types waits for an answer to each line.
            out.flush()?;
            first += texts.len();
        }
        for warning in lines.warnings() {
            terminal::warning(&warning);
        }
        Ok(Outcome::Well)
    }

    fn pictures(&self, files: &[PathBuf], out: &mut impl Write) -> Result<Outcome> {
        const MOST: u64 = 32 << 20;
        let mut failed = false;
        for (line, path) in (1..).zip(files) {
            let file = Some(crate::files::name(path));
            let looked = crate::files::bytes(path, MOST, "scale it down")
                .and_then(|bytes| Ok(Picture::decode(&bytes)?))
                .and_then(|picture| Ok(self.model.look(&picture)?));
            let line = match looked {
                Ok(answer) => Line { file, ..self.line(line, &answer) },
                Err(problem) => {
                    failed = true;
                    let error = format!("{problem:#}");
                    terminal::error(&format!("{}: {error}", crate::files::name(path)));
                    Line {
                        line,
                        file,
                        score: Some(None),
                        flagged: Some(false),
                        error: Some(error),
                        ..Line::default()
                    }
                }
            };
            write(out, &line)?;
        }
        Ok(Outcome::found_if(failed))
    }

    fn line(&self, line: usize, answer: &Answer) -> Line<'_> {
        let card = self.model.card();
        let flagged =
            answer.score.zip(self.threshold).is_some_and(|(score, least)| f64::from(score) >= least);
        let label = || answer.label.and_then(|label| card.labels.get(label)).map(String::as_str);
        let several = card.task == Task::Classify && card.labels.len() > 1;
        let scores = || {
            card.labels
                .iter()
                .cloned()
                .zip(answer.chances.iter().map(|&chance| rounded(chance).into()))
                .collect()
        };
        Line {
            line,
            score: Some(answer.score.map(rounded)),
            flagged: Some(flagged),
            label: (card.task == Task::Choose).then(label),
            scores: several.then(scores),
            ..Line::default()
        }
    }
}

/// To six places: what is behind them differs between machines.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e6).round() / 1e6
}

/// A threshold by its name in the card, or as a number.
fn chosen(card: &Card, asked: &str) -> Result<f64> {
    let thresholds = card.thresholds.as_ref().ok_or_else(|| anyhow!("`{}` has no thresholds", card.name))?;
    if let Some(&value) = thresholds.all.get(asked) {
        return Ok(value);
    }
    match asked.parse::<f64>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => {
            let names: Vec<&str> = thresholds.all.keys().map(String::as_str).collect();
            bail!("--threshold takes a number from 0 to 1, or one of {}; not `{asked}`", names.join(", "))
        }
    }
}

fn write(out: &mut impl Write, line: &Line) -> Result<()> {
    serde_json::to_writer(&mut *out, line).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}
