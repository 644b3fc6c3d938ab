//! Numbers that wrap at 32 bits, counted on.

/// Turns a wrapping 32-bit count into one that goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unwrapper {
    last: Option<i64>,
}

impl Unwrapper {
    /// The number closest to the last one that ends in these 32 bits.
    pub(super) fn unwrap(&mut self, value: u32) -> i64 {
        let unwrapped = match self.last {
            None => i64::from(value),
            Some(last) => last + i64::from(value.wrapping_sub(last as u32) as i32),
        };
        self.last = Some(unwrapped);
        unwrapped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_on_over_the_wrap_and_back() {
        let mut unwrapper = Unwrapper::default();
        let first = unwrapper.unwrap(u32::MAX);
        assert_eq!(unwrapper.unwrap(1), first + 2);
        assert_eq!(unwrapper.unwrap(u32::MAX - 1), first - 1);
    }
}
