//! A model's graph, as the file names it. Weights stay where they are in the file.

use super::shapes::Tensor;
use super::values::Values;
use super::wire::{Value, fields};
use super::{MOST_CONSTANTS, MOST_NODES, OPSETS};
use crate::refusal::Refusal;
use std::collections::BTreeMap;

/// The most dimensions of a tensor.
pub const MOST_DIMENSIONS: usize = 8;
/// The most inputs and outputs of a node together.
const MOST_EDGES: usize = 64;
/// The most numbers in one attribute.
const MOST_ATTRIBUTE: usize = 64;
/// The most inputs, and the most outputs, of a graph; its constants aside.
const MOST_PORTS: usize = 16;

/// What a tensor's elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementType {
    /// A float of 32 bits.
    Float,
    /// A byte.
    Uint8,
    /// A byte with a sign.
    Int8,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
}

impl ElementType {
    /// From ONNX's number for it.
    pub fn of(number: i64) -> Result<ElementType, Refusal> {
        Ok(match number {
            1 => ElementType::Float,
            2 => ElementType::Uint8,
            3 => ElementType::Int8,
            6 => ElementType::Int32,
            7 => ElementType::Int64,
            _ => return Err(Refusal::ElementType(number)),
        })
    }

    /// Bytes of one element.
    pub fn size(self) -> u64 {
        match self {
            ElementType::Uint8 | ElementType::Int8 => 1,
            ElementType::Float | ElementType::Int32 => 4,
            ElementType::Int64 => 8,
        }
    }

    /// As ONNX calls it.
    pub fn name(self) -> &'static str {
        match self {
            ElementType::Float => "float32",
            ElementType::Uint8 => "uint8",
            ElementType::Int8 => "int8",
            ElementType::Int32 => "int32",
            ElementType::Int64 => "int64",
        }
    }
}

/// A constant of the graph.
#[derive(Clone, Debug)]
pub struct Constant<'a> {
    pub name: &'a str,
    /// What is known of its numbers: looked through once, however often the graph is.
    pub tensor: Tensor,
}

/// An attribute of a node. Whatever holds a tensor or a graph (all loops do) is not among them.
#[derive(Clone, Debug)]
pub enum Attribute {
    Integer(i64),
    Integers(Vec<i64>),
    Float,
    Text,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    pub name: &'a str,
    pub operator: &'a str,
    /// An empty name stands for an input that is left out.
    pub inputs: Vec<&'a str>,
    pub outputs: Vec<&'a str>,
    pub attributes: BTreeMap<&'a str, Attribute>,
}

/// What a graph is fed, or gives.
#[derive(Clone, Debug)]
pub struct Port<'a> {
    pub name: &'a str,
    pub element: ElementType,
    /// `None` where a dimension is free. Absent altogether where the file does not say.
    pub shape: Option<Vec<Option<usize>>>,
}

/// A whole model.
#[derive(Clone, Debug, Default)]
pub struct Graph<'a> {
    pub opset: i64,
    pub nodes: Vec<Node<'a>>,
    pub constants: Vec<Constant<'a>>,
    /// Constants that are also called inputs are not among them.
    pub inputs: Vec<Port<'a>>,
    pub outputs: Vec<Port<'a>>,
}

impl<'a> Graph<'a> {
    /// Reads a file. Refuses what no model of ours may have: other operator sets, weights in other files, functions, training graphs.
    pub fn read(file: &'a [u8]) -> Result<Graph<'a>, Refusal> {
        let mut graph = None;
        let mut opset = None;
        for field in fields(file) {
            match field? {
                (7, value) => once(&mut graph, value.bytes()?)?,
                (8, value) => {
                    let (domain, version) = operator_set(value.bytes()?)?;
                    if !matches!(domain, "" | "ai.onnx") {
                        return Err(Refusal::Domain(domain.into()));
                    }
                    once(&mut opset, version)?;
                }
                (20, _) => return Err(Refusal::NotOnnx("it holds a graph for training")),
                (25, _) => return Err(Refusal::NotOnnx("it defines operators of its own")),
                _ => {}
            }
        }
        let graph = graph.ok_or(Refusal::NotOnnx("there is no graph in it"))?;
        let opset = opset.ok_or(Refusal::NotOnnx("it does not name its operator set"))?;
        if !OPSETS.contains(&opset) {
            return Err(Refusal::Opset(opset));
        }
        Graph { opset, ..Graph::default() }.with(graph)
    }

    fn with(mut self, message: &'a [u8]) -> Result<Graph<'a>, Refusal> {
        for field in fields(message) {
            match field? {
                (1, value) => push(&mut self.nodes, node(value.bytes()?)?, MOST_NODES, "nodes")?,
                (5, value) => {
                    push(&mut self.constants, constant(value.bytes()?)?, MOST_CONSTANTS, "constants")?;
                }
                (11, value) => {
                    push(&mut self.inputs, port(value.bytes()?)?, MOST_PORTS + MOST_CONSTANTS, "inputs")?
                }
                (12, value) => push(&mut self.outputs, port(value.bytes()?)?, MOST_PORTS, "outputs")?,
                (15, _) => return Err(Refusal::NotOnnx("a weight in it is held sparsely")),
                _ => {}
            }
        }
        let constants: std::collections::BTreeSet<&str> = self.constants.iter().map(|one| one.name).collect();
        self.inputs.retain(|input| !constants.contains(input.name));
        if self.inputs.len() > MOST_PORTS {
            return Err(Refusal::TooMany { what: "inputs", most: MOST_PORTS });
        }
        Ok(self)
    }
}

fn push<T>(list: &mut Vec<T>, one: T, most: usize, what: &'static str) -> Result<(), Refusal> {
    if list.len() >= most {
        return Err(Refusal::TooMany { what, most });
    }
    list.push(one);
    Ok(())
}

/// Two readers of one file must not come to two models: what may stand once, stands once.
fn once<T>(place: &mut Option<T>, value: T) -> Result<(), Refusal> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Refusal::NotOnnx("a part of it that can be there once is there twice")),
    }
}

fn operator_set(message: &[u8]) -> Result<(&str, i64), Refusal> {
    let (mut domain, mut version) = ("", 0);
    for field in fields(message) {
        match field? {
            (1, value) => domain = value.name()?,
            (2, value) => version = value.integer()?,
            _ => {}
        }
    }
    Ok((domain, version))
}

fn node(message: &[u8]) -> Result<Node<'_>, Refusal> {
    let mut node =
        Node { name: "", operator: "", inputs: Vec::new(), outputs: Vec::new(), attributes: BTreeMap::new() };
    for field in fields(message) {
        match field? {
            (1, value) => push(&mut node.inputs, value.name()?, MOST_EDGES, "inputs of one node")?,
            (2, value) => push(&mut node.outputs, value.name()?, MOST_EDGES, "outputs of one node")?,
            (3, value) => node.name = value.name()?,
            (4, value) => node.operator = value.name()?,
            (5, value) => {
                let (name, attribute) = attribute(value.bytes()?)?;
                if node.attributes.insert(name, attribute).is_some() {
                    return Err(Refusal::NotOnnx("an attribute is there twice"));
                }
            }
            (7, value) => {
                let domain = value.name()?;
                if !matches!(domain, "" | "ai.onnx") {
                    return Err(Refusal::Domain(domain.into()));
                }
            }
            _ => {}
        }
    }
    Ok(node)
}

fn attribute(message: &[u8]) -> Result<(&str, Attribute), Refusal> {
    let mut name = "";
    let mut read = None;
    let mut list = Vec::new();
    for field in fields(message) {
        match field? {
            (1, value) => name = value.name()?,
            (2, value) => {
                value.float()?;
                once(&mut read, Attribute::Float)?;
            }
            (3, value) => once(&mut read, Attribute::Integer(value.integer()?))?,
            (4, value) => {
                value.name()?;
                once(&mut read, Attribute::Text)?;
            }
            (8, value) => value.integers(MOST_ATTRIBUTE, &mut list)?,
            (6 | 11, _) => return Err(Refusal::Loop),
            (5 | 7 | 9 | 10 | 22 | 23, _) => {
                return Err(Refusal::NotOnnx("an attribute is of a kind that no operator here has"));
            }
            _ => {}
        }
    }
    if !list.is_empty() {
        once(&mut read, Attribute::Integers(list))?;
    }
    // An empty list and a zero may be left out of the file; no operator here needs to tell them apart.
    Ok((name, read.unwrap_or(Attribute::Integer(0))))
}

fn constant(message: &[u8]) -> Result<Constant<'_>, Refusal> {
    let mut name = "";
    let mut element = 0;
    let mut dimensions = Vec::new();
    let mut raw = None;
    let mut floats = Vec::new();
    let mut listed: Vec<&[u8]> = Vec::new();
    for field in fields(message) {
        match field? {
            (1, value) => value.integers(MOST_DIMENSIONS, &mut dimensions)?,
            (2, value) => element = value.integer()?,
            (4, value) => value.floats(&mut floats)?,
            (5 | 7, Value::Bytes(packed)) => push(&mut listed, packed, 1, "parts of a weight")?,
            (8, value) => name = value.name()?,
            (9, value) => once(&mut raw, value.bytes()?)?,
            (13, _) => return Err(Refusal::External),
            (14, value) if value.integer()? != 0 => return Err(Refusal::External),
            (3 | 5 | 6 | 7 | 10 | 11, _) => {
                return Err(Refusal::NotOnnx("a weight is held in a way that is not known"));
            }
            _ => {}
        }
    }
    let element = ElementType::of(element)?;
    let shape = dimensions
        .into_iter()
        .map(|size| usize::try_from(size).map_err(|_| Refusal::Shape(name.into())))
        .collect::<Result<Vec<usize>, Refusal>>()?;
    let values = Values::read(name, element, &shape, raw, floats, listed.first().copied())?;
    Ok(Constant { name, tensor: Tensor::constant(shape, &values) })
}

fn port(message: &[u8]) -> Result<Port<'_>, Refusal> {
    let mut name = "";
    let mut kind = None;
    for field in fields(message) {
        match field? {
            (1, value) => name = value.name()?,
            (2, value) => once(&mut kind, value.bytes()?)?,
            _ => {}
        }
    }
    let mut tensor = None;
    for field in fields(kind.unwrap_or_default()) {
        match field? {
            (1, value) => once(&mut tensor, value.bytes()?)?,
            (4 | 5 | 8 | 9, _) => {
                return Err(Refusal::NotOnnx("an input or output is no tensor"));
            }
            _ => {}
        }
    }
    let (mut element, mut shape) = (0, None);
    for field in fields(tensor.unwrap_or_default()) {
        match field? {
            (1, value) => element = value.integer()?,
            (2, value) => once(&mut shape, value.bytes()?)?,
            _ => {}
        }
    }
    let shape = shape.map(dimensions).transpose()?;
    Ok(Port { name, element: ElementType::of(element)?, shape })
}

fn dimensions(message: &[u8]) -> Result<Vec<Option<usize>>, Refusal> {
    let mut shape = Vec::new();
    for field in fields(message) {
        if let (1, value) = field? {
            let mut size = None;
            for field in fields(value.bytes()?) {
                match field? {
                    // Some exporters write -1 or 0 for what is free.
                    (1, value) => {
                        size = usize::try_from(value.integer()?).ok().filter(|&size| size > 0);
                    }
                    (2, value) => {
                        value.name()?;
                    }
                    _ => {}
                }
            }
            push(&mut shape, size, MOST_DIMENSIONS, "dimensions of one tensor")?;
        }
    }
    Ok(shape)
}
