//! Runs a graph through with shapes in place of numbers.

use super::graph::{ElementType, Graph};
use super::operators::{Applied, apply};
use super::shapes::Tensor;
use super::{MOST_LIVE, MOST_OPERATIONS, MOST_WEIGHTS};
use crate::refusal::Refusal;
use std::collections::HashMap;

/// What the graph is fed.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The input's name.
    pub name: String,
    /// What its elements are.
    pub element: ElementType,
    /// Its shape.
    pub shape: Vec<usize>,
    /// The least and the greatest of its whole numbers.
    pub range: Option<(i64, i64)>,
}

/// What was found of a graph for one size of its inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// Each output's name, elements and shape.
    pub outputs: Vec<(String, ElementType, Vec<usize>)>,
    /// Multiplications and other operations on one number, each time that it runs.
    pub operations: u64,
    /// Memory of all constants that what is computed needs, once unpacked, and of what multiplies for each time that it does, in bytes.
    pub weights: u64,
    /// The most memory that what is computed takes at one time, in bytes.
    pub live: u64,
    /// The shapes of all constants, of those that are computed too.
    pub constants: HashMap<String, Vec<usize>>,
}

/// What is known of a name.
struct Known<'a> {
    tensor: Tensor,
    /// Nodes that still read it, and once more if it is an output.
    readers: usize,
    name: &'a str,
}

/// Finds every shape, and refuses what is over a limit or does not fit. `feeds` are for `batch` texts or pictures; the limits on work and on
/// memory at one time are for one.
pub fn inspect(graph: &Graph, feeds: &[Feed], batch: usize) -> Result<Inspected, Refusal> {
    let mut readers: HashMap<&str, usize> = HashMap::new();
    let read = graph.nodes.iter().flat_map(|node| node.inputs.iter().copied());
    for name in read.chain(graph.outputs.iter().map(|output| output.name)) {
        *readers.entry(name).or_default() += 1;
    }
    let mut known: HashMap<&str, Known> = HashMap::new();
    let mut tally = Tally { batch: batch as u64, ..Tally::default() };

    for constant in &graph.constants {
        tally.weights = tally.weights.saturating_add(constant.tensor.bytes());
        define(&mut known, &readers, constant.name, constant.tensor.clone())?;
    }
    for feed in feeds {
        let mut tensor = Tensor::new(feed.element, feed.shape.clone(), false).check(&feed.name)?;
        tensor.range = feed.range;
        tally.lives(tensor.bytes())?;
        define(&mut known, &readers, &feed.name, tensor)?;
    }
    for node in &graph.nodes {
        let &[name] = node.outputs.as_slice() else {
            return Err(Refusal::Shape(node.name.to_owned()));
        };
        let Applied { output, operations } = {
            let inputs = node
                .inputs
                .iter()
                .map(|&input| match input {
                    "" => Ok(None),
                    input => known
                        .get(input)
                        .map(|known| Some(&known.tensor))
                        .ok_or_else(|| Refusal::Name(input.to_owned())),
                })
                .collect::<Result<Vec<_>, Refusal>>()?;
            // tract keeps a packed copy of a matrix for each place where it multiplies, however often it is the same one.
            if matches!(node.operator, "MatMul" | "Gemm" | "Conv") {
                let matrices = inputs.iter().flatten().filter(|input| input.constant);
                tally.packed = matrices.map(|one| one.bytes()).fold(tally.packed, u64::saturating_add);
            }
            apply(node, &inputs)?
        };
        let output = output.check(name)?;
        tally.works(output.constant, operations)?;
        if output.constant {
            tally.weights = tally.weights.saturating_add(output.bytes());
        } else {
            tally.lives(output.bytes())?;
        }
        define(&mut known, &readers, name, output)?;
        for input in &node.inputs {
            if let Some(one) = known.get_mut(input) {
                one.readers = one.readers.saturating_sub(1);
                if one.readers == 0 {
                    tally.ends(&one.tensor);
                }
            }
        }
        if tally.weights.saturating_add(tally.packed) > MOST_WEIGHTS {
            return Err(Refusal::TooLarge { what: "all weights together".to_owned(), most: MOST_WEIGHTS });
        }
    }
    let outputs = graph
        .outputs
        .iter()
        .map(|output| {
            let known = known.get(output.name).ok_or_else(|| Refusal::Name(output.name.to_owned()))?;
            if known.tensor.element != output.element {
                return Err(Refusal::Shape(output.name.to_owned()));
            }
            Ok((known.name.to_owned(), known.tensor.element, known.tensor.shape.clone()))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let constants = known
        .values()
        .filter(|one| one.tensor.constant)
        .map(|one| (one.name.to_owned(), one.tensor.shape.clone()))
        .collect();
    Ok(Inspected {
        outputs,
        constants,
        operations: tally.operations,
        weights: tally.weights + tally.packed,
        live: tally.peak,
    })
}

fn define<'a>(
    known: &mut HashMap<&'a str, Known<'a>>,
    readers: &HashMap<&str, usize>,
    name: &'a str,
    tensor: Tensor,
) -> Result<(), Refusal> {
    let readers = readers.get(name).copied().unwrap_or(0);
    if name.is_empty() || known.insert(name, Known { tensor, readers, name }).is_some() {
        return Err(Refusal::Name(name.to_owned()));
    }
    Ok(())
}

/// What adds up.
#[derive(Default)]
struct Tally {
    batch: u64,
    operations: u64,
    unpacking: u64,
    /// Constants that are still read, in bytes.
    weights: u64,
    /// Copies of matrices, one for each multiplication, in bytes.
    packed: u64,
    live: u64,
    peak: u64,
}

impl Tally {
    fn works(&mut self, constant: bool, operations: u64) -> Result<(), Refusal> {
        let (total, each) =
            if constant { (&mut self.unpacking, 1) } else { (&mut self.operations, self.batch.max(1)) };
        *total = total.saturating_add(operations);
        if *total / each > MOST_OPERATIONS {
            let million = 1_000_000;
            return Err(Refusal::TooCostly {
                operations: *total / each / million,
                most: MOST_OPERATIONS / million,
            });
        }
        Ok(())
    }

    fn lives(&mut self, bytes: u64) -> Result<(), Refusal> {
        self.live = self.live.saturating_add(bytes);
        self.peak = self.peak.max(self.live);
        if self.peak / self.batch.max(1) > MOST_LIVE {
            return Err(Refusal::TooLarge {
                what: "what is computed at one time".to_owned(),
                most: MOST_LIVE,
            });
        }
        Ok(())
    }

    fn ends(&mut self, tensor: &Tensor) {
        let kept = if tensor.constant { &mut self.weights } else { &mut self.live };
        *kept = kept.saturating_sub(tensor.bytes());
    }
}
