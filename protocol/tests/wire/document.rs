//! `docs/PROTOCOL.md` tells the truth: its examples are the vectors, its tables name what the code has.
//!
//! An example is a fenced block whose info string is `hex` and a vector's name, or `link` and a link's name.

use std::collections::BTreeSet;

use dialtone_protocol::frame::{ClientFrame, FrameKind, ServerFrame};
use minicbor::Decoder;

use crate::common::{self, hex, kinds};

const DOCUMENT: &str = include_str!("../../../docs/PROTOCOL.md");

/// Info string and content of every fenced block.
fn blocks() -> Vec<(&'static str, String)> {
    let mut blocks = Vec::new();
    let mut lines = DOCUMENT.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let content: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((info, content.join("\n")));
        }
    }
    blocks
}

/// What an example spells: hexadecimal lines, in which `1f × 1216` is a run of one byte.
fn spelled(content: &str) -> Vec<u8> {
    let lines = content.lines().map(|line| match line.split_once(" × ") {
        Some((byte, times)) => hex::read(byte).repeat(times.parse().unwrap()),
        None => hex::read(line),
    });
    lines.flatten().collect()
}

/// Every example: the vector that it is of, and its bytes.
fn examples() -> Vec<(&'static str, Vec<u8>)> {
    let example = |(info, content): (&'static str, String)| {
        let (form, name) = info.split_once(' ')?;
        let bytes = match form {
            "hex" => spelled(&content),
            "link" => content.split_whitespace().collect::<String>().into_bytes(),
            _ => return None,
        };
        Some((name, bytes))
    };
    blocks().into_iter().filter_map(example).collect()
}

#[test]
fn the_examples_are_the_vectors() {
    let samples = common::all();
    for (name, bytes) in examples() {
        let sample = samples.iter().find(|(known, _)| *known == name);
        let (_, expected) = sample.unwrap_or_else(|| panic!("no vector is called {name}"));
        assert_eq!(&bytes, expected, "{name}");
    }
}

/// Kinds of one direction of which an example is there.
fn shown(head: &str) -> BTreeSet<u32> {
    let frames = examples();
    let of_head = frames.iter().filter(|(name, _)| name.starts_with(head));
    let kind = |(_, bytes): &(_, Vec<u8>)| {
        // [version, request, [kind, [fields]]]
        let mut decoder = Decoder::new(bytes);
        decoder.array().unwrap();
        decoder.u8().unwrap();
        decoder.u32().unwrap();
        decoder.array().unwrap();
        decoder.u32().unwrap()
    };
    of_head.map(kind).collect()
}

#[test]
fn every_kind_of_frame_has_an_example() {
    fn all_of<T: FrameKind>(head: &str) {
        let shown = shown(head);
        let lacking: Vec<u32> = kinds::<T>().difference(&shown).copied().collect();
        assert!(
            lacking.is_empty(),
            "{head}: no example of kinds {lacking:?}"
        );
    }
    all_of::<ClientFrame>("client-");
    all_of::<ServerFrame>("server-");
}

/// What is not CBOR cannot be read off its own form.
#[test]
fn every_packet_and_the_digest_have_an_example() {
    let shown: BTreeSet<&str> = examples().into_iter().map(|(name, _)| name).collect();
    for (name, _) in common::packets::all() {
        assert!(shown.contains(name), "{name}");
    }
}

#[test]
fn every_kind_has_its_line() {
    for (name, _) in common::all() {
        let kind = ["entry-", "client-", "server-"]
            .iter()
            .find_map(|head| name.strip_prefix(head));
        let Some(kind) = kind else { continue };
        let kind = kind.split("--").next().unwrap();
        let words: String = kind
            .split('-')
            .flat_map(|word| [word[..1].to_uppercase(), word[1..].to_owned()])
            .collect();
        assert!(
            DOCUMENT.contains(&format!("`{words}`")),
            "{words} is not described"
        );
    }
}

#[test]
fn every_request_has_its_line() {
    let code = include_str!("../../src/http/mod.rs");
    let requests = code.lines().filter_map(|line| {
        let cell = line.strip_prefix("//! | `")?;
        cell.split(['?', '`', ',']).next()
    });
    let requests: Vec<&str> = requests.collect();
    assert!(requests.len() > 10);
    for request in requests {
        assert!(DOCUMENT.contains(&format!("`{request}")), "{request}");
    }
}
