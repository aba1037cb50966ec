//! How well a filter tells a topic from ten thumbs, over labelled texts:
//!
//!     DIFFRACT_DATASETS=../shared/datasets cargo run -p diffract-personal --example thumbs
//!
//! `--texts 40` draws from 40 texts of each sort and topic instead of 160, for reading them takes nearly all the time. `--export FOLDER`
//! writes the last topic's last filter as a model there, for `diffract models check FOLDER`.
//!
//! Eight topics, five posts that belong and five that do not, drawn at random, thirty times each; then unseen posts of both sorts are
//! ranked. Prints the area under the curve by topic, its mean with a 95 % interval (bootstrap over topics and draws), and what
//! learning takes.

use diffract_models::folder::Folder;
use diffract_models::{Composed, Model};
use diffract_personal::{Counts, Example, Features, Filter, Head, export};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Of each sort.
const THUMBS: usize = 5;
const DRAWS: usize = 30;
/// Texts of each sort that are drawn from, where nothing else is asked for: thumbs, and what is ranked.
const POOL: usize = 160;

/// What is asked for.
struct Options {
    texts: usize,
    export: Option<PathBuf>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { texts: POOL, export: None };
        while let Some(argument) = arguments.next() {
            let value = arguments.next();
            match (argument.as_str(), value) {
                ("--texts", Some(value)) => {
                    options.texts = value
                        .parse()
                        .ok()
                        .filter(|texts| *texts > THUMBS)
                        .ok_or(format!("--texts takes a number above {THUMBS}"))?;
                }
                ("--export", Some(folder)) => options.export = Some(folder.into()),
                _ => return Err("say `--texts NUMBER` or `--export FOLDER`, or nothing".to_owned()),
            }
        }
        Ok(options)
    }
}

struct Topic {
    name: &'static str,
    belongs: Vec<String>,
    others: Vec<String>,
}

fn main() -> Result<(), String> {
    let options = Options::read(std::env::args().skip(1))?;
    let folder = std::env::var_os("DIFFRACT_DATASETS")
        .map_or_else(|| PathBuf::from("../shared/datasets"), PathBuf::from);
    if !folder.is_dir() {
        println!(
            "no labelled texts at {}: nothing is measured (DIFFRACT_DATASETS says where they are)",
            folder.display()
        );
        return Ok(());
    }
    let shipped = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/encoder"))
        .expect("the shipped encoder");
    let encoder = Model::open(&shipped.card, &shipped.onnx).expect("the shipped encoder");
    let mut random = Random(0x5EED_1234_9876);
    let mut all: Vec<Vec<f64>> = Vec::new();
    let mut slowest = Duration::ZERO;
    let mut last = None;
    for topic in topics(&folder) {
        let [belongs, others] = [topic.belongs, topic.others].map(|texts| {
            let texts = random.draw(texts, options.texts);
            read(&encoder, &texts)
        });
        let mut areas = Vec::new();
        for _ in 0..DRAWS {
            let (near, far) = (random.shuffled(belongs.len()), random.shuffled(others.len()));
            let mut filter = Filter::new("topic");
            for at in 0..THUMBS {
                for (examples, order, belongs) in [(&belongs, &near, true), (&others, &far, false)] {
                    let (text, features) = &examples[order[at]];
                    filter.add(Example { text: text.clone(), belongs, features: features.clone() });
                }
            }
            let started = Instant::now();
            let head = filter.learn().expect("examples of both sorts");
            slowest = slowest.max(started.elapsed());
            let rank = |examples: &[(String, Features)], order: &[usize]| -> Vec<f64> {
                order[THUMBS..].iter().map(|at| head.score(&examples[*at].1)).collect()
            };
            areas.push(area(&rank(&belongs, &near), &rank(&others, &far)));
            last = Some(head);
        }
        println!(
            "{:<44} {:.3}  (draws from {:.3} to {:.3})",
            topic.name,
            mean(&areas),
            least(&areas),
            most(&areas)
        );
        all.push(areas);
    }
    let mut means: Vec<f64> = (0..2000)
        .map(|_| {
            let topics = (0..all.len()).map(|_| {
                let areas = &all[random.below(all.len())];
                mean(&(0..areas.len()).map(|_| areas[random.below(areas.len())]).collect::<Vec<_>>())
            });
            mean(&topics.collect::<Vec<_>>())
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let over_all = mean(&all.iter().map(|areas| mean(areas)).collect::<Vec<_>>());
    println!(
        "mean of {} topics {over_all:.3}, 95 % between {:.3} and {:.3}",
        all.len(),
        means[50],
        means[1949]
    );
    println!("learning from ten thumbs: {:.1} ms at most", slowest.as_secs_f64() * 1e3);
    match (options.export, last) {
        (Some(folder), Some(head)) => write(&folder, &head, &shipped.onnx),
        _ => Ok(()),
    }
}

fn write(folder: &Path, head: &Head, encoder: &[u8]) -> Result<(), String> {
    let counts = Counts { positive: THUMBS, negative: THUMBS };
    let exported = export("thumbs", head, counts, encoder).map_err(|error| error.to_string())?;
    let write = || {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("card.toml"), &exported.card)?;
        std::fs::write(folder.join("model.onnx"), &exported.onnx)
    };
    write().map_err(|error: std::io::Error| format!("{}: {error}", folder.display()))?;
    println!("the last filter is a model in {}", folder.display());
    Ok(())
}

fn read(encoder: &Model, texts: &[String]) -> Vec<(String, Features)> {
    let composed: Vec<Composed> = texts.iter().map(|text| Composed::new(text)).collect();
    let mut found = composed.iter().map(|_| Default::default()).collect::<Vec<_>>();
    let meanings = encoder.outputs(&composed, &mut found).expect("directions");
    texts.iter().zip(meanings).map(|(text, meaning)| (text.clone(), Features::of(text, meaning))).collect()
}

fn topics(folder: &Path) -> Vec<Topic> {
    let lines = |path: &str| -> Vec<String> {
        let text = String::from_utf8_lossy(&std::fs::read(folder.join(path)).expect(path)).into_owned();
        text.lines().map(str::trim).filter(|line| line.len() > 15).map(str::to_owned).collect()
    };
    let table = |path: &str| -> Vec<Vec<String>> {
        let bytes = std::fs::read(folder.join(path)).expect(path);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&bytes[..]);
        reader
            .byte_records()
            .flatten()
            .map(|row| row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect())
            .collect()
    };
    // Texts of a table whose column says one thing or another.
    let column = |rows: &[Vec<String>], text: usize, label: usize, wanted: &[&str]| -> Vec<String> {
        rows.iter()
            .filter(|row| row.get(label).is_some_and(|label| wanted.contains(&label.trim())))
            .filter_map(|row| row.get(text).filter(|text| text.len() > 15).cloned())
            .collect()
    };
    let emotions: Vec<(String, Vec<usize>)> = lines("goemotions/test.tsv")
        .iter()
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let text = cells.next()?.to_owned();
            Some((text, cells.next()?.split(',').filter_map(|label| label.parse().ok()).collect()))
        })
        .collect();
    let names = std::fs::read_to_string(folder.join("goemotions/labels.txt")).expect("labels");
    let emotion = |name: &str, has: bool| -> Vec<String> {
        let label = names.lines().position(|line| line.trim() == name).expect(name);
        emotions
            .iter()
            .filter(|(_, labels)| labels.contains(&label) == has)
            .map(|(text, _)| text.clone())
            .collect()
    };
    let sms = lines("sms_spam/SMSSpamCollection");
    let of_sms = |label: &str| -> Vec<String> {
        sms.iter()
            .filter_map(|line| line.strip_prefix(label)?.strip_prefix('\t').map(str::to_owned))
            .collect()
    };
    let davidson = table("davidson/labeled_data.csv");
    let surge = table("surge_toxicity/toxicity_en.csv");
    let videos: Vec<Vec<String>> =
        ["Youtube01-Psy", "Youtube02-KatyPerry", "Youtube03-LMFAO", "Youtube04-Eminem", "Youtube05-Shakira"]
            .iter()
            .flat_map(|name| table(&format!("youtube_spam/{name}.csv")))
            .collect();
    let topic = |name, belongs, others| Topic { name, belongs, others };
    let clickbait = lines("clickbait/clickbait_data");
    let news = lines("clickbait/non_clickbait_data");
    let tweets = lines("ordinary_posts/tweets.txt");
    vec![
        topic("clickbait among headlines", clickbait, news.clone()),
        topic("news headlines among tweets", news, tweets.clone()),
        topic("advertising among text messages", of_sms("spam"), of_sms("ham")),
        topic("self-promotion under videos", column(&videos, 3, 4, &["1"]), column(&videos, 3, 4, &["0"])),
        topic(
            "toxic posts",
            column(&surge, 0, 1, &["Toxic", "1"]),
            column(&surge, 0, 1, &["Not Toxic", "0"]),
        ),
        topic("insults among tweets", column(&davidson, 6, 5, &["0", "1"]), column(&davidson, 6, 5, &["2"])),
        topic("thanks among comments", emotion("gratitude", true), emotion("gratitude", false)),
        topic("private messages among tweets", of_sms("ham"), tweets),
    ]
}

/// The chance that one that belongs scores above one that does not.
fn area(belongs: &[f64], others: &[f64]) -> f64 {
    let wins: f64 = belongs
        .iter()
        .flat_map(|one| {
            others.iter().map(move |other| {
                if one > other {
                    1.0
                } else if one == other {
                    0.5
                } else {
                    0.0
                }
            })
        })
        .sum();
    wins / (belongs.len() * others.len()) as f64
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Xorshift; the same seed draws the same.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % most
    }

    fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            let other = self.below(at + 1);
            order.swap(at, other);
        }
        order
    }

    fn draw(&mut self, texts: Vec<String>, most: usize) -> Vec<String> {
        let order = self.shuffled(texts.len());
        order.into_iter().take(most).filter_map(|at| texts.get(at).cloned()).collect()
    }
}
