//! The tables.

/// One kind of row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    /// Single values by name.
    Meta,
    /// Roster entries by index (8 bytes, big endian).
    Roster,
    /// MLS state, by openmls' own keys.
    Mls,
    /// Channel keys, by the key ring's own keys.
    Keys,
    /// Where each channel stands, by channel.
    Stream,
    /// Events, by channel and sequence (8 bytes, big endian).
    Event,
    /// What waits to be sent, by channel and order (8 bytes, big endian).
    Outbox,
    /// Where an event is, by channel and the event's hash: its sequence (8 bytes, big endian).
    Place,
    /// What an event does to an earlier one, by channel, the earlier one's hash, and sequence (8 bytes, big endian).
    Act,
    /// Messages that were pinned once, by channel and hash.
    Pin,
    /// Events whose key is not here yet, by channel and sequence (8 bytes, big endian).
    Waiting,
    /// What one has begun to write, by channel.
    Draft,
    /// Events that are to vanish, by when (8 bytes, big endian, ms since 1970), channel and sequence (8 bytes, big endian).
    Vanish,
}

impl Table {
    /// The name that is authenticated with every row.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Roster => "roster",
            Self::Mls => "mls",
            Self::Keys => "keys",
            Self::Stream => "stream",
            Self::Event => "event",
            Self::Outbox => "outbox",
            Self::Place => "place",
            Self::Act => "act",
            Self::Pin => "pin",
            Self::Waiting => "waiting",
            Self::Draft => "draft",
            Self::Vanish => "vanish",
        }
    }
}
