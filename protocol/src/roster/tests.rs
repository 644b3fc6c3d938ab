//! Tests of the roster. (see below)
