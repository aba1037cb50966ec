//! Learning: kernel logistic regression by Newton's method, with everything that is to be chosen chosen by leaving one out.
//!
//! The leave-one-out scores are those of the last weighted least-squares step, in closed form (Cawley and Talbot, *Efficient
//! approximate leave-one-out cross-validation for kernel logistic regression*, 2008): no example is learned from anew.

use crate::features::Features;
use crate::solve::Decomposed;

/// How strongly weights are held back, from little to much.
const RIDGES: [f64; 5] = [0.01, 0.03, 0.1, 0.3, 1.0];
/// How much of the likeness of two texts comes from their grams.
const GRAM_SHARES: [f64; 3] = [0.1, 0.25, 0.5];
/// Steps of Newton's method; it converges in six or so.
const STEPS: usize = 12;
/// Examples above which fewer choices are tried, so that learning stays quick.
const MANY: usize = 80;

/// What was learned of a set of examples.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Learned {
    /// A weight for each example.
    pub(crate) weights: Vec<f64>,
    pub(crate) offset: f64,
    pub(crate) gram_share: f64,
    /// What each example scores where it was left out, before calibration.
    pub(crate) left_out: Vec<f64>,
    /// Mean loss of those, both classes alike.
    pub(crate) loss: f64,
}

/// Learns which of two sorts of texts another belongs to. `None` unless there are both sorts.
pub(crate) fn learn(examples: &[&Features], belongs: &[bool]) -> Option<Learned> {
    let count = examples.len();
    let positive = belongs.iter().filter(|belongs| **belongs).count();
    if positive == 0 || positive == count || belongs.len() != count {
        return None;
    }
    let classes = Classes::new(belongs, positive);
    let mut meaning = vec![0.0; count * count];
    let mut grams = vec![0.0; count * count];
    for row in 0..count {
        for column in 0..=row {
            let (by_meaning, by_grams) = examples[row].alike(examples[column]);
            for at in [row * count + column, column * count + row] {
                meaning[at] = by_meaning;
                grams[at] = by_grams;
            }
        }
    }
    let few = count <= MANY;
    let ridges = if few { &RIDGES[..] } else { &RIDGES[1..4] };
    let shares = if few { &GRAM_SHARES[..] } else { &GRAM_SHARES[1..2] };
    let mut best: Option<Learned> = None;
    for share in shares {
        let kernel: Vec<f64> =
            meaning.iter().zip(&grams).map(|(m, g)| (1.0 - share) * m + share * g).collect();
        for ridge in ridges {
            let Some(learned) = fit(&kernel, &classes, *ridge, *share) else { continue };
            if best.as_ref().is_none_or(|best| learned.loss < best.loss) {
                best = Some(learned);
            }
        }
    }
    best
}

/// The examples' sorts, and what each example weighs so that both sorts weigh alike.
struct Classes {
    targets: Vec<f64>,
    weights: Vec<f64>,
}

impl Classes {
    fn new(belongs: &[bool], positive: usize) -> Self {
        let count = belongs.len() as f64;
        let weight = |belongs| {
            let of_sort = if belongs { positive as f64 } else { count - positive as f64 };
            count / (2.0 * of_sort)
        };
        Self {
            targets: belongs.iter().map(|belongs| f64::from(u8::from(*belongs))).collect(),
            weights: belongs.iter().map(|belongs| weight(*belongs)).collect(),
        }
    }
}

/// One fit: `f = K·a + b`, by iterated weighted least squares: `(K + ridge·W⁻¹)·a + b = z`, `Σa = 0`.
fn fit(kernel: &[f64], classes: &Classes, ridge: f64, gram_share: f64) -> Option<Learned> {
    let count = classes.targets.len();
    let ones = vec![1.0; count];
    let (mut scores, mut last) = (vec![0.0; count], None);
    for _ in 0..STEPS {
        let mut matrix = kernel.to_vec();
        let mut wanted = vec![0.0; count];
        for at in 0..count {
            let chance = sigmoid(scores[at]);
            let slope = (chance * (1.0 - chance)).max(1e-4);
            matrix[at * count + at] += ridge / (classes.weights[at] * slope);
            wanted[at] = scores[at] + (classes.targets[at] - chance) / slope;
        }
        let decomposed = Decomposed::new(matrix, count)?;
        let (of_wanted, of_ones) = (decomposed.solve(&wanted), decomposed.solve(&ones));
        let total: f64 = of_ones.iter().sum();
        let offset = of_wanted.iter().sum::<f64>() / total;
        let weights: Vec<f64> = of_wanted.iter().zip(&of_ones).map(|(z, one)| z - offset * one).collect();
        let next: Vec<f64> = (0..count)
            .map(|row| offset + (0..count).map(|at| kernel[row * count + at] * weights[at]).sum::<f64>())
            .collect();
        let moved = next.iter().zip(&scores).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        // Half a step where it would leap: few examples are told apart by anything.
        let pace = if moved > 8.0 { 8.0 / moved } else { 1.0 };
        scores.iter_mut().zip(&next).for_each(|(score, next)| *score += pace * (next - *score));
        last = Some((weights, offset, wanted, decomposed, of_ones, total));
        if moved < 1e-6 {
            break;
        }
    }
    let (weights, offset, wanted, decomposed, of_ones, total) = last?;
    // The diagonal of the inverse of the whole system, the offset's row included.
    let diagonal = decomposed.inverse_diagonal();
    let left_out: Vec<f64> = (0..count)
        .map(|at| {
            let own = diagonal[at] - of_ones[at] * of_ones[at] / total;
            if own > 1e-12 { wanted[at] - weights[at] / own } else { offset }
        })
        .collect();
    let loss = left_out
        .iter()
        .zip(&classes.targets)
        .zip(&classes.weights)
        .map(|((score, target), weight)| weight * log_loss(*score, *target))
        .sum::<f64>()
        / count as f64;
    let sound = loss.is_finite() && weights.iter().all(|weight| weight.is_finite()) && offset.is_finite();
    sound.then_some(Learned { weights, offset, gram_share, left_out, loss })
}

pub(crate) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn log_loss(score: f64, target: f64) -> f64 {
    // ln(1 + e^-m) for the margin, without overflow.
    let margin = if target > 0.5 { score } else { -score };
    if margin > 0.0 { (-margin).exp().ln_1p() } else { -margin + margin.exp().ln_1p() }
}

/// Calibrates left-out scores, as Platt does: `slope · score + offset` is the logit of the share. Both sorts are taken to be
/// as frequent as each other, and of few examples no share is near 0 or 1.
pub(crate) fn calibrate(scores: &[f64], belongs: &[bool]) -> (f64, f64) {
    let positive = belongs.iter().filter(|belongs| **belongs).count() as f64;
    let negative = belongs.len() as f64 - positive;
    let (high, low) = ((positive + 1.0) / (positive + 2.0), 1.0 / (negative + 2.0));
    let (mut slope, mut offset) = (1.0_f64, 0.0_f64);
    for _ in 0..50 {
        // Newton's method on two numbers; each sort weighs a half, and a slope far from one has to be earned.
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.05 * (slope - 1.0), 0.0, 0.05, 0.0, 1e-6);
        for (score, belongs) in scores.iter().zip(belongs) {
            let score = score.clamp(-30.0, 30.0);
            let (target, weight) = if *belongs { (high, 0.5 / positive) } else { (low, 0.5 / negative) };
            let chance = sigmoid(slope * score + offset);
            let (miss, bend) = (weight * (chance - target), weight * chance * (1.0 - chance));
            ga += miss * score;
            gb += miss;
            haa += bend * score * score;
            hab += bend * score;
            hbb += bend;
        }
        let determinant = haa * hbb - hab * hab;
        if determinant.abs() < 1e-12 {
            break;
        }
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        slope -= da.clamp(-1.0, 1.0);
        offset -= db.clamp(-2.0, 2.0);
        if da.abs() + db.abs() < 1e-9 {
            break;
        }
    }
    // A filter that ranks the wrong way around when left out knows nothing; it is not to be turned around.
    (slope.clamp(0.05, 20.0), offset.clamp(-20.0, 20.0))
}
