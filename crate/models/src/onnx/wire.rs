//! Protobuf's wire format, read in place: nothing is copied, nothing is allocated for what the bytes claim to be.

use crate::refusal::Refusal;

/// One field of a message.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A number.
    Varint(u64),
    /// Four bytes, little-endian.
    Fixed32([u8; 4]),
    /// Eight bytes, little-endian; read over, as nothing that we need is kept so.
    Fixed64,
    /// A text, bytes, packed numbers, or a message.
    Bytes(&'a [u8]),
}

/// The fields of a message, in the order of the file.
pub struct Fields<'a>(&'a [u8]);

/// Reads a message's fields. Ends after the first error.
pub fn fields(message: &[u8]) -> Fields<'_> {
    Fields(message)
}

fn broken() -> Refusal {
    Refusal::NotOnnx("it is broken off, or no ONNX file at all")
}

/// A number of up to ten bytes.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

impl<'a> Fields<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn read(&mut self) -> Option<(u64, Value<'a>)> {
        let key = varint(&mut self.0)?;
        let value = match key & 7 {
            0 => Value::Varint(varint(&mut self.0)?),
            1 => {
                self.take(8)?;
                Value::Fixed64
            }
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed32(self.take(4)?.try_into().ok()?),
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = self.read().ok_or_else(broken);
        if read.is_err() {
            self.0 = &[];
        }
        Some(read)
    }
}

impl<'a> Value<'a> {
    /// A message or text.
    pub fn bytes(self) -> Result<&'a [u8], Refusal> {
        match self {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(broken()),
        }
    }

    /// A name; at most 512 bytes.
    pub fn name(self) -> Result<&'a str, Refusal> {
        let name = std::str::from_utf8(self.bytes()?).map_err(|_| broken())?;
        if name.len() > 512 {
            return Err(Refusal::NotOnnx("a name in it is over 512 bytes long"));
        }
        Ok(name)
    }

    /// A whole number, which protobuf keeps as if it had no sign.
    pub fn integer(self) -> Result<i64, Refusal> {
        match self {
            Value::Varint(value) => Ok(value.cast_signed()),
            _ => Err(broken()),
        }
    }

    /// A number with a fraction.
    pub fn float(self) -> Result<f32, Refusal> {
        match self {
            Value::Fixed32(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(broken()),
        }
    }

    /// Adds whole numbers to a list that has at most `most`: packed, or one alone.
    pub fn integers(self, most: usize, into: &mut Vec<i64>) -> Result<(), Refusal> {
        match self {
            Value::Varint(value) => into.push(value.cast_signed()),
            Value::Bytes(mut packed) => {
                while !packed.is_empty() && into.len() <= most {
                    into.push(varint(&mut packed).ok_or_else(broken)?.cast_signed());
                }
            }
            _ => return Err(broken()),
        }
        if into.len() > most {
            return Err(Refusal::NotOnnx("a list of numbers in it is too long"));
        }
        Ok(())
    }

    /// Adds numbers with fractions to a list: packed, or one alone.
    pub fn floats(self, into: &mut Vec<f32>) -> Result<(), Refusal> {
        match self {
            Value::Fixed32(bytes) => into.push(f32::from_le_bytes(bytes)),
            Value::Bytes(packed) => {
                let (numbers, rest) = packed.as_chunks::<4>();
                if !rest.is_empty() {
                    return Err(broken());
                }
                into.extend(numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)));
            }
            _ => return Err(broken()),
        }
        Ok(())
    }
}
