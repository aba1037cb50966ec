//! Symmetric positive definite systems of a few hundred unknowns, by Cholesky's decomposition.

/// A symmetric matrix, decomposed.
pub(crate) struct Decomposed {
    size: usize,
    /// The lower triangle, row by row.
    lower: Vec<f64>,
}

impl Decomposed {
    /// Decomposes a matrix of `size` rows; `None` if it is not positive definite.
    pub(crate) fn new(mut matrix: Vec<f64>, size: usize) -> Option<Self> {
        for row in 0..size {
            for column in 0..=row {
                let (before, here) = (row * size, column * size);
                let sum: f64 = (0..column).map(|at| matrix[before + at] * matrix[here + at]).sum();
                let rest = matrix[before + column] - sum;
                matrix[before + column] = if row == column {
                    if !(rest.is_finite() && rest > 0.0) {
                        return None;
                    }
                    rest.sqrt()
                } else {
                    rest / matrix[here + column]
                };
            }
        }
        Some(Self { size, lower: matrix })
    }

    /// Solves for one right side.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = self.size;
        let mut x = right.to_vec();
        for row in 0..n {
            let sum: f64 = (0..row).map(|at| self.lower[row * n + at] * x[at]).sum();
            x[row] = (x[row] - sum) / self.lower[row * n + row];
        }
        for row in (0..n).rev() {
            let sum: f64 = (row + 1..n).map(|at| self.lower[at * n + row] * x[at]).sum();
            x[row] = (x[row] - sum) / self.lower[row * n + row];
        }
        x
    }

    /// The diagonal of the inverse.
    pub(crate) fn inverse_diagonal(&self) -> Vec<f64> {
        let n = self.size;
        // Columns of the inverse of the lower triangle, squared and added up.
        let mut diagonal = vec![0.0; n];
        let mut column = vec![0.0; n];
        for unit in 0..n {
            for row in unit..n {
                let sum: f64 = (unit..row).map(|at| self.lower[row * n + at] * column[at]).sum();
                column[row] = (f64::from(u8::from(row == unit)) - sum) / self.lower[row * n + row];
            }
            diagonal[unit] = column[unit..].iter().map(|value| value * value).sum();
        }
        diagonal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_inverts() {
        let matrix = vec![4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0];
        let decomposed = Decomposed::new(matrix.clone(), 3).expect("positive definite");
        let diagonal = decomposed.inverse_diagonal();
        for unit in 0..3 {
            let mut right = vec![0.0; 3];
            right[unit] = 1.0;
            let column = decomposed.solve(&right);
            assert!((column[unit] - diagonal[unit]).abs() < 1e-12);
            for row in 0..3 {
                let product: f64 = (0..3).map(|at| matrix[row * 3 + at] * column[at]).sum();
                assert!((product - right[row]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        assert!(Decomposed::new(vec![1.0, 2.0, 2.0, 1.0], 2).is_none());
        assert!(Decomposed::new(vec![f64::NAN], 1).is_none());
    }
}
