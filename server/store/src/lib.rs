//! What the Dialtone server keeps: store traits and their conformance suite.
