//! What is filled into a message.

use std::borrow::Cow;
use std::sync::Arc;

use fluent_bundle::FluentValue;

/// A value that a message can name: text, as it is, or a number, which also chooses between singular and plural.
pub trait Argument {
    /// The value, as the messages take it.
    fn argument(&self) -> FluentValue<'_>;
}

impl<T: Argument + ?Sized> Argument for &T {
    fn argument(&self) -> FluentValue<'_> {
        (**self).argument()
    }
}

impl Argument for str {
    fn argument(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Argument for String {
    fn argument(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl Argument for Arc<str> {
    fn argument(&self) -> FluentValue<'_> {
        FluentValue::from(&**self)
    }
}

impl Argument for Cow<'_, str> {
    fn argument(&self) -> FluentValue<'_> {
        FluentValue::from(&**self)
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl Argument for $number {
            fn argument(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        })+
    };
}

numbers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);
