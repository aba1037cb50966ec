//! A few operators of our own in tract's place, where a small model spends its time: several nodes of the graph become one.
//!
//! tract reads, checks, folds and plans the whole graph as ever. Before it does, the nodes that make up one of these are replaced by one
//! node ([`rewrite`]); what is constant stays an input of it, and once tract has folded that, the operator takes it over in the shape in which it
//! multiplies fastest. A graph without such nodes runs as it is.

mod gemm;
mod kernels;
mod operators;
mod rewrite;

use tract_onnx::prelude::*;
use tract_onnx::{Onnx, pb};

/// tract's reader of ONNX, with our operators.
fn reader() -> Onnx {
    let mut onnx = onnx().with_ignore_value_info(true);
    operators::register(&mut onnx.op_register);
    onnx
}

/// Reads a checked file. `shapes`: of the constants that are computed while it is loaded.
pub fn read(
    onnx: &[u8],
    shapes: &std::collections::HashMap<String, Vec<usize>>,
) -> TractResult<InferenceModel> {
    let reader = reader();
    let mut bytes = onnx;
    let mut model: pb::ModelProto = reader.proto_model_for_read(&mut bytes)?;
    if let Some(graph) = &mut model.graph {
        rewrite::rewrite(graph, shapes);
    }
    reader.model_for_proto_model(&model)
}
