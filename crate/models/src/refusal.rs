//! Why a model is not taken, in words for the person who brought it.

use thiserror::Error;

/// What speaks against a model.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// The card is no TOML, or a key lacks or has a value that cannot be.
    #[error("card.toml: {0}")]
    Card(String),
    /// The file's length or hash is another one.
    #[error(
        "{file} is not the file that the card describes: {how}. Take the file and the card from the same place, or write the card anew"
    )]
    OtherFile {
        /// The file's name.
        file: String,
        /// What differs.
        how: String,
    },
    /// The file is not what its name promises.
    #[error("the model is not an ONNX file that can be read: {0}")]
    NotOnnx(&'static str),
    /// Another operator set than those known.
    #[error("the model is of operator set {0}; 13 to 17 are known. Export it again with `opset_version=17`")]
    Opset(i64),
    /// The card and the file name different operator sets.
    #[error("card.toml: `file.opset` is {card}, and the model's operator set is {model}")]
    OtherOpset {
        /// In the card.
        card: i64,
        /// In the file.
        model: i64,
    },
    /// An operator from outside ONNX.
    #[error("the model uses operators of `{0}`, which are not part of ONNX. Export it without them")]
    Domain(String),
    /// An operator that is not among those allowed.
    #[error("the model uses the operator `{0}`, which is not among those taken (docs/models.md lists them)")]
    Operator(String),
    /// An attribute of an operator that is not known.
    #[error("`{operator}` has an attribute `{attribute}` that is not known, or not as it is there")]
    Attribute {
        /// The operator.
        operator: String,
        /// The attribute.
        attribute: String,
    },
    /// A graph within the graph.
    #[error("the model holds a loop or a branch: how long it runs cannot be said, so it is not taken")]
    Loop,
    /// Weights in another file.
    #[error("a weight lies in another file. Save the model as one file (`save_as_external_data=False`)")]
    External,
    /// An element type that is not known.
    #[error("a tensor's element type has the number {0}; float32, uint8, int8, int32 and int64 are known")]
    ElementType(i64),
    /// More of something than is read.
    #[error("the model has more than {most} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The most that is read.
        most: usize,
    },
    /// A tensor over the limit.
    #[error("`{what}` would be over {} MB", most >> 20)]
    TooLarge {
        /// The tensor's name, or what they are together.
        what: String,
        /// The most, in bytes.
        most: u64,
    },
    /// Too much work.
    #[error(
        "one text or picture would take {operations} million multiplications; at most {most} million are allowed"
    )]
    TooCostly {
        /// In millions.
        operations: u64,
        /// In millions.
        most: u64,
    },
    /// A shape that does not fit.
    #[error("the shape of `{0}` does not fit its numbers, or what it is used with")]
    Shape(String),
    /// A shape that cannot be told before the model runs.
    #[error("the shape of `{0}` depends on what is read, so its size cannot be told beforehand")]
    Unforeseeable(String),
    /// Rows of a table that does not have them.
    #[error(
        "`{0}` asks a table for rows that it does not have, or that cannot be foreseen. Is `bits` or `vocabulary` of another model?"
    )]
    Rows(String),
    /// A weight that is no number.
    #[error("the weight `{0}` holds a value that is infinite or not a number")]
    NotFinite(String),
    /// A name that nothing defines, or that is defined twice.
    #[error("`{0}` is used before it is made, or made twice")]
    Name(String),
    /// Inputs or outputs other than the card's.
    #[error("{0}")]
    Ports(String),
    /// tract could not prepare it.
    #[error("the model cannot be prepared: {0}")]
    Preparation(String),
}
