//! A model that was checked and prepared, and what it says to texts and pictures.

use crate::calibration;
use crate::card::{Card, Task};
use crate::feed::{Features, Lists, MOST_GRAMS, Tensors};
use crate::onnx::{ElementType, Graph, Inspected, MOST_LIVE, inspect};
use crate::picture::Picture;
use crate::refusal::Refusal;
use crate::session::{Numbers, RunError, Session};
use crate::text::Composed;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;

/// The most texts that are put into one run of a model.
const MOST_BATCH: usize = 32;
/// Bytes that are hashed at one go.
const HASHED: usize = 1 << 14;
/// What a run costs by itself, whatever it is fed, in operations: as many may be spent on padding to save one.
const RUN: u64 = 20_000_000;
/// The longest list for which shapes are found out when nothing says how long lists get.
const LONGEST: usize = MOST_GRAMS;

/// What a model costs, found out from its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Multiplications and other operations on one number, for the longest text or for one picture.
    pub operations: u64,
    /// Memory of its weights once unpacked, in bytes.
    pub weights: u64,
    /// The most memory that what is computed for one text or picture takes, in bytes.
    pub live: u64,
}

/// A card and a file that belong together and keep to the limits, not yet prepared.
pub struct Checked<'a> {
    card: Card,
    onnx: &'a [u8],
    tensors: Tensors,
    cost: Cost,
    entries: Vec<u64>,
    /// The shapes of all constants.
    constants: HashMap<String, Vec<usize>>,
}

/// A prepared model.
pub struct Model {
    card: Card,
    session: Session,
    tensors: Tensors,
    cost: Cost,
    /// What one more entry of each list costs, in operations.
    entries: Vec<u64>,
}

/// One tensor that a model is fed.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its numbers, row by row.
    pub numbers: Numbers,
}

/// What a model says to one text or picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The score, 0…1: of a `choose` model the best label's chance; `None` for a model whose labels are asked for by name.
    pub score: Option<f32>,
    /// Whether the score is at or above the shipped threshold.
    pub flagged: bool,
    /// What a `choose` model chose, if it is sure enough.
    pub label: Option<usize>,
    /// The chance of each label.
    pub chances: Vec<f32>,
}

impl<'a> Checked<'a> {
    /// Reads a card and the file beside it, and refuses what must not be run. Nothing of the file is executed.
    pub fn new(card: &str, onnx: &'a [u8]) -> Result<Checked<'a>, Refusal> {
        let card = Card::read(card)?;
        check_file(&card, onnx)?;
        let graph = Graph::read(onnx)?;
        if graph.opset != card.file.opset {
            return Err(Refusal::OtherOpset { card: card.file.opset, model: graph.opset });
        }
        let tensors = Tensors::of(&card);
        check_ports(&card, &graph, &tensors)?;
        // For one as long as can be, and for two short ones: a shape that holds for both holds for all.
        let longest = check_outputs(&card, &graph, &tensors, 1, LONGEST)?;
        let two = check_outputs(&card, &graph, &tensors, 2, 1)?;
        let Inspected { operations, weights, live, constants, .. } = longest;
        let entries = (0..tensors.lists())
            .map(|list| {
                let longer = inspect(&graph, &tensors.feeds_longer(2, list), 2)?;
                Ok(longer.operations.saturating_sub(two.operations) / 2)
            })
            .collect::<Result<_, Refusal>>()?;
        Ok(Checked { card, onnx, tensors, cost: Cost { operations, weights, live }, entries, constants })
    }

    /// What was read.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// What it would cost.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Makes it ready to run.
    pub fn prepare(self) -> Result<Model, Refusal> {
        let Checked { card, onnx, tensors, cost, entries, constants } = self;
        let session = Session::prepare(onnx, &tensors.ports(), &constants)?;
        Ok(Model { card, session, tensors, cost, entries })
    }
}

fn check_file(card: &Card, onnx: &[u8]) -> Result<(), Refusal> {
    let other = |how: String| Refusal::OtherFile { file: card.file.name.clone(), how };
    if onnx.len() as u64 != card.file.bytes {
        return Err(other(format!("it has {} bytes, the card says {}", onnx.len(), card.file.bytes)));
    }
    // In parts: a browser compiles a function well only once it was called some times.
    let hasher = onnx.chunks(HASHED).fold(Sha256::new(), Sha256::chain_update);
    let digest = hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    if digest != card.file.sha256 {
        return Err(other(format!("its SHA-256 is {digest}, the card says {}", card.file.sha256)));
    }
    Ok(())
}

/// The graph must take what the card says, and give it.
fn check_ports(card: &Card, graph: &Graph, tensors: &Tensors) -> Result<(), Refusal> {
    let ports = tensors.ports();
    let list = |names: Vec<&str>| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let mut wanted: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
    let mut given: Vec<&str> = graph.inputs.iter().map(|port| port.name).collect();
    wanted.sort_unstable();
    given.sort_unstable();
    if wanted != given {
        let message = format!("the model reads {}, and by its card it is fed {}", list(given), list(wanted));
        return Err(Refusal::Ports(message));
    }
    for (port, feed) in ports.iter().zip(tensors.feeds(2, 1)) {
        let Some(input) = graph.inputs.iter().find(|input| input.name == port.name) else { continue };
        if input.element != port.element {
            let message = format!(
                "the model's input `{}` is {}, and it is fed {}",
                port.name,
                input.element.name(),
                port.element.name()
            );
            return Err(Refusal::Ports(message));
        }
        let Some(shape) = &input.shape else { continue };
        let free = |(said, fed): (&Option<usize>, &crate::session::Dimension)| match (said, fed) {
            (None, _) => true,
            (Some(said), crate::session::Dimension::Fixed(size)) => said == size,
            (Some(_), _) => false,
        };
        if shape.len() != feed.shape.len() || !shape.iter().zip(&port.shape).all(free) {
            let message = format!(
                "the model's input `{}` has the shape [{}]; how many texts or pictures it takes, and how long they are, has to be free (export with `dynamic_axes`)",
                port.name,
                shape
                    .iter()
                    .map(|size| size.map_or("free".to_owned(), |size| size.to_string()))
                    .collect::<Vec<_>>()
                    .join(", "),
            );
            return Err(Refusal::Ports(message));
        }
    }
    let outputs: Vec<&str> = graph.outputs.iter().map(|port| port.name).collect();
    if outputs != [card.output.name.as_str()] {
        let message =
            format!("the model gives {}, and by its card it gives {}", list(outputs), card.output.name);
        return Err(Refusal::Ports(message));
    }
    Ok(())
}

fn check_outputs(
    card: &Card,
    graph: &Graph,
    tensors: &Tensors,
    batch: usize,
    length: usize,
) -> Result<Inspected, Refusal> {
    let inspected = inspect(graph, &tensors.feeds(batch, length), batch)?;
    let wanted = vec![batch, card.outputs()];
    for (name, element, shape) in &inspected.outputs {
        if *element != ElementType::Float || *shape != wanted {
            return Err(Refusal::Ports(format!(
                "for {batch} texts or pictures the model's output `{name}` is {} {shape:?}, and by its card it is float32 {wanted:?}",
                element.name(),
            )));
        }
        let said = graph.outputs.iter().find(|port| port.name == name).and_then(|port| port.shape.as_ref());
        let fits = said.is_none_or(|said| {
            said.len() == shape.len()
                && said.iter().zip(shape).skip(1).all(|(said, size)| said.is_none_or(|said| said == *size))
        });
        if !fits {
            return Err(Refusal::Shape(name.clone()));
        }
    }
    Ok(inspected)
}

impl Model {
    /// Reads, checks and prepares: [`Checked::new`], then [`Checked::prepare`].
    pub fn open(card: &str, onnx: &[u8]) -> Result<Model, Refusal> {
        Checked::new(card, onnx)?.prepare()
    }

    /// What it is.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// What it costs.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Whether it looks at pictures; all others read texts.
    pub fn sees(&self) -> bool {
        matches!(self.tensors, Tensors::Picture(_))
    }

    /// The side of the pictures that it looks at, in pixels.
    pub fn size(&self) -> Option<usize> {
        match &self.tensors {
            Tensors::Picture(input) => Some(input.size),
            Tensors::Lists(_) => None,
        }
    }

    /// What it says to each text.
    pub fn read(&self, texts: &[Composed]) -> Result<Vec<Answer>, RunError> {
        let mut features: Vec<Features> = texts.iter().map(|_| Features::default()).collect();
        let outputs = self.outputs(texts, &mut features)?;
        Ok(outputs.iter().map(|row| self.answer(row)).collect())
    }

    /// The model's own numbers for each text: logits, or an embedding of length one. `features` keeps what was found of each text, so that
    /// the next model does not look for it again.
    pub fn outputs(&self, texts: &[Composed], features: &mut [Features]) -> Result<Vec<Vec<f32>>, RunError> {
        let Tensors::Lists(lists) = &self.tensors else {
            return Err(RunError::Reads("pictures, not texts"));
        };
        for (text, features) in texts.iter().zip(features.iter_mut()) {
            lists.find(text, features);
        }
        let lengths: Vec<Vec<usize>> = features.iter().map(|features| lists.lengths(features)).collect();
        let most = usize::try_from(MOST_LIVE / self.cost.live.max(1)).unwrap_or(MOST_BATCH);
        let mut outputs = vec![Vec::new(); texts.len()];
        for places in batches(&lengths, &self.entries, most.clamp(1, MOST_BATCH)) {
            self.run(lists, features, &lengths, &places, &mut outputs)?;
        }
        Ok(outputs)
    }

    fn run(
        &self,
        lists: &Lists,
        features: &[Features],
        lengths: &[Vec<usize>],
        places: &[usize],
        outputs: &mut [Vec<f32>],
    ) -> Result<(), RunError> {
        let longest = longest(places.iter().map(|&place| lengths[place].as_slice()));
        let rows: Vec<&Features> = places.iter().map(|&place| &features[place]).collect();
        let numbers = self.session.run(lists.tensors(&rows, &longest))?;
        let width = self.card.outputs();
        if numbers.len() != width * places.len() {
            return Err(RunError::Failed("it gave another number of values than its card says".to_owned()));
        }
        for (&place, row) in places.iter().zip(numbers.chunks(width)) {
            outputs[place] = row.to_vec();
        }
        Ok(())
    }

    /// What it is fed for some texts put together: each tensor's name, shape and numbers. For comparing with another runtime.
    pub fn tensors(&self, texts: &[Composed]) -> Result<Vec<Tensor>, RunError> {
        let Tensors::Lists(lists) = &self.tensors else {
            return Err(RunError::Reads("pictures, not texts"));
        };
        let mut features: Vec<Features> = texts.iter().map(|_| Features::default()).collect();
        for (text, features) in texts.iter().zip(&mut features) {
            lists.find(text, features);
        }
        let lengths: Vec<Vec<usize>> = features.iter().map(|features| lists.lengths(features)).collect();
        let longest = longest(lengths.iter().map(Vec::as_slice));
        let rows: Vec<&Features> = features.iter().collect();
        let names = self.tensors.ports().into_iter().map(|port| port.name);
        let tensors = names.zip(lists.tensors(&rows, &longest));
        Ok(tensors.map(|(name, (shape, numbers))| Tensor { name, shape, numbers }).collect())
    }

    /// What it says to a picture.
    pub fn look(&self, picture: &Picture) -> Result<Answer, RunError> {
        let Tensors::Picture(input) = &self.tensors else {
            return Err(RunError::Reads("texts, not pictures"));
        };
        let pixels = picture.scaled(input.size);
        let shape = vec![1, 3, input.size, input.size];
        let numbers = self.session.run(vec![(shape, Numbers::Floats(pixels))])?;
        if numbers.len() != self.card.outputs() {
            return Err(RunError::Failed("it gave another number of values than its card says".to_owned()));
        }
        Ok(self.answer(&numbers))
    }

    /// What a row of the model's own numbers means.
    pub fn answer(&self, outputs: &[f32]) -> Answer {
        let chances = calibration::chances(&self.card, outputs);
        let best = (0..chances.len()).max_by(|&a, &b| chances[a].total_cmp(&chances[b]));
        let score = match self.card.task {
            Task::Embed => None,
            Task::Choose => best.map(|best| chances[best]),
            Task::Classify => {
                let sum = |places: Vec<usize>| places.into_iter().map(|place| chances[place]).sum::<f32>();
                self.card.positives().map(sum).map(|sum| sum.clamp(0.0, 1.0))
            }
        };
        let flagged =
            score.zip(self.card.threshold()).is_some_and(|(score, threshold)| f64::from(score) >= threshold);
        let label = best.filter(|_| flagged && self.card.task == Task::Choose);
        Answer { score, flagged, label, chances }
    }
}

/// Which texts are run together: at most `most`, and of such like lengths that padding costs less than another run would. `entries`: what
/// one more entry of each list costs.
fn batches(lengths: &[Vec<usize>], entries: &[u64], most: usize) -> Vec<Vec<usize>> {
    let work = |text: usize| -> u64 {
        lengths[text]
            .iter()
            .zip(entries)
            .map(|(&length, &each)| length as u64 * each)
            .fold(0, u64::saturating_add)
    };
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&text| (work(text), &lengths[text]));
    let mut found: Vec<Vec<usize>> = Vec::new();
    // The longest of a batch, and what padding costs in it so far.
    let (mut longest, mut padding) = (0, 0_u64);
    for text in order.into_iter().rev() {
        let more = u64::saturating_sub(longest, work(text));
        match found.last_mut() {
            Some(batch) if batch.len() < most && padding.saturating_add(more) <= RUN => {
                batch.push(text);
                padding += more;
            }
            _ => {
                found.push(vec![text]);
                (longest, padding) = (work(text), 0);
            }
        }
    }
    found
}

/// The greatest of each length.
fn longest<'a>(mut lengths: impl Iterator<Item = &'a [usize]>) -> Vec<usize> {
    let first = lengths.next().unwrap_or_default().to_vec();
    lengths.fold(first, |longest, lengths| longest.iter().zip(lengths).map(|(&a, &b)| a.max(b)).collect())
}

#[cfg(test)]
mod tests {
    use super::batches;

    fn sizes(lengths: &[usize], entry: u64, most: usize) -> Vec<Vec<usize>> {
        let lists: Vec<Vec<usize>> = lengths.iter().map(|&length| vec![length]).collect();
        let mut seen: Vec<usize> = Vec::new();
        let found = batches(&lists, &[entry], most);
        for batch in &found {
            seen.extend(batch);
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>(), "each text once");
        found.iter().map(|batch| batch.iter().map(|&text| lengths[text]).collect()).collect()
    }

    #[test]
    fn where_an_entry_is_cheap_texts_of_all_lengths_run_together() {
        assert_eq!(sizes(&[10, 300, 80, 200], 4, 32), [[300, 200, 80, 10]]);
        assert_eq!(sizes(&[1; 70], 4, 32).iter().map(Vec::len).collect::<Vec<_>>(), [32, 32, 6]);
    }

    #[test]
    fn where_an_entry_is_dear_only_texts_of_one_length_do() {
        assert_eq!(sizes(&[10, 13, 10, 30], 10_000_000, 32), [vec![30], vec![13], vec![10, 10]]);
        assert_eq!(sizes(&[10, 11, 10], 10_000_000, 32), [vec![11, 10, 10]]);
        assert!(sizes(&[], 1, 32).is_empty());
    }
}
