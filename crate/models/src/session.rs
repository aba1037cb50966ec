//! A model in tract: prepared once, run many times.

use crate::fused;
use crate::onnx::ElementType;
use crate::refusal::Refusal;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use thiserror::Error;
use tract_onnx::prelude::*;

/// Why a model gave no answer. The post stays *unknown*.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RunError {
    /// The runtime refused, which a checked model should not let it.
    #[error("the model did not run: {0}")]
    Failed(String),
    /// Outputs that are no numbers.
    #[error("the model gave a value that is infinite or not a number")]
    NotFinite,
    /// Asked for what it does not read.
    #[error("the model reads {0}")]
    Reads(&'static str),
    /// Pixels that are not a picture, or too many.
    #[error("{0}")]
    Picture(String),
}

/// A dimension of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// How many texts or pictures.
    Batch,
    /// The length of the list with this number.
    Length(usize),
    /// Always this.
    Fixed(usize),
}

/// An input as a session is prepared for it.
#[derive(Clone, Debug)]
pub struct Port {
    /// The tensor's name.
    pub name: String,
    /// What its elements are: `Int64` or `Float`.
    pub element: ElementType,
    /// Its dimensions.
    pub shape: Vec<Dimension>,
}

/// Numbers for one input.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// For an input of whole numbers.
    Integers(Vec<i64>),
    /// For an input of floats.
    Floats(Vec<f32>),
}

/// A prepared model.
pub struct Session {
    plan: Arc<TypedRunnableModel>,
}

impl Session {
    /// Reads a checked file, folds what is constant, and chooses kernels. `ports` is what it will be fed, in that order.
    /// `constants`: the shapes of all constants of the graph, of those that are computed while it is loaded too.
    pub fn prepare(
        onnx: &[u8],
        ports: &[Port],
        constants: &HashMap<String, Vec<usize>>,
    ) -> Result<Session, Refusal> {
        let prepared = guarded(|| prepare(onnx, ports, constants));
        prepared.map(|plan| Session { plan }).map_err(Refusal::Preparation)
    }

    /// Runs it; gives the output's numbers, row by row.
    pub fn run(&self, inputs: Vec<(Vec<usize>, Numbers)>) -> Result<Vec<f32>, RunError> {
        guarded(|| {
            let inputs = inputs
                .into_iter()
                .map(|(shape, numbers)| {
                    let tensor = match numbers {
                        Numbers::Integers(numbers) => Tensor::from_shape(&shape, &numbers)?,
                        Numbers::Floats(numbers) => Tensor::from_shape(&shape, &numbers)?,
                    };
                    Ok(tensor.into_tvalue())
                })
                .collect::<TractResult<TVec<TValue>>>()?;
            let outputs = self.plan.run(inputs)?;
            Ok(outputs[0].try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
        })
        .map_err(RunError::Failed)
        .and_then(|numbers| {
            if numbers.iter().all(|number| number.is_finite()) {
                Ok(numbers)
            } else {
                Err(RunError::NotFinite)
            }
        })
    }
}

fn prepare(
    onnx: &[u8],
    ports: &[Port],
    constants: &HashMap<String, Vec<usize>>,
) -> TractResult<Arc<TypedRunnableModel>> {
    let mut model = fused::read(onnx, constants)?;
    let symbols = model.symbols.clone();
    // Pictures come one by one, and knowing that, tract finds better ways.
    let lists = ports.iter().any(|port| port.shape.iter().any(|size| matches!(size, Dimension::Length(_))));
    let batch: TDim = if lists { symbols.new_with_prefix("batch").into() } else { 1.into() };
    let lengths: Vec<Symbol> = ports.iter().map(|_| symbols.new_with_prefix("length")).collect();
    model = model.with_input_names(ports.iter().map(|port| port.name.as_str()))?;
    for (place, port) in ports.iter().enumerate() {
        let shape: Vec<TDim> = port
            .shape
            .iter()
            .map(|dimension| match *dimension {
                Dimension::Batch => batch.clone(),
                Dimension::Length(list) => lengths[list].clone().into(),
                Dimension::Fixed(size) => size.into(),
            })
            .collect();
        let element = if port.element == ElementType::Int64 { i64::datum_type() } else { f32::datum_type() };
        model = model.with_input_fact(place, InferenceFact::dt_shape(element, shape))?;
    }
    model.into_optimized()?.into_runnable()
}

/// A stranger's model may find a case in which tract panics. Natively that is an error like any other; in wasm the worker is replaced.
fn guarded<T>(work: impl FnOnce() -> TractResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| shortened(&format!("{error:#}"))),
        Err(_) => Err("the runtime stopped at a case it does not know".to_owned()),
    }
}

/// tract's messages can carry whole tensors.
fn shortened(message: &str) -> String {
    match message.char_indices().nth(300) {
        None => message.to_owned(),
        Some((end, _)) => format!("{}…", &message[..end]),
    }
}
