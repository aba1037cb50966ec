//! From a model's numbers to chances.

use crate::card::{Activation, Calibration, CalibrationKind, Card};

/// The chances of all labels for one row of outputs, each 0…1. An embedding stays as it is.
pub fn chances(card: &Card, outputs: &[f32]) -> Vec<f32> {
    let calibrated = outputs.iter().map(|&value| apply(&card.calibration, f64::from(value)));
    match card.output.activation {
        Activation::None => calibrated.map(|value| value as f32).collect(),
        Activation::Sigmoid => calibrated.map(|value| (1.0 / (1.0 + (-value).exp())) as f32).collect(),
        Activation::Softmax => {
            let values: Vec<f64> = calibrated.collect();
            let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let parts: Vec<f64> = values.iter().map(|value| (value - greatest).exp()).collect();
            let total: f64 = parts.iter().sum();
            parts.iter().map(|part| (part / total) as f32).collect()
        }
    }
}

fn apply(calibration: &Calibration, value: f64) -> f64 {
    let slope = calibration.slope.unwrap_or(1.0);
    match calibration.kind {
        CalibrationKind::Logistic => slope * value + calibration.offset.unwrap_or(0.0),
        CalibrationKind::Temperature => slope * value,
        CalibrationKind::None => value,
    }
}
