//! The whole Dialtone client without a window.
