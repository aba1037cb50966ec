//! Our operators as tract sees them.

use super::kernels::{Clip, Dense, Depthwise, Pointwise, Pooled, Window};
use std::sync::Arc;
use tract_onnx::model::OnnxOpRegister;
use tract_onnx::pb::NodeProto;
use tract_onnx::tract_hir::internal::*;

/// `x`, a matrix, perhaps a row to be added.
pub const DENSE: &str = "diffract.Dense";
/// `x`, a matrix in codes of 4 bits, a scale for each column of each group of rows, perhaps a row to be added.
pub const CODED: &str = "diffract.Coded";
/// As `Conv`, with a clip.
pub const POINTWISE: &str = "diffract.Pointwise";
/// As `Conv`, with a clip.
pub const DEPTHWISE: &str = "diffract.Depthwise";
/// Ids, weights, a table of int8, a scale for each of its columns.
pub const POOLED: &str = "diffract.Pooled";
/// The attribute of a convolution with the least and the greatest value that comes out.
pub const CLIP: &str = "clip";

/// Teaches a reader of ONNX our operators. No file can name them: it was checked before.
pub fn register(operators: &mut OnnxOpRegister) {
    operators.insert(DENSE, |_, node| Ok((expand(Fused::of(Sort::Dense, node)), vec![])));
    operators.insert(CODED, |_, node| Ok((expand(Fused::of(Sort::Coded, node)), vec![])));
    operators.insert(POINTWISE, |_, node| Ok((expand(Fused::of(Sort::Pointwise, node)), vec![])));
    operators.insert(DEPTHWISE, |_, node| Ok((expand(Fused::of(Sort::Depthwise, node)), vec![])));
    operators.insert(POOLED, |_, node| Ok((expand(Fused::of(Sort::Pooled, node)), vec![])));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Dense,
    Coded,
    Pointwise,
    Depthwise,
    Pooled,
}

/// One of our operators while its weights are inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fused {
    sort: Sort,
    strides: [usize; 2],
    pads: [usize; 4],
    /// As bits, which can be compared.
    clip: Option<[u32; 2]>,
}

impl Fused {
    fn of(sort: Sort, node: &NodeProto) -> Fused {
        let attribute = |name: &str| node.attribute.iter().find(|one| one.name == name);
        let size = |name: &str, at: usize, otherwise: usize| {
            attribute(name)
                .and_then(|one| one.ints.get(at))
                .map_or(otherwise, |&value| usize::try_from(value).unwrap_or(otherwise))
        };
        let clip = attribute(CLIP).and_then(|one| match one.floats.as_slice() {
            &[least, most] => Some([least.to_bits(), most.to_bits()]),
            _ => None,
        });
        Fused {
            sort,
            strides: [size("strides", 0, 1), size("strides", 1, 1)],
            pads: std::array::from_fn(|at| size("pads", at, 0)),
            clip,
        }
    }

    fn clip(&self) -> Clip {
        self.clip.map(|[least, most]| (f32::from_bits(least), f32::from_bits(most)))
    }

    /// How many of the inputs are not weights.
    fn read(&self) -> usize {
        if self.sort == Sort::Pooled { 2 } else { 1 }
    }

    /// The shape of what comes out, of the shapes of what goes in.
    fn shape(&self, inputs: &[TVec<TDim>]) -> TractResult<TVec<TDim>> {
        let (Some(x), Some(weights)) = (inputs.first(), inputs.get(self.read())) else {
            bail!("inputs are missing")
        };
        let mut shape = x.clone();
        match self.sort {
            Sort::Dense => {
                ensure!(
                    weights.len() == 2 && !shape.is_empty(),
                    "the matrix has other dimensions than it had"
                );
                let last = shape.len() - 1;
                shape[last] = weights[1].clone();
            }
            // Codes while it is planned, then a matrix like any other.
            Sort::Coded => {
                ensure!(
                    matches!(weights.len(), 2 | 3) && !shape.is_empty(),
                    "the codes have other dimensions than they had"
                );
                let last = shape.len() - 1;
                let columns = weights[weights.len() - 1].clone();
                shape[last] = if weights.len() == 3 { columns * 2 } else { columns };
            }
            Sort::Pooled => {
                ensure!(weights.len() == 2 && shape.len() == 2, "the table has other dimensions than it had");
                shape[1] = weights[1].clone();
            }
            Sort::Pointwise => {
                ensure!(
                    weights.len() == 4 && shape.len() == 4,
                    "the convolution has other dimensions than it had"
                );
                shape[1] = weights[0].clone();
            }
            Sort::Depthwise => {
                ensure!(
                    weights.len() == 4 && shape.len() == 4,
                    "the convolution has other dimensions than it had"
                );
                let kernel = [weights[2].to_usize()?, weights[3].to_usize()?];
                let window = Window { kernel, strides: self.strides, pads: self.pads };
                let size = window.size([shape[2].to_usize()?, shape[3].to_usize()?]);
                let [height, width] = size.context("the picture is smaller than the window")?;
                shape[2] = height.into();
                shape[3] = width.into();
            }
        }
        Ok(shape)
    }

    /// Takes the weights over.
    fn packed(&self, weights: &[Arc<Tensor>]) -> TractResult<Packed> {
        let floats = |at: usize| {
            weights
                .get(at)
                .map(|one| one.try_as_plain_ram()?.as_slice::<f32>().map(<[f32]>::to_vec))
                .transpose()
        };
        let first = weights.first().context("weights are missing")?;
        let dims = first.shape();
        let bias = |length: usize| -> TractResult<Vec<f32>> {
            let bias =
                floats(if self.sort == Sort::Coded { 2 } else { 1 })?.unwrap_or_else(|| vec![0.0; length]);
            ensure!(bias.len() == length, "the bias is of another length than what it is added to");
            Ok(bias)
        };
        Ok(match self.sort {
            Sort::Dense => Packed::Dense(Dense::new(
                first.try_as_plain_ram()?.as_slice::<f32>()?,
                dims[0],
                bias(dims[1])?,
            )),
            Sort::Coded => {
                let &[groups, _, half] = dims else { bail!("the codes have other dimensions than they had") };
                let scale = floats(1)?.unwrap_or_default();
                ensure!(scale.len() == groups * 2 * half, "there are other scales than columns");
                let codes = first.try_as_plain_ram()?.as_slice::<u8>()?;
                Packed::Dense(Dense::coded(codes, groups, &scale, bias(2 * half)?))
            }
            Sort::Pointwise => {
                Packed::Pointwise(Pointwise::new(floats(0)?.unwrap_or_default(), bias(dims[0])?, self.clip()))
            }
            Sort::Depthwise => {
                let window = Window { kernel: [dims[2], dims[3]], strides: self.strides, pads: self.pads };
                Packed::Depthwise(Depthwise::new(
                    floats(0)?.unwrap_or_default(),
                    bias(dims[0])?,
                    self.clip(),
                    window,
                ))
            }
            Sort::Pooled => {
                let scale = floats(1)?.unwrap_or_default();
                ensure!(scale.len() == dims[1], "there are other scales than columns");
                Packed::Pooled(Pooled::new(first.try_as_plain_ram()?.as_slice::<i8>()?.to_vec(), scale))
            }
        })
    }
}

impl Expansion for Fused {
    fn name(&self) -> StaticName {
        "Fused".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        s: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_output_arity(outputs, 1)?;
        s.equals(&outputs[0].datum_type, f32::datum_type())?;
        s.given_all(inputs.iter().map(|input| &input.shape), move |s, shapes| {
            s.equals(&outputs[0].shape, self.shape(&shapes)?)
        })
    }

    fn wire(&self, prefix: &str, model: &mut TypedModel, inputs: &[OutletId]) -> TractResult<TVec<OutletId>> {
        model.wire_node(prefix, self.clone(), inputs)
    }
}

impl Op for Fused {
    fn name(&self) -> StaticName {
        "Fused".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Fused {
    not_out_of_plan!();

    fn eval(&self, _ctx: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let (read, weights) = inputs.split_at(self.read());
        let weights: Vec<Arc<Tensor>> = weights.iter().map(|one| one.clone().into_arc_tensor()).collect();
        self.packed(&weights)?.run(read)
    }
}

impl TypedOp for Fused {
    as_op!();

    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let shapes: Vec<TVec<TDim>> = inputs.iter().map(|fact| fact.shape.to_tvec()).collect();
        Ok(tvec!(f32::fact(self.shape(&shapes)?)))
    }

    fn codegen(&self, model: &TypedModel, node: &TypedNode) -> TractResult<Option<TypedModelPatch>> {
        let weights =
            node.inputs[self.read()..].iter().map(|&input| Ok(model.outlet_fact(input)?.konst.clone()));
        let Some(weights) = weights.collect::<TractResult<Option<Vec<_>>>>()? else { return Ok(None) };
        let operator = Ready { fused: self.clone(), packed: Arc::new(self.packed(&weights)?) };
        TypedModelPatch::replace_single_op(model, node, &node.inputs[..self.read()], operator).map(Some)
    }
}

/// The weights of one of our operators.
#[derive(Debug)]
enum Packed {
    Dense(Dense),
    Pointwise(Pointwise),
    Depthwise(Depthwise),
    Pooled(Pooled),
}

/// One of our operators with its weights.
#[derive(Clone)]
struct Ready {
    fused: Fused,
    packed: Arc<Packed>,
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        self.fused.fmt(formatter)
    }
}

impl PartialEq for Ready {
    fn eq(&self, other: &Ready) -> bool {
        Arc::ptr_eq(&self.packed, &other.packed)
    }
}

impl Eq for Ready {}

impl Op for Ready {
    fn name(&self) -> StaticName {
        format!("{:?}", self.fused.sort).into()
    }

    op_as_typed_op!();
}

impl EvalOp for Ready {
    op_out_of_plan!();

    fn eval(&self, _ctx: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        self.packed.run(&inputs)
    }
}

impl TypedOp for Ready {
    as_op!();

    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let mut shapes: Vec<TVec<TDim>> = inputs.iter().map(|fact| fact.shape.to_tvec()).collect();
        shapes.push(self.packed.dims());
        Ok(tvec!(f32::fact(self.fused.shape(&shapes)?)))
    }
}

impl Packed {
    /// As many dimensions of the first weight as the shape of what comes out depends on.
    fn dims(&self) -> TVec<TDim> {
        let sizes = match self {
            Packed::Dense(dense) => vec![0, dense.width()],
            Packed::Pooled(pooled) => vec![0, pooled.width()],
            Packed::Pointwise(pointwise) => vec![pointwise.channels(), 0, 1, 1],
            Packed::Depthwise(depthwise) => {
                vec![0, 1, depthwise.window().kernel[0], depthwise.window().kernel[1]]
            }
        };
        sizes.into_iter().map(TDim::from).collect()
    }

    fn run(&self, inputs: &[TValue]) -> TractResult<TVec<TValue>> {
        let first = inputs.first().context("an input is missing")?;
        let dims = first.shape();
        let floats = |at: usize| inputs[at].try_as_plain_ram()?.as_slice::<f32>();
        let mut shape: TVec<usize> = dims.into();
        match self {
            Packed::Dense(dense) => {
                *shape.last_mut().context("the input is one number")? = dense.width();
            }
            Packed::Pooled(pooled) => shape[1] = pooled.width(),
            Packed::Pointwise(pointwise) => shape[1] = pointwise.channels(),
            Packed::Depthwise(depthwise) => {
                let size = depthwise.window().size([dims[2], dims[3]]);
                let [height, width] = size.context("the picture is smaller than the window")?;
                shape[2] = height;
                shape[3] = width;
            }
        }
        let mut output = Tensor::zero::<f32>(&shape)?;
        let mut plain = output.try_as_plain_ram_mut()?;
        let out = plain.as_slice_mut::<f32>()?;
        // Pictures (and texts) one after another; an empty output has none.
        let each = shape[1..].iter().product::<usize>().max(1);
        let from = dims[1..].iter().product::<usize>().max(1);
        match self {
            Packed::Dense(dense) => dense.run(floats(0)?, out),
            Packed::Pooled(pooled) => {
                let ids = first.try_as_plain_ram()?.as_slice::<i64>()?;
                let texts = ids.chunks_exact(from).zip(floats(1)?.chunks_exact(from));
                for ((ids, weights), out) in texts.zip(out.chunks_exact_mut(each)) {
                    pooled.run(ids, weights, out).context("the table has no such row")?;
                }
            }
            Packed::Pointwise(pointwise) => {
                for (planes, out) in floats(0)?.chunks_exact(from).zip(out.chunks_exact_mut(each)) {
                    pointwise.run(planes, out);
                }
            }
            Packed::Depthwise(depthwise) => {
                for (planes, out) in floats(0)?.chunks_exact(from).zip(out.chunks_exact_mut(each)) {
                    depthwise.run(planes, [dims[2], dims[3]], out, [shape[2], shape[3]]);
                }
            }
        }
        Ok(tvec!(output.into_tvalue()))
    }
}
