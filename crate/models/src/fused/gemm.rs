//! Matrices multiplied in tiles that fit the sixteen vector registers that browsers have, in plain Rust: with `simd128` the compiler makes
//! each row of a tile two vectors. Of the tiles that were tried (3 to 10 rows, 4 to 16 columns) this one was the fastest in V8.

/// Columns of a tile.
pub const WIDTH: usize = 8;
/// Rows of a tile.
const HEIGHT: usize = 4;

/// A row of a tile.
type Row = [f32; WIDTH];

/// A matrix of `k` rows, cut into panels of [`WIDTH`] columns: panel after panel, each row by row. Missing columns are 0.
#[derive(Clone, Debug, Default)]
pub struct Panels {
    k: usize,
    rows: Vec<Row>,
}

impl Panels {
    /// Of a matrix of `k` rows and `n` columns, made row by row: `fill` writes the row of a number, in which there are zeros.
    pub fn made(k: usize, n: usize, mut fill: impl FnMut(usize, &mut [f32])) -> Panels {
        let mut rows = vec![[0.0; WIDTH]; n.div_ceil(WIDTH) * k];
        let mut made = vec![0.0; n.next_multiple_of(WIDTH)];
        for row in 0..k {
            made.fill(0.0);
            fill(row, &mut made[..n]);
            for (panel, part) in made.as_chunks::<WIDTH>().0.iter().enumerate() {
                rows[panel * k + row] = *part;
            }
        }
        Panels { k, rows }
    }

    /// Of a matrix of `k` rows and `n` columns, row by row.
    pub fn new(matrix: &[f32], k: usize, n: usize) -> Panels {
        let mut rows = vec![[0.0; WIDTH]; n.div_ceil(WIDTH) * k];
        if k > 0 {
            for (panel, rows) in rows.chunks_exact_mut(k).enumerate() {
                let from = panel * WIDTH;
                let width = WIDTH.min(n - from);
                for (row, into) in matrix.chunks_exact(n).zip(rows) {
                    into[..width].copy_from_slice(&row[from..from + width]);
                }
            }
        }
        Panels { k, rows }
    }

    /// Multiplies each row of `left` (each as long as this matrix is high). `take` gets the number of the row, the first column, and the
    /// products from there on.
    pub fn multiply(&self, left: &[f32], mut take: impl FnMut(usize, usize, &Row)) {
        let k = self.k;
        if k == 0 {
            return;
        }
        let height = left.len() / k;
        for (panel, columns) in self.rows.chunks_exact(k).enumerate() {
            let mut top = 0;
            while top < height {
                // At the lower edge the last row stands for those that are missing.
                let row = |row: usize| {
                    let row = (top + row).min(height - 1);
                    &left[row * k..(row + 1) * k]
                };
                let products = tile(row(0), row(1), row(2), row(3), columns);
                for (at, products) in products.iter().enumerate().take(height - top) {
                    take(top + at, panel * WIDTH, products);
                }
                top += HEIGHT;
            }
        }
    }
}

/// One tile of products. Written out: lengths that the compiler sees spare it a check for each factor.
#[inline(always)]
fn tile(one: &[f32], two: &[f32], three: &[f32], four: &[f32], columns: &[Row]) -> [Row; HEIGHT] {
    let k = columns.len();
    let (one, two, three, four) = (&one[..k], &two[..k], &three[..k], &four[..k]);
    let mut sums = [[0.0; WIDTH]; HEIGHT];
    for i in 0..k {
        let column = &columns[i];
        let factors = [one[i], two[i], three[i], four[i]];
        for row in 0..HEIGHT {
            for at in 0..WIDTH {
                sums[row][at] += factors[row] * column[at];
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::Panels;

    #[test]
    fn products_are_those_of_the_definition() {
        for (m, k, n) in [(1, 1, 1), (4, 3, 8), (7, 5, 19), (9, 16, 24), (3, 2, 7), (0, 4, 4)] {
            let value = |seed: usize| ((seed * 7919 + 13) % 31) as f32 - 15.0;
            let left: Vec<f32> = (0..m * k).map(value).collect();
            let right: Vec<f32> = (0..k * n).map(|at| value(at + 5)).collect();
            let mut found = vec![f32::NAN; m * n];
            Panels::new(&right, k, n).multiply(&left, |row, from, products| {
                for (at, product) in (from..n).zip(products) {
                    found[row * n + at] = *product;
                }
            });
            for row in 0..m {
                for column in 0..n {
                    let expected: f32 = (0..k).map(|i| left[row * k + i] * right[i * n + column]).sum();
                    assert_eq!(found[row * n + column], expected, "{m} {k} {n}: {row}, {column}");
                }
            }
        }
    }
}
