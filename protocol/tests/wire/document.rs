//! `docs/PROTOCOL.md` tells the truth: its examples are the vectors, its tables name what the code has.
//!
//! An example is a fenced block whose info string is `hex` and a vector's name, or `link` and a link's name.

use crate::common::{self, hex};

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

#[test]
fn the_examples_are_the_vectors() {
    let samples = common::all();
    let mut examples = 0;
    for (info, content) in blocks() {
        let Some((form, name)) = info.split_once(' ') else {
            continue;
        };
        let bytes = match form {
            "hex" => hex::read(&content),
            "link" => content.split_whitespace().collect::<String>().into_bytes(),
            _ => continue,
        };
        let sample = samples.iter().find(|(known, _)| *known == name);
        let (_, expected) = sample.unwrap_or_else(|| panic!("no vector is called {name}"));
        assert_eq!(&bytes, expected, "{name}");
        examples += 1;
    }
    assert!(examples >= 12, "only {examples} examples");
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
