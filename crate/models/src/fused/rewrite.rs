//! Finds in a checked graph the nodes that one operator of ours stands for.

use super::operators::{CLIP, CODED, DENSE, DEPTHWISE, POINTWISE, POOLED};
use std::collections::{HashMap, HashSet};
use tract_onnx::pb::{AttributeProto, GraphProto, NodeProto, TensorProto};

/// ONNX's numbers of element types.
const FLOAT: i32 = 1;
const UINT8: i32 = 2;
const INT8: i32 = 3;

/// Puts our operators in the place of the nodes they stand for. `shapes`: of all constants, those that are computed too.
pub fn rewrite(graph: &mut GraphProto, shapes: &HashMap<String, Vec<usize>>) {
    let mut found = Found::new(graph, shapes);
    for place in 0..graph.node.len() {
        let node = &graph.node[place];
        let fused = match node.op_type.as_str() {
            "MatMul" => found
                .pooled(graph, place)
                .or_else(|| found.coded(graph, place))
                .or_else(|| found.dense(graph, place)),
            "Conv" => found.convolution(graph, place),
            _ => None,
        };
        if let Some((last, node)) = fused {
            // Where the last one stood, all that the new one reads is made.
            graph.node[last] = node;
        }
    }
    let mut place = 0;
    graph.node.retain(|_| {
        place += 1;
        !found.gone.contains(&(place - 1))
    });
}

/// What is known of the graph's names.
struct Found<'a> {
    shapes: &'a HashMap<String, Vec<usize>>,
    /// Which node makes it.
    makers: HashMap<String, usize>,
    /// Which nodes read it; outputs of the graph have one more that is no node.
    readers: HashMap<String, Vec<usize>>,
    /// Nodes that are part of another now.
    gone: HashSet<usize>,
}

type Fused = Option<(usize, NodeProto)>;

impl<'a> Found<'a> {
    fn new(graph: &GraphProto, shapes: &'a HashMap<String, Vec<usize>>) -> Found<'a> {
        let mut makers = HashMap::new();
        let mut readers: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, node) in graph.node.iter().enumerate() {
            makers.extend(node.output.iter().map(|name| (name.clone(), place)));
            for name in &node.input {
                readers.entry(name.clone()).or_default().push(place);
            }
        }
        for output in &graph.output {
            readers.entry(output.name.clone()).or_default().push(usize::MAX);
        }
        Found { shapes, makers, readers, gone: HashSet::new() }
    }

    /// The only node that reads what a node makes, if it is of that sort.
    fn next(&self, graph: &GraphProto, place: usize, operator: &str) -> Option<usize> {
        let [made] = graph.node[place].output.as_slice() else { return None };
        let &[reader] = self.readers.get(made)?.as_slice() else { return None };
        (graph.node.get(reader)?.op_type == operator).then_some(reader)
    }

    /// The node that makes a name that nothing else reads, if it is of that sort.
    fn before(&self, graph: &GraphProto, name: &str, operator: &str) -> Option<usize> {
        let &maker = self.makers.get(name)?;
        (graph.node[maker].op_type == operator && self.readers.get(name)?.len() == 1).then_some(maker)
    }

    /// The node that makes a name, if it is of that sort.
    fn maker(&self, graph: &GraphProto, name: &str, operator: &str) -> Option<usize> {
        self.makers.get(name).copied().filter(|&maker| graph.node[maker].op_type == operator)
    }

    fn constant(&self, name: &str) -> Option<&[usize]> {
        self.shapes.get(name).map(Vec::as_slice)
    }

    /// Of two inputs the constant one with as many elements, all in one dimension, and the other.
    fn row<'n>(&self, inputs: &'n [String], length: usize) -> Option<(&'n String, &'n String)> {
        let [one, other] = inputs else { return None };
        let is_row = |name: &str| {
            self.constant(name).is_some_and(|shape| {
                shape.last() == Some(&length) && shape.iter().product::<usize>() == length
            })
        };
        if is_row(other) {
            Some((other, one))
        } else if is_row(one) {
            Some((one, other))
        } else {
            None
        }
    }

    /// `MatMul` with a constant matrix, and the `Add` of a constant row.
    fn dense(&mut self, graph: &GraphProto, place: usize) -> Fused {
        let node = &graph.node[place];
        let [x, matrix] = node.input.as_slice() else { return None };
        let &[_, n] = self.constant(matrix)? else { return None };
        if self.constant(x).is_some() {
            return None;
        }
        Some(self.biased(graph, place, DENSE, vec![x.clone(), matrix.clone()], n))
    }

    /// A product, and the `Add` of a constant row of `n` behind it.
    fn biased(
        &mut self,
        graph: &GraphProto,
        place: usize,
        operator: &str,
        mut inputs: Vec<String>,
        n: usize,
    ) -> (usize, NodeProto) {
        let mut last = place;
        if let Some(add) = self.next(graph, place, "Add")
            && let Some((bias, _)) = self.row(&graph.node[add].input, n)
        {
            inputs.push(bias.clone());
            last = add;
            self.gone.insert(place);
        }
        (last, fused(operator, inputs, &graph.node[last]))
    }

    /// `MatMul` with a matrix that is unpacked from codes of 4 bits with a scale for each group of rows and column:
    /// `Reshape(Mul(Sub(Concat(low, high), 8), scale))`, where `high = Floor(Mul(codes, 1/16))` and `low = Sub(codes, Mul(high, 16))`. tract would make each of
    /// these as a matrix of its own, once while it plans, which took seconds and three times the memory.
    fn coded(&mut self, graph: &GraphProto, place: usize) -> Fused {
        let [x, matrix] = graph.node[place].input.as_slice() else { return None };
        if self.constant(x).is_some() {
            return None;
        }
        let reshape = self.before(graph, matrix, "Reshape")?;
        let scaled = self.before(graph, graph.node[reshape].input.first()?, "Mul")?;
        let [one, other] = graph.node[scaled].input.as_slice() else { return None };
        let (centred, scale) =
            if self.before(graph, one, "Sub").is_some() { (one, other) } else { (other, one) };
        let centred = self.before(graph, centred, "Sub")?;
        let [halves, eight] = graph.node[centred].input.as_slice() else { return None };
        let concat = self.before(graph, halves, "Concat")?;
        let [low, high] = graph.node[concat].input.as_slice() else { return None };
        let low = self.before(graph, low, "Sub")?;
        let [bytes, raised] = graph.node[low].input.as_slice() else { return None };
        let raised = self.before(graph, raised, "Mul")?;
        let floor = self.maker(graph, high, "Floor")?;
        let lowered = self.before(graph, graph.node[floor].input.first()?, "Mul")?;
        let cast = self.maker(graph, bytes, "Cast")?;
        // Both halves come from the same bytes, by the same sixteen.
        if self.times(graph, raised, 16.0)? != high
            || self.times(graph, lowered, 1.0 / 16.0)? != bytes
            || number(graph, eight)? != 8.0
            || self.readers.get(high)?.len() != 2
            || self.readers.get(bytes)?.len() != 2
        {
            return None;
        }
        let codes = graph.initializer.iter().find(|one| one.name == graph.node[cast].input[0])?;
        let &[groups, rows, half] = self.constant(&codes.name)? else { return None };
        let columns = 2 * half;
        let fits = codes.data_type == UINT8
            && self.constant(halves)? == [groups, rows, columns]
            && self.constant(scale)? == [groups, 1, columns]
            && self.constant(matrix)? == [groups * rows, columns];
        if !fits {
            return None;
        }
        let inputs = vec![x.clone(), codes.name.clone(), scale.clone()];
        self.gone.extend([reshape, scaled, centred, concat, low, raised, floor, lowered, cast]);
        Some(self.biased(graph, place, CODED, inputs, columns))
    }

    /// What a `Mul` multiplies with this number.
    fn times<'n>(&self, graph: &'n GraphProto, place: usize, by: f32) -> Option<&'n String> {
        let [one, other] = graph.node[place].input.as_slice() else { return None };
        if number(graph, other) == Some(by) {
            Some(one)
        } else {
            (number(graph, one) == Some(by)).then_some(other)
        }
    }

    /// Rows of a table of int8, times a scale, weighed and added up: `Squeeze(MatMul(Unsqueeze(weights), Mul(Cast(Gather(table, ids)), scale)))`.
    fn pooled(&mut self, graph: &GraphProto, place: usize) -> Fused {
        let [weights, rows] = graph.node[place].input.as_slice() else { return None };
        let unsqueeze = self.before(graph, weights, "Unsqueeze")?;
        let multiply = self.before(graph, rows, "Mul")?;
        let squeeze = self.next(graph, place, "Squeeze")?;
        let initial = |name: &str| graph.initializer.iter().find(|one| one.name == name);
        let axis_one = |node: &NodeProto| {
            node.input.get(1).and_then(|axes| initial(axes)).is_some_and(|axes| integers(axes) == [1])
        };
        if !axis_one(&graph.node[unsqueeze]) || !axis_one(&graph.node[squeeze]) {
            return None;
        }
        let [one, other] = graph.node[multiply].input.as_slice() else { return None };
        let (scale, cast) = if self.constant(one).is_some() { (one, other) } else { (other, one) };
        let cast = self.before(graph, cast, "Cast")?;
        let gather = self.before(graph, &graph.node[cast].input[0], "Gather")?;
        let [table, ids] = graph.node[gather].input.as_slice() else { return None };
        let table = initial(table)?;
        let &[_, width] = self.constant(&table.name)? else { return None };
        self.row(&[String::new(), scale.clone()], width)?;
        let axis = graph.node[gather].attribute.iter().find(|one| one.name == "axis").map_or(0, |one| one.i);
        // Only one text's list at a time is added up: two dimensions.
        if table.data_type != INT8 || axis != 0 || !graph.input.iter().any(|input| input.name == *ids) {
            return None;
        }
        let inputs =
            vec![ids.clone(), graph.node[unsqueeze].input[0].clone(), table.name.clone(), scale.clone()];
        self.gone.extend([unsqueeze, multiply, cast, gather, place]);
        Some((squeeze, fused(POOLED, inputs, &graph.node[squeeze])))
    }

    /// `Conv` of single pixels, or of each channel with itself, and the `Clip` behind it.
    fn convolution(&mut self, graph: &GraphProto, place: usize) -> Fused {
        let node = &graph.node[place];
        let &[out, each, height, width] = self.constant(node.input.get(1)?)? else { return None };
        let attribute = |name: &str| node.attribute.iter().find(|one| one.name == name);
        let all =
            |name: &str, value: i64| attribute(name).is_none_or(|one| one.ints.iter().all(|&i| i == value));
        let group = attribute("group").map_or(1, |one| one.i);
        let pointwise = group == 1 && height == 1 && width == 1 && all("strides", 1) && all("pads", 0);
        let depthwise = each == 1 && usize::try_from(group) == Ok(out);
        if !all("dilations", 1) || !(pointwise || depthwise) || self.constant(&node.input[0]).is_some() {
            return None;
        }
        let mut last = place;
        let mut clip = None;
        if let Some(next) = self.next(graph, place, "Clip") {
            let initial =
                |name: &String| graph.initializer.iter().find(|one| one.name == *name).and_then(float);
            if let [_, least, most] = graph.node[next].input.as_slice()
                && let (Some(least), Some(most)) = (initial(least), initial(most))
            {
                clip = Some(vec![least, most]);
            }
        } else if self.next(graph, place, "Relu").is_some() {
            clip = Some(vec![0.0, f32::MAX]);
        }
        if clip.is_some() {
            last = self.next(graph, place, "Clip").or_else(|| self.next(graph, place, "Relu"))?;
            self.gone.insert(place);
        }
        let operator = if pointwise { POINTWISE } else { DEPTHWISE };
        let mut made = fused(operator, node.input.clone(), &graph.node[last]);
        made.attribute = node.attribute.clone();
        if let Some(floats) = clip {
            made.attribute.push(AttributeProto {
                name: CLIP.to_owned(),
                floats,
                r#type: 6,
                ..AttributeProto::default()
            });
        }
        Some((last, made))
    }
}

/// A node of ours that makes what `last` made.
fn fused(operator: &str, input: Vec<String>, last: &NodeProto) -> NodeProto {
    NodeProto {
        op_type: operator.to_owned(),
        name: format!("{}.fused", last.name),
        input,
        output: last.output.clone(),
        ..NodeProto::default()
    }
}

fn integers(tensor: &TensorProto) -> Vec<i64> {
    if tensor.int64_data.is_empty() {
        let (numbers, _) = tensor.raw_data.as_chunks::<8>();
        numbers.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect()
    } else {
        tensor.int64_data.clone()
    }
}

/// An initial tensor of one number.
fn number(graph: &GraphProto, name: &str) -> Option<f32> {
    let tensor = graph.initializer.iter().find(|one| one.name == name)?;
    let single = tensor.dims.iter().all(|&size| size == 1) && tensor.data_type == FLOAT;
    single.then(|| float(tensor)).flatten()
}

fn float(tensor: &TensorProto) -> Option<f32> {
    let raw = || tensor.raw_data.first_chunk::<4>().map(|bytes| f32::from_le_bytes(*bytes));
    tensor.float_data.first().copied().or_else(raw)
}
