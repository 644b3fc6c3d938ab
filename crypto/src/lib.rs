//! Client-side secrets of Dialtone: keys, groups, sealing and opening.
