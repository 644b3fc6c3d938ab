//! Lets the voice thread outlive a mistake in one of its parts.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// A part panicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panicked;

/// Runs `work` and stops a panic in it.
///
/// What `work` changed may be half done: the caller takes it out of use, or starts it anew. Costs nothing while nothing
/// panics; a panic itself allocates and writes to the standard error output.
///
/// # Errors
/// [`Panicked`].
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // The payload comes from unknown code, and may panic when dropped; the second one is left where it is.
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(second);
        }
        Panicked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_goes_no_further() {
        struct Twice;
        impl Drop for Twice {
            fn drop(&mut self) {
                std::panic::panic_any(1);
            }
        }
        assert_eq!(guard(|| 7), Ok(7));
        assert_eq!(
            guard(|| std::panic::panic_any(Twice)),
            Err::<(), _>(Panicked)
        );
    }
}
