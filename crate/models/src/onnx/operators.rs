//! The operators that are taken: what each makes of its inputs' shapes, and how many operations on numbers that is.
//!
//! The definitions are ONNX's, of operator sets 13 to 17.

use super::graph::{Attribute, ElementType, MOST_DIMENSIONS, Node};
use super::shapes::{Tensor, axis, broadcast};
use super::values::{MOST_KNOWN, count};
use crate::refusal::Refusal;

/// What comes out of a node, and what it costs: multiplications, or other operations on one number.
pub struct Applied {
    pub output: Tensor,
    pub operations: u64,
}

/// A node with what is known of its inputs.
struct Call<'a> {
    node: &'a Node<'a>,
    inputs: &'a [Option<&'a Tensor>],
    constant: bool,
}

/// The attributes that an operator may have; `None` for an operator that is not taken.
fn known_attributes(operator: &str) -> Option<&'static [&'static str]> {
    Some(match operator {
        "Add" | "Sub" | "Mul" | "Div" | "Max" | "Pow" | "Clip" | "Erf" | "Floor" | "Identity" | "Relu"
        | "Sigmoid" | "Sqrt" | "Tanh" | "MatMul" | "GlobalAveragePool" | "Slice" | "Squeeze"
        | "Unsqueeze" => &[],
        "Cast" => &["to"],
        "Concat" | "Flatten" | "Gather" | "Softmax" => &["axis"],
        "Conv" => &["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"],
        "Gemm" => &["alpha", "beta", "transA", "transB"],
        "ReduceMean" => &["axes", "keepdims"],
        "ReduceSum" => &["keepdims", "noop_with_empty_axes"],
        "Reshape" => &["allowzero"],
        "Shape" => &["start", "end"],
        "Transpose" => &["perm"],
        _ => return None,
    })
}

/// Finds a node's output, or why it cannot be taken.
pub fn apply(node: &Node, inputs: &[Option<&Tensor>]) -> Result<Applied, Refusal> {
    let Some(attributes) = known_attributes(node.operator) else {
        return Err(match node.operator {
            "Loop" | "Scan" | "If" => Refusal::Loop,
            other => Refusal::Operator(other.to_owned()),
        });
    };
    if let Some(name) = node.attributes.keys().find(|name| !attributes.contains(name)) {
        return Err(bad_attribute(node, name));
    }
    let constant = inputs.iter().flatten().all(|input| input.constant);
    let call = Call { node, inputs, constant };
    match node.operator {
        "Add" | "Sub" | "Mul" | "Div" | "Max" | "Pow" => call.elementwise(),
        "Clip" | "Erf" | "Floor" | "Identity" | "Relu" | "Sigmoid" | "Sqrt" | "Tanh" => call.unary(),
        "Softmax" => {
            axis(call.integer("axis", -1)?, call.input(0)?.shape.len()).ok_or_else(|| call.shape())?;
            call.unary()
        }
        "Cast" => call.cast(),
        "Concat" => call.concat(),
        "Conv" => call.conv(),
        "Flatten" => call.flatten(),
        "Gather" => call.gather(),
        "Gemm" => call.gemm(),
        "GlobalAveragePool" => call.global_average_pool(),
        "MatMul" => call.matmul(),
        "ReduceMean" => {
            let axes = call.integers("axes")?.map(<[i64]>::to_vec);
            call.reduce(axes)
        }
        "ReduceSum" => {
            if call.integer("noop_with_empty_axes", 0)? != 0 {
                return Err(bad_attribute(node, "noop_with_empty_axes"));
            }
            let axes = call.optional(1).map(|axes| call.known(axes)).transpose()?;
            call.reduce(axes)
        }
        "Reshape" => call.reshape(),
        "Shape" => call.shape_of(),
        "Slice" => call.slice(),
        "Squeeze" => call.squeeze(),
        "Unsqueeze" => call.unsqueeze(),
        _ => call.transpose(),
    }
}

fn bad_attribute(node: &Node, attribute: &str) -> Refusal {
    Refusal::Attribute { operator: node.operator.to_owned(), attribute: attribute.to_owned() }
}

impl Call<'_> {
    /// Where a message is to point.
    fn place(&self) -> String {
        self.node.outputs.first().copied().unwrap_or(self.node.operator).to_owned()
    }

    fn shape(&self) -> Refusal {
        Refusal::Shape(self.place())
    }

    fn optional(&self, place: usize) -> Option<&Tensor> {
        self.inputs.get(place).copied().flatten()
    }

    fn input(&self, place: usize) -> Result<&Tensor, Refusal> {
        self.optional(place).ok_or_else(|| self.shape())
    }

    /// An input that has to be known by value.
    fn known(&self, tensor: &Tensor) -> Result<Vec<i64>, Refusal> {
        tensor.known.clone().ok_or_else(|| Refusal::Unforeseeable(self.place()))
    }

    fn integer(&self, name: &str, otherwise: i64) -> Result<i64, Refusal> {
        match self.node.attributes.get(name) {
            None => Ok(otherwise),
            Some(Attribute::Integer(value)) => Ok(*value),
            Some(_) => Err(bad_attribute(self.node, name)),
        }
    }

    fn integers(&self, name: &str) -> Result<Option<&[i64]>, Refusal> {
        match self.node.attributes.get(name) {
            None => Ok(None),
            Some(Attribute::Integers(values)) => Ok(Some(values)),
            Some(_) => Err(bad_attribute(self.node, name)),
        }
    }

    /// A tensor that costs an operation for each of its elements.
    fn made(&self, element: ElementType, shape: Vec<usize>) -> Applied {
        let output = Tensor::new(element, shape, self.constant);
        let operations = output.count();
        Applied { output, operations }
    }

    fn elementwise(&self) -> Result<Applied, Refusal> {
        let first = self.input(0)?;
        let mut shape = first.shape.clone();
        for place in 1..self.inputs.len() {
            let other = self.input(place)?;
            if other.element != first.element {
                return Err(self.shape());
            }
            shape = broadcast(&shape, &other.shape).ok_or_else(|| self.shape())?;
        }
        if self.inputs.len() < 2 && self.node.operator != "Max" {
            return Err(self.shape());
        }
        let mut applied = self.made(first.element, shape);
        if first.element != ElementType::Float
            && let &[Some(left), Some(right)] = self.inputs
        {
            self.numbers(left, right, &mut applied.output);
        }
        Ok(applied)
    }

    /// What can be said of the whole numbers that an operation on two tensors gives.
    fn numbers(&self, left: &Tensor, right: &Tensor, output: &mut Tensor) {
        let operation = |a: i64, b: i64| match self.node.operator {
            "Add" => a.checked_add(b),
            "Sub" => a.checked_sub(b),
            "Mul" => a.checked_mul(b),
            // Of numbers below zero, runtimes round differently.
            "Div" if a >= 0 && b > 0 => a.checked_div(b),
            "Max" => Some(a.max(b)),
            _ => None,
        };
        if let (Some(a), Some(b)) = (&left.known, &right.known)
            && output.count() <= MOST_KNOWN as u64
            && (a.len() == b.len() && left.shape == right.shape || a.len() == 1 || b.len() == 1)
        {
            let size = a.len().max(b.len());
            let at = |list: &[i64], i: usize| if list.len() == 1 { list[0] } else { list[i] };
            output.known = (0..size).map(|i| operation(at(a, i), at(b, i))).collect();
        }
        // Each of these is monotonic in each of its two numbers, so the corners bound it.
        if let (Some((a, b)), Some((c, d))) = (left.range, right.range) {
            let corners = [(a, c), (a, d), (b, c), (b, d)].map(|(x, y)| operation(x, y));
            if let Some(corners) = corners.into_iter().collect::<Option<Vec<i64>>>() {
                output.range = corners.iter().copied().min().zip(corners.iter().copied().max());
            }
        }
    }

    fn unary(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        for other in self.inputs.iter().skip(1).flatten() {
            if other.element != input.element || other.count() != 1 {
                return Err(self.shape());
            }
        }
        let mut applied = self.made(input.element, input.shape.clone());
        if self.node.operator == "Identity" {
            applied.operations = 0;
            applied.output = input.clone();
        } else if input.element != ElementType::Float {
            return Err(self.shape());
        }
        Ok(applied)
    }

    fn cast(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        let element = ElementType::of(self.integer("to", 0)?)?;
        let mut applied = self.made(element, input.shape.clone());
        let fits = |(low, high): (i64, i64)| match element {
            ElementType::Uint8 => low >= 0 && high <= 255,
            ElementType::Int8 => low >= -128 && high <= 127,
            ElementType::Int32 => i32::try_from(low).is_ok() && i32::try_from(high).is_ok(),
            ElementType::Int64 => true,
            ElementType::Float => false,
        };
        if input.range.is_some_and(fits) {
            applied.output.range = input.range;
            applied.output.known.clone_from(&input.known);
        }
        Ok(applied)
    }

    fn concat(&self) -> Result<Applied, Refusal> {
        let first = self.input(0)?;
        let axis = axis(self.integer("axis", 0)?, first.shape.len()).ok_or_else(|| self.shape())?;
        let mut shape = first.shape.clone();
        let mut known = Some(Vec::new());
        let mut range = first.range;
        shape[axis] = 0;
        for place in 0..self.inputs.len() {
            let one = self.input(place)?;
            let same = one.shape.len() == shape.len()
                && (0..shape.len()).all(|i| i == axis || one.shape[i] == shape[i]);
            if !same || one.element != first.element {
                return Err(self.shape());
            }
            shape[axis] = shape[axis].checked_add(one.shape[axis]).ok_or_else(|| self.shape())?;
            known = known.zip(one.known.as_ref()).map(|(mut all, more)| {
                all.extend(more);
                all
            });
            range = range.zip(one.range).map(|((a, b), (c, d))| (a.min(c), b.max(d)));
        }
        let mut applied = self.made(first.element, shape);
        let is_list = applied.output.shape.len() == 1;
        applied.output.known = known.filter(|all| is_list && all.len() <= MOST_KNOWN);
        applied.output.range = range;
        Ok(applied)
    }

    fn conv(&self) -> Result<Applied, Refusal> {
        let (input, kernel) = (self.input(0)?, self.input(1)?);
        let plane = 2;
        let (&[batch, channels, ref sizes @ ..], &[out, each, ref kernels @ ..]) =
            (input.shape.as_slice(), kernel.shape.as_slice())
        else {
            return Err(self.shape());
        };
        let group = usize::try_from(self.integer("group", 1)?).unwrap_or(0);
        let fits = sizes.len() == kernels.len()
            && (1..=plane).contains(&sizes.len())
            && group > 0
            && each.checked_mul(group) == Some(channels)
            && out.is_multiple_of(group)
            && [input, kernel].iter().all(|tensor| tensor.element == ElementType::Float)
            && self.optional(2).is_none_or(|bias| bias.shape == [out] && bias.element == ElementType::Float);
        if !fits {
            return Err(self.shape());
        }
        if self.node.attributes.contains_key("auto_pad") {
            return Err(bad_attribute(self.node, "auto_pad"));
        }
        if self.integers("kernel_shape")?.is_some_and(|said| !same_numbers(said, kernels)) {
            return Err(self.shape());
        }
        let strides = self.sizes("strides", sizes.len(), 1, 1)?;
        let dilations = self.sizes("dilations", sizes.len(), 1, 1)?;
        let pads = self.sizes("pads", 2 * sizes.len(), 0, 0)?;
        let mut shape = vec![batch, out];
        for (i, (&size, &kernel)) in sizes.iter().zip(kernels).enumerate() {
            let reach = kernel.checked_sub(1).and_then(|k| k.checked_mul(dilations[i]));
            let padded = size + pads[i] + pads[i + sizes.len()];
            let room = reach.and_then(|reach| padded.checked_sub(reach + 1));
            shape.push(room.ok_or_else(|| self.shape())? / strides[i] + 1);
        }
        let mut applied = self.made(ElementType::Float, shape);
        let taps = count(kernels).and_then(|taps| taps.checked_mul(each as u64)).unwrap_or(u64::MAX);
        applied.operations = applied.operations.saturating_mul(taps);
        Ok(applied)
    }

    /// An attribute of small sizes: one for each place, or the same for all.
    fn sizes(&self, name: &str, places: usize, otherwise: usize, least: i64) -> Result<Vec<usize>, Refusal> {
        let Some(values) = self.integers(name)? else { return Ok(vec![otherwise; places]) };
        if values.len() != places || values.iter().any(|value| !(least..=1024).contains(value)) {
            return Err(bad_attribute(self.node, name));
        }
        Ok(values.iter().filter_map(|&value| usize::try_from(value).ok()).collect())
    }

    fn flatten(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        let rank = input.shape.len();
        let at = self.integer("axis", 1)?;
        let at = if usize::try_from(at) == Ok(rank) {
            rank
        } else {
            axis(at, rank).ok_or_else(|| self.shape())?
        };
        let half = |part: &[usize]| {
            count(part).and_then(|count| usize::try_from(count).ok()).ok_or_else(|| self.shape())
        };
        let shape = vec![half(&input.shape[..at])?, half(&input.shape[at..])?];
        Ok(self.made(input.element, shape))
    }

    fn gather(&self) -> Result<Applied, Refusal> {
        let (table, indices) = (self.input(0)?, self.input(1)?);
        let axis = axis(self.integer("axis", 0)?, table.shape.len()).ok_or_else(|| self.shape())?;
        if !matches!(indices.element, ElementType::Int32 | ElementType::Int64) {
            return Err(self.shape());
        }
        let rows = table.shape[axis];
        let limit = i64::try_from(rows).map_err(|_| self.shape())?;
        // An empty list asks for nothing.
        let fits =
            indices.count() == 0 || indices.range.is_some_and(|(low, high)| low >= -limit && high < limit);
        if !fits {
            return Err(Refusal::Rows(self.place()));
        }
        let mut shape = table.shape[..axis].to_vec();
        shape.extend(&indices.shape);
        shape.extend(&table.shape[axis + 1..]);
        let mut applied = self.made(table.element, shape);
        applied.output.range = table.range;
        if let (Some(all), Some(wanted), 1) = (&table.known, &indices.known, table.shape.len()) {
            let place = |&index: &i64| {
                let index = if index < 0 { index + limit } else { index };
                usize::try_from(index).ok().and_then(|index| all.get(index)).copied()
            };
            applied.output.known = wanted.iter().map(place).collect();
        }
        Ok(applied)
    }

    fn gemm(&self) -> Result<Applied, Refusal> {
        let (left, right) = (self.input(0)?, self.input(1)?);
        let turned = |tensor: &Tensor, name: &str| -> Result<(usize, usize), Refusal> {
            match (tensor.shape.as_slice(), self.integer(name, 0)?) {
                (&[a, b], 0) => Ok((a, b)),
                (&[a, b], 1) => Ok((b, a)),
                _ => Err(self.shape()),
            }
        };
        let ((rows, inner), (same, columns)) = (turned(left, "transA")?, turned(right, "transB")?);
        let floats = self.inputs.iter().flatten().all(|one| one.element == ElementType::Float);
        let shape = vec![rows, columns];
        let fits =
            self.optional(2).is_none_or(|more| broadcast(&more.shape, &shape).as_ref() == Some(&shape));
        if inner != same || !floats || !fits {
            return Err(self.shape());
        }
        let mut applied = self.made(ElementType::Float, shape);
        applied.operations = applied.operations.saturating_mul(inner as u64 + 1);
        Ok(applied)
    }

    fn global_average_pool(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        if input.shape.len() < 3 || input.element != ElementType::Float {
            return Err(self.shape());
        }
        let mut shape = input.shape.clone();
        shape[2..].fill(1);
        let mut applied = self.made(ElementType::Float, shape);
        applied.operations = input.count();
        Ok(applied)
    }

    fn matmul(&self) -> Result<Applied, Refusal> {
        let (left, right) = (self.input(0)?, self.input(1)?);
        let ([outer_left @ .., rows, inner], [outer_right @ .., same, columns]) =
            (left.shape.as_slice(), right.shape.as_slice())
        else {
            return Err(self.shape());
        };
        if inner != same || [left, right].iter().any(|one| one.element != ElementType::Float) {
            return Err(self.shape());
        }
        let mut shape = broadcast(outer_left, outer_right).ok_or_else(|| self.shape())?;
        shape.extend([*rows, *columns]);
        let mut applied = self.made(ElementType::Float, shape);
        applied.operations = applied.operations.saturating_mul(*inner as u64);
        Ok(applied)
    }

    fn reduce(&self, axes: Option<Vec<i64>>) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        let rank = input.shape.len();
        let axes = axes.filter(|axes| !axes.is_empty()).unwrap_or_else(|| (0..rank as i64).collect());
        let kept = self.integer("keepdims", 1)? != 0;
        let axes = self.axes(&axes, rank)?;
        let shape = input.shape.iter().enumerate().filter_map(|(i, &size)| match axes.contains(&i) {
            true => kept.then_some(1),
            false => Some(size),
        });
        if input.element != ElementType::Float {
            return Err(self.shape());
        }
        let mut applied = self.made(ElementType::Float, shape.collect());
        applied.operations = input.count();
        Ok(applied)
    }

    /// Axes of a tensor of so many dimensions, each at most once.
    fn axes(&self, axes: &[i64], rank: usize) -> Result<Vec<usize>, Refusal> {
        let mut found = Vec::with_capacity(axes.len());
        for &one in axes {
            let one = axis(one, rank).filter(|one| !found.contains(one)).ok_or_else(|| self.shape())?;
            found.push(one);
        }
        Ok(found)
    }

    fn reshape(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        let wanted = self.known(self.input(1)?)?;
        let literal = self.integer("allowzero", 0)? != 0;
        let mut shape = Vec::with_capacity(wanted.len());
        let mut open = None;
        for (i, &size) in wanted.iter().enumerate() {
            shape.push(match size {
                0 if !literal => *input.shape.get(i).ok_or_else(|| self.shape())?,
                -1 if open.replace(i).is_none() => 1,
                size => usize::try_from(size).map_err(|_| self.shape())?,
            });
        }
        let rest = count(&shape).filter(|&rest| rest > 0 || open.is_none()).ok_or_else(|| self.shape())?;
        if let Some(open) = open {
            shape[open] = usize::try_from(input.count() / rest).map_err(|_| self.shape())?;
        }
        if count(&shape) != Some(input.count()) || shape.len() > MOST_DIMENSIONS {
            return Err(self.shape());
        }
        Ok(self.moved(input, shape))
    }

    /// The same numbers in another shape.
    fn moved(&self, input: &Tensor, shape: Vec<usize>) -> Applied {
        let output = Tensor { shape, constant: self.constant, ..input.clone() };
        Applied { output, operations: 0 }
    }

    fn shape_of(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        let rank = input.shape.len() as i64;
        let bound =
            |at: i64| usize::try_from(if at < 0 { at + rank } else { at }.clamp(0, rank)).unwrap_or(0);
        let (start, end) = (bound(self.integer("start", 0)?), bound(self.integer("end", rank)?));
        let sizes: Vec<i64> =
            input.shape.get(start..end).unwrap_or_default().iter().map(|&size| size as i64).collect();
        let length = sizes.len();
        let mut output = Tensor::list(sizes, vec![length], ElementType::Int64);
        // Known now, for these inputs; tract folds it only where the size is pinned.
        output.constant = self.constant;
        Ok(Applied { output, operations: 0 })
    }

    fn slice(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        let (starts, ends) = (self.known(self.input(1)?)?, self.known(self.input(2)?)?);
        let axes = match self.optional(3) {
            Some(axes) => self.known(axes)?,
            None => (0..starts.len() as i64).collect(),
        };
        let steps = match self.optional(4) {
            Some(steps) => self.known(steps)?,
            None => vec![1; starts.len()],
        };
        let axes = self.axes(&axes, input.shape.len())?;
        if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] || steps.iter().any(|&step| step != 1) {
            return Err(self.shape());
        }
        let mut shape = input.shape.clone();
        let mut known = input.known.clone().filter(|_| input.shape.len() == 1);
        for (i, &axis) in axes.iter().enumerate() {
            let size = shape[axis] as i64;
            let bound = |at: i64| (if at < 0 { at.saturating_add(size) } else { at }).clamp(0, size);
            let (start, end) = (bound(starts[i]), bound(ends[i]));
            let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end.max(start)).unwrap_or(0);
            shape[axis] = range.len();
            known = known.and_then(|all| all.get(range).map(<[i64]>::to_vec));
        }
        let mut applied = self.made(input.element, shape);
        applied.output.range = input.range;
        applied.output.known = known;
        Ok(applied)
    }

    fn squeeze(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        let axes = match self.optional(1) {
            Some(axes) => self.axes(&self.known(axes)?, input.shape.len())?,
            None => (0..input.shape.len()).filter(|&i| input.shape[i] == 1).collect(),
        };
        if axes.iter().any(|&axis| input.shape[axis] != 1) {
            return Err(self.shape());
        }
        let shape = input.shape.iter().enumerate().filter(|(i, _)| !axes.contains(i)).map(|(_, &size)| size);
        Ok(self.moved(input, shape.collect()))
    }

    fn unsqueeze(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        let axes = self.known(self.input(1)?)?;
        let rank = input.shape.len() + axes.len();
        if rank > MOST_DIMENSIONS {
            return Err(self.shape());
        }
        let axes = self.axes(&axes, rank)?;
        let mut sizes = input.shape.iter().copied();
        let shape =
            (0..rank).map(|i| if axes.contains(&i) { 1 } else { sizes.next().unwrap_or(1) }).collect();
        Ok(self.moved(input, shape))
    }

    fn transpose(&self) -> Result<Applied, Refusal> {
        let input = self.input(0)?;
        let rank = input.shape.len();
        let order = match self.integers("perm")? {
            Some(order) => order.to_vec(),
            None => (0..rank as i64).rev().collect(),
        };
        if order.len() != rank {
            return Err(self.shape());
        }
        let order = self.axes(&order, rank)?;
        let mut applied = self.made(input.element, order.iter().map(|&i| input.shape[i]).collect());
        applied.output.range = input.range;
        Ok(applied)
    }
}

fn same_numbers(said: &[i64], sizes: &[usize]) -> bool {
    said.iter().map(|&size| usize::try_from(size).ok()).eq(sizes.iter().map(|&size| Some(size)))
}
