//! Virtual-time tests of the jitter buffer.
