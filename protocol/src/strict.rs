//! Strict CBOR: exactly one way to write a value, and nothing after it.

use minicbor::{Decode, Encode};

/// Bytes are not the one encoding of a known value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StrictError {
    /// Longer than this kind may be.
    #[error("{size} bytes are more than the {limit} that are allowed")]
    TooLarge {
        /// Bytes received.
        size: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Not a value of this kind, or one of a newer version.
    #[error("malformed, or of a newer version: {0}")]
    Malformed(String),
    /// A value, but not written in the one way that is allowed (unknown fields, trailing bytes, long integers).
    #[error("not in canonical form")]
    NotCanonical,
}

/// Writes a value. Writing to memory cannot fail.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    match minicbor::encode(value, &mut bytes) {
        Ok(()) => bytes,
        // The error type is `Infallible` for writing, and our `Encode` implementations raise none of their own.
        Err(_) => Vec::new(),
    }
}

/// Reads a value that must be written canonically, with nothing behind it.
///
/// # Errors
/// [`StrictError`]; the cost is bounded by `limit` bytes.
pub fn decode<T>(bytes: &[u8], limit: usize) -> Result<T, StrictError>
where
    T: Encode<()> + for<'b> Decode<'b, ()>,
{
    if bytes.len() > limit {
        return Err(StrictError::TooLarge {
            size: bytes.len(),
            limit,
        });
    }
    let value: T =
        minicbor::decode(bytes).map_err(|error| StrictError::Malformed(error.to_string()))?;
    if encode(&value) == bytes {
        Ok(value)
    } else {
        Err(StrictError::NotCanonical)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_long_is_not_read() {
        let bytes = encode(&"four");
        assert_eq!(decode::<String>(&bytes, 5), Ok("four".into()));
        let (size, limit) = (5, 4);
        assert_eq!(
            decode::<String>(&bytes, 4),
            Err(StrictError::TooLarge { size, limit })
        );
    }
}
