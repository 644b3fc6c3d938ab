//! A claim to a channel's call, as it is stored.

use minicbor::{Decode, Encode};

use crate::bus::Tag;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct Home {
    /// Whose.
    #[n(0)]
    pub(super) instance: Tag,
    /// Where clients reach that instance.
    #[n(1)]
    pub(super) address: String,
    /// Until when, in milliseconds since 1970 by that instance's clock: another one at each renewal.
    #[n(2)]
    pub(super) until_ms: i64,
}

impl Home {
    /// `None`: of another version, or nothing.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        minicbor::decode(bytes).ok()
    }

    /// For the store.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory does not fail.
        minicbor::to_vec(self).unwrap_or_default()
    }
}
