//! Pictures: pixels, scaled as a model wants them.

use crate::session::RunError;

/// The most pixels of a picture.
pub const MOST_PIXELS: usize = 16_000_000;

/// A picture: red, green, blue and how opaque, a byte each, not premultiplied, row by row from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    rgba: Vec<u8>,
    width: usize,
    height: usize,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "Picture({} × {})", self.width, self.height)
    }
}

impl Picture {
    /// Takes pixels: 4 · width · height bytes, at most [`MOST_PIXELS`] of four.
    pub fn new(rgba: Vec<u8>, width: usize, height: usize) -> Result<Picture, RunError> {
        let pixels = width.checked_mul(height).filter(|&pixels| pixels > 0 && pixels <= MOST_PIXELS);
        let Some(pixels) = pixels else {
            return Err(RunError::Picture(format!(
                "the picture is {width} × {height} pixels; 1 to {} million are looked at",
                MOST_PIXELS / 1_000_000
            )));
        };
        if rgba.len() != 4 * pixels {
            return Err(RunError::Picture(format!(
                "{width} × {height} pixels are {} bytes, not {}",
                4 * pixels,
                rgba.len()
            )));
        }
        Ok(Picture { rgba, width, height })
    }

    /// Width and height, in pixels.
    pub fn dimensions(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// As a tensor of 3 · size · size: each colour a plane, 0…1; bilinear, corners aligned, the aspect not kept.
    pub fn scaled(&self, size: usize) -> Vec<f32> {
        let columns = taps(self.width, size);
        let rows = taps(self.height, size);
        let mut planes = vec![0.0; 3 * size * size];
        for (y, &(top, down)) in rows.iter().enumerate() {
            let below = (top + 1).min(self.height - 1);
            for (x, &(left, along)) in columns.iter().enumerate() {
                let right = (left + 1).min(self.width - 1);
                for colour in 0..3 {
                    let at = |row: usize, column: usize| {
                        f32::from(self.rgba[4 * (row * self.width + column) + colour]) / 255.0
                    };
                    let upper = at(top, left) + (at(top, right) - at(top, left)) * along;
                    let lower = at(below, left) + (at(below, right) - at(below, left)) * along;
                    planes[(colour * size + y) * size + x] = upper + (lower - upper) * down;
                }
            }
        }
        planes
    }
}

/// For each place of the target, the place in the source before it, and how far on from there.
fn taps(from: usize, to: usize) -> Vec<(usize, f32)> {
    let step = if to > 1 { (from - 1) as f32 / (to - 1) as f32 } else { 0.0 };
    (0..to)
        .map(|target| {
            let source = target as f32 * step;
            let before = (source as usize).min(from - 1);
            (before, source - before as f32)
        })
        .collect()
}

#[cfg(feature = "pictures")]
mod decode {
    use super::{MOST_PIXELS, Picture};
    use crate::session::RunError;
    use image::{ImageDecoder, ImageReader, Limits};
    use std::io::Cursor;

    /// The largest file of a picture, in bytes.
    const MOST_FILE: usize = 32 << 20;

    impl Picture {
        /// Reads a PNG, JPEG, WebP or GIF file; of an animation the first picture.
        pub fn decode(file: &[u8]) -> Result<Picture, RunError> {
            let broken = |error: &dyn std::fmt::Display| {
                RunError::Picture(format!("the picture cannot be read: {error}"))
            };
            if file.len() > MOST_FILE {
                return Err(RunError::Picture(format!("the picture is over {} MB", MOST_FILE >> 20)));
            }
            let mut reader =
                ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|error| broken(&error))?;
            if reader.format().is_none() {
                return Err(RunError::Picture("it is no PNG, JPEG, WebP or GIF".to_owned()));
            }
            let mut limits = Limits::default();
            limits.max_alloc = Some(16 * MOST_PIXELS as u64);
            reader.limits(limits);
            let decoder = reader.into_decoder().map_err(|error| broken(&error))?;
            let (width, height) = decoder.dimensions();
            let (width, height) = (width as usize, height as usize);
            if width.saturating_mul(height) > MOST_PIXELS {
                // The same message as for pixels that came from elsewhere.
                return Picture::new(Vec::new(), width, height);
            }
            let decoded = image::DynamicImage::from_decoder(decoder).map_err(|error| broken(&error))?;
            Picture::new(decoded.into_rgba8().into_raw(), width, height)
        }
    }
}
