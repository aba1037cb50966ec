//! What the fused operators compute.

use super::gemm::{Panels, WIDTH};

/// Least and greatest value that comes out.
pub type Clip = Option<(f32, f32)>;

fn clipped(value: f32, clip: Clip) -> f32 {
    match clip {
        // Comparisons, not `min` and `max`: those call a function in wasm, for the sake of what is not a number.
        Some((least, _)) if value < least => least,
        Some((_, most)) if value > most => most,
        _ => value,
    }
}

/// `x · w + bias` for each row of `x`.
#[derive(Clone, Debug)]
pub struct Dense {
    panels: Panels,
    /// One for each column.
    bias: Vec<f32>,
}

impl Dense {
    /// `matrix` has `k` rows; there are as many columns as there is `bias`.
    pub fn new(matrix: &[f32], k: usize, bias: Vec<f32>) -> Dense {
        Dense { panels: Panels::new(matrix, k, bias.len()), bias }
    }

    /// A matrix of codes of 4 bits, two to a byte: each row's first half of columns in the low bits, the second in the high ones, plus 8. A `scale` for
    /// each column of each of the `groups` of rows.
    pub fn coded(codes: &[u8], groups: usize, scale: &[f32], bias: Vec<f32>) -> Dense {
        let (columns, half) = (bias.len(), bias.len() / 2);
        let height = codes.len() / half.max(1);
        let each = (height / groups.max(1)).max(1);
        let panels = Panels::made(height, columns, |row, into| {
            let codes = &codes[row * half..(row + 1) * half];
            let scale = &scale[row / each * columns..(row / each + 1) * columns];
            let (low, high) = into.split_at_mut(half);
            for (at, &code) in codes.iter().enumerate() {
                low[at] = (f32::from(code & 15) - 8.0) * scale[at];
                high[at] = (f32::from(code >> 4) - 8.0) * scale[half + at];
            }
        });
        Dense { panels, bias }
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.bias.len()
    }

    /// Fills `out`, row by row.
    pub fn run(&self, x: &[f32], out: &mut [f32]) {
        let n = self.bias.len();
        self.panels.multiply(x, |row, from, products| {
            let to = n.min(from + WIDTH);
            let into = &mut out[row * n + from..row * n + to];
            for ((into, product), bias) in into.iter_mut().zip(products).zip(&self.bias[from..to]) {
                *into = product + bias;
            }
        });
    }
}

/// A convolution that looks at one pixel at a time.
#[derive(Clone, Debug)]
pub struct Pointwise {
    /// A row for each channel that comes out.
    matrix: Vec<f32>,
    bias: Vec<f32>,
    clip: Clip,
}

impl Pointwise {
    /// `matrix`: a row for each channel that comes out, as many as there is `bias`.
    pub fn new(matrix: Vec<f32>, bias: Vec<f32>, clip: Clip) -> Pointwise {
        Pointwise { matrix, bias, clip }
    }

    /// Channels that come out.
    pub fn channels(&self) -> usize {
        self.bias.len()
    }

    /// One picture: planes in, planes out.
    pub fn run(&self, planes: &[f32], out: &mut [f32]) {
        let channels = self.matrix.len() / self.bias.len().max(1);
        let pixels = planes.len() / channels.max(1);
        Panels::new(planes, channels, pixels).multiply(&self.matrix, |channel, from, products| {
            let to = pixels.min(from + WIDTH);
            let bias = self.bias[channel];
            let into = &mut out[channel * pixels + from..channel * pixels + to];
            for (into, product) in into.iter_mut().zip(products) {
                *into = clipped(product + bias, self.clip);
            }
        });
    }
}

/// A convolution of each channel with itself.
#[derive(Clone, Debug)]
pub struct Depthwise {
    /// Of each channel, row by row.
    taps: Vec<f32>,
    bias: Vec<f32>,
    clip: Clip,
    window: Window,
}

/// Where a convolution looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Height and width.
    pub kernel: [usize; 2],
    /// Down and across.
    pub strides: [usize; 2],
    /// Zeros around the picture: top, left, bottom, right.
    pub pads: [usize; 4],
}

impl Window {
    /// The size of what comes out for a picture of this height and width; nothing where it is smaller than the window.
    pub fn size(&self, [height, width]: [usize; 2]) -> Option<[usize; 2]> {
        let [top, left, bottom, right] = self.pads;
        let out = |size: usize, axis: usize| {
            Some(size.checked_sub(self.kernel[axis])? / self.strides[axis].max(1) + 1)
        };
        Some([out(height + top + bottom, 0)?, out(width + left + right, 1)?])
    }
}

impl Depthwise {
    /// `taps`: a window for each channel.
    pub fn new(taps: Vec<f32>, bias: Vec<f32>, clip: Clip, window: Window) -> Depthwise {
        Depthwise { taps, bias, clip, window }
    }

    /// Where it looks.
    pub fn window(&self) -> Window {
        self.window
    }

    /// One picture of `size`, planes in, planes of `wide` out.
    pub fn run(
        &self,
        planes: &[f32],
        [height, width]: [usize; 2],
        out: &mut [f32],
        [high, wide]: [usize; 2],
    ) {
        let Window { kernel: [kernel_height, kernel_width], strides: [down, across], pads: [top, left, ..] } =
            self.window;
        // Rows with their padding, taken apart into as many lanes as pixels are stepped over: what one tap is multiplied with lies side by side.
        let lane = (wide - 1) + kernel_width.div_ceil(across);
        let row = lane * across;
        let mut padded = vec![0.0; ((high - 1) * down + kernel_height) * row];
        let channels = planes.chunks_exact(height * width).zip(out.chunks_exact_mut(high * wide));
        let weights = self.taps.chunks_exact(kernel_height * kernel_width).zip(&self.bias);
        for ((plane, out), (taps, &bias)) in channels.zip(weights) {
            for y in 0..height.min((padded.len() / row).saturating_sub(top)) {
                let source = &plane[y * width..(y + 1) * width];
                let into = &mut padded[(y + top) * row..(y + top + 1) * row];
                for phase in 0..across {
                    // The first pixel of this lane that is not padding.
                    let first = (across + phase - left % across) % across;
                    let start = (first + left) / across;
                    let into = &mut into[phase * lane..(phase + 1) * lane];
                    let Some(into) = into.get_mut(start..) else { continue };
                    if across == 1 {
                        let shared = into.len().min(width);
                        into[..shared].copy_from_slice(&source[..shared]);
                        continue;
                    }
                    let mut pixel = first;
                    for into in into {
                        if pixel >= width {
                            break;
                        }
                        *into = source[pixel];
                        pixel += across;
                    }
                }
            }
            for (y, out) in out.chunks_exact_mut(wide).enumerate() {
                out.fill(bias);
                for (at, &tap) in taps.iter().enumerate() {
                    let (tap_y, tap_x) = (at / kernel_width, at % kernel_width);
                    let from = (y * down + tap_y) * row + (tap_x % across) * lane + tap_x / across;
                    for (sum, pixel) in out.iter_mut().zip(&padded[from..from + wide]) {
                        *sum += tap * pixel;
                    }
                }
                if self.clip.is_some() {
                    for value in out {
                        *value = clipped(*value, self.clip);
                    }
                }
            }
        }
    }
}

/// Weighted sums of rows of a table of codes.
#[derive(Clone, Debug)]
pub struct Pooled {
    codes: Vec<i8>,
    /// What a code stands for, by column.
    scale: Vec<f32>,
}

impl Pooled {
    /// A table with as many columns as there are scales.
    pub fn new(codes: Vec<i8>, scale: Vec<f32>) -> Pooled {
        Pooled { codes, scale }
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.scale.len()
    }

    /// Adds up, for one text, the rows that `ids` name. Nothing if the table has no such row.
    pub fn run(&self, ids: &[i64], weights: &[f32], out: &mut [f32]) -> Option<()> {
        let width = self.scale.len();
        if let ([scale], [out]) = (self.scale.as_slice(), &mut *out) {
            *out = self.single(ids, weights)? * scale;
            return Some(());
        }
        out.fill(0.0);
        for (&id, &weight) in ids.iter().zip(weights) {
            if weight == 0.0 {
                continue;
            }
            let from = usize::try_from(id).ok()?.checked_mul(width)?;
            let row = self.codes.get(from..from.checked_add(width)?)?;
            for (sum, &code) in out.iter_mut().zip(row) {
                *sum += weight * f32::from(code);
            }
        }
        for (sum, scale) in out.iter_mut().zip(&self.scale) {
            *sum *= scale;
        }
        Some(())
    }

    /// Of a table of one column, without its scale. Four sums side by side, as an addition waits for the one before it.
    fn single(&self, ids: &[i64], weights: &[f32]) -> Option<f32> {
        let term = |id: i64, weight: f32| match usize::try_from(id).ok().and_then(|id| self.codes.get(id)) {
            Some(&code) => Some(weight * f32::from(code)),
            None if weight == 0.0 => Some(0.0),
            None => None,
        };
        let mut sums = [0.0; 4];
        let (ids, last_ids) = ids.as_chunks::<4>();
        let (weights, last_weights) = weights.as_chunks::<4>();
        for (ids, weights) in ids.iter().zip(weights) {
            for (sum, (&id, &weight)) in sums.iter_mut().zip(ids.iter().zip(weights)) {
                *sum += term(id, weight)?;
            }
        }
        for (&id, &weight) in last_ids.iter().zip(last_weights) {
            sums[0] += term(id, weight)?;
        }
        Some(sums.iter().sum())
    }
}

#[cfg(test)]
mod tests {
    use super::{Dense, Depthwise, Pooled, Window};

    #[test]
    fn codes_stand_for_what_they_stand_for_in_the_graph() {
        // Two groups of two rows, four columns: codes 1…16 less 9, in halves.
        let codes: Vec<u8> = (0..8).map(|at| (2 * at) | ((2 * at + 1) << 4)).collect();
        let scale = [1.0, 2.0, 4.0, 8.0, 0.5, 0.25, 0.125, 16.0];
        let matrix = [
            [-8.0, -12.0, -28.0, -40.0],
            [-4.0, -4.0, -12.0, -8.0],
            [0.0, 0.5, 0.125, 48.0],
            [2.0, 1.5, 0.625, 112.0],
        ];
        let dense = Dense::coded(&codes, 2, &scale, vec![0.0, 0.0, 0.0, 1.0]);
        for (row, expected) in matrix.iter().enumerate() {
            let mut one = [0.0; 4];
            one[row] = 1.0;
            let mut out = [f32::NAN; 4];
            dense.run(&one, &mut out);
            let [a, b, c, d] = *expected;
            assert_eq!(out, [a, b, c, d + 1.0], "row {row}");
        }
    }

    #[test]
    fn a_table_of_one_column_is_added_up_alike() {
        let pooled = Pooled::new((0..100).map(|code| (code - 50) as i8).collect(), vec![0.5]);
        for length in [0, 1, 3, 4, 11] {
            let ids: Vec<i64> = (0..length).map(|at| (at * 37) % 100).collect();
            let weights: Vec<f32> = (0..length).map(|at| at as f32 - 4.0).collect();
            let expected: f32 = ids.iter().zip(&weights).map(|(&id, weight)| weight * (id - 50) as f32).sum();
            let mut out = [f32::NAN];
            assert_eq!(pooled.run(&ids, &weights, &mut out), Some(()));
            assert_eq!(out, [expected * 0.5]);
        }
        let mut out = [f32::NAN];
        assert_eq!(pooled.run(&[1, 100, -1, 2], &[1.0, 0.0, 0.0, 1.0], &mut out), Some(()));
        assert_eq!(out, [(-49.0 - 48.0) * 0.5]);
        for id in [100, -1, i64::MAX, i64::MIN] {
            assert_eq!(pooled.run(&[id], &[1.0], &mut out), None);
            assert_eq!(pooled.run(&[1, 1, id, 1], &[1.0; 4], &mut out), None);
        }
    }

    #[test]
    fn a_depthwise_convolution_is_that_of_the_definition() {
        for (size, kernel, strides, pads) in [
            ([5, 7], [3, 3], [1, 1], [1, 1, 1, 1]),
            ([6, 8], [3, 3], [2, 2], [0, 0, 1, 1]),
            ([9, 5], [5, 3], [2, 1], [2, 0, 1, 1]),
            ([4, 11], [1, 4], [1, 3], [0, 2, 0, 0]),
            ([3, 3], [3, 3], [1, 1], [0, 0, 0, 0]),
        ] {
            let window = Window { kernel, strides, pads };
            let [height, width] = size;
            let value = |seed: usize| ((seed * 7919 + 13) % 31) as f32 - 15.0;
            let planes: Vec<f32> = (0..2 * height * width).map(value).collect();
            let taps: Vec<f32> = (0..2 * kernel[0] * kernel[1]).map(|at| value(at + 3)).collect();
            let [high, wide] = window.size(size).expect("it fits");
            let mut out = vec![f32::NAN; 2 * high * wide];
            let clip = Some((-500.0, 500.0));
            Depthwise::new(taps.clone(), vec![1.0, 2.0], clip, window).run(
                &planes,
                size,
                &mut out,
                [high, wide],
            );
            for (at, found) in out.iter().enumerate() {
                let (channel, y, x) = (at / (high * wide), at / wide % high, at % wide);
                let mut expected = [1.0, 2.0][channel];
                for tap_y in 0..kernel[0] {
                    for tap_x in 0..kernel[1] {
                        let (y, x) = (y * strides[0] + tap_y, x * strides[1] + tap_x);
                        if (pads[0]..pads[0] + height).contains(&y) && (pads[1]..pads[1] + width).contains(&x)
                        {
                            let tap = taps[(channel * kernel[0] + tap_y) * kernel[1] + tap_x];
                            expected += tap * planes[(channel * height + y - pads[0]) * width + x - pads[1]];
                        }
                    }
                }
                assert_eq!(*found, f32::clamp(expected, -500.0, 500.0), "{window:?}: {channel}, {y}, {x}");
            }
        }
    }

    #[test]
    fn rows_of_a_table_are_weighed_and_added_and_others_are_refused() {
        let pooled = Pooled::new(vec![1, 2, 3, 4, -5, 6], vec![0.5, 10.0]);
        let mut out = [f32::NAN; 2];
        assert_eq!(pooled.run(&[0, 2, 9], &[1.0, 2.0, 0.0], &mut out), Some(()));
        assert_eq!(out, [0.5 * (1.0 - 10.0), 10.0 * (2.0 + 12.0)]);
        for id in [3, -1, i64::MAX, i64::MIN] {
            assert_eq!(pooled.run(&[id], &[1.0], &mut out), None);
        }
    }
}
