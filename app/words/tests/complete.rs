//! The files against each other and against the sources: nothing is missing, nothing is left over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use dialtone_words::{AREAS, LANGUAGES, Language, texts};
use fluent_syntax::ast;
use fluent_syntax::parser;

/// What a message names.
type Names = BTreeSet<String>;

/// The folders, below `app`, that say something.
const SPEAKERS: [&str; 4] = ["gui/src", "engine/src", "desktop/src", "words/src"];

#[test]
fn every_file_is_read_without_an_error() {
    for language in LANGUAGES {
        for (area, text) in AREAS.iter().zip(texts(language)) {
            let outcome = parser::parse(*text);
            assert!(
                outcome.is_ok(),
                "{}/{area}.ftl: {:?}",
                language.tag(),
                outcome.err().map(|(_, errors)| errors)
            );
        }
    }
}

#[test]
fn a_key_stands_once() {
    for language in LANGUAGES {
        let mut seen = BTreeSet::new();
        for text in texts(language) {
            for (key, _) in messages(text) {
                assert!(
                    seen.insert(key.clone()),
                    "{} says {key} twice",
                    language.tag()
                );
            }
        }
    }
}

#[test]
fn every_language_has_all_keys_with_the_same_arguments() {
    for (number, area) in AREAS.iter().enumerate() {
        let english = messages(texts(Language::English)[number]);
        for language in LANGUAGES {
            let other = messages(texts(language)[number]);
            for (key, names) in &english {
                let theirs = other.get(key);
                assert_eq!(
                    theirs,
                    Some(names),
                    "{key} in {}/{area}.ftl",
                    language.tag()
                );
            }
            for key in other.keys() {
                assert!(
                    english.contains_key(key),
                    "{key} is in {}/{area}.ftl only",
                    language.tag()
                );
            }
        }
    }
}

#[test]
fn the_sources_say_what_there_is_with_the_arguments_that_it_names() {
    let english = all_english();
    let uses = uses();
    assert!(uses.len() > 50, "the sources were not found");
    for (key, place, names) in &uses {
        let known = english.get(key);
        assert_eq!(known, Some(names), "{key} in {place}");
    }
}

#[test]
fn nothing_is_kept_that_nobody_says() {
    let said: BTreeSet<String> = uses().into_iter().map(|(key, ..)| key).collect();
    for key in all_english().keys() {
        assert!(said.contains(key), "{key} is said nowhere");
    }
}

#[test]
fn a_translation_does_not_shout() {
    for language in LANGUAGES {
        for (area, text) in AREAS.iter().zip(texts(language)) {
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            for line in lines {
                let place = format!("{}/{area}.ftl: {line}", language.tag());
                assert!(!line.contains(['!', '¡']), "{place}");
            }
        }
    }
}

fn all_english() -> BTreeMap<String, Names> {
    let texts = texts(Language::English);
    texts.iter().flat_map(|text| messages(text)).collect()
}

fn messages(text: &str) -> BTreeMap<String, Names> {
    let resource = match parser::parse(text) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let entries = resource.body.iter().filter_map(|entry| match entry {
        ast::Entry::Message(message) => Some(message),
        _ => None,
    });
    entries
        .map(|message| {
            let mut names = Names::new();
            if let Some(pattern) = &message.value {
                collect(pattern, &mut names);
            }
            (message.id.name.to_owned(), names)
        })
        .collect()
}

fn collect(pattern: &ast::Pattern<&str>, names: &mut Names) {
    for element in &pattern.elements {
        if let ast::PatternElement::Placeable { expression } = element {
            in_expression(expression, names);
        }
    }
}

fn in_expression(expression: &ast::Expression<&str>, names: &mut Names) {
    match expression {
        ast::Expression::Inline(inline) => in_inline(inline, names),
        ast::Expression::Select { selector, variants } => {
            in_inline(selector, names);
            for variant in variants {
                collect(&variant.value, names);
            }
        }
    }
}

fn in_inline(inline: &ast::InlineExpression<&str>, names: &mut Names) {
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            names.insert(id.name.to_owned());
        }
        ast::InlineExpression::Placeable { expression } => in_expression(expression, names),
        _ => {}
    }
}

/// Each `say!` in the sources: key, file, arguments.
fn uses() -> Vec<(String, String, Names)> {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in SPEAKERS {
        walk(&app.join(folder), &mut files);
    }
    let mut uses = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("a source is readable");
        let code: Vec<&str> = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        for call in code.join("\n").split("say!(").skip(1) {
            let call = inside(call);
            let Some((key, rest)) = key_of(call) else {
                continue;
            };
            uses.push((key, file.display().to_string(), names_in(rest)));
        }
    }
    uses
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// What stands before the parenthesis that closes a call, which begins where `text` does.
fn inside(text: &str) -> &str {
    let mut depth = 0_u32;
    let mut quoted = false;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        match letter {
            '"' if before != '\\' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => return &text[..at],
            ')' | ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = letter;
    }
    text
}

fn key_of(call: &str) -> Option<(String, &str)> {
    let (key, rest) = call.trim_start().strip_prefix('"')?.split_once('"')?;
    Some((key.to_owned(), rest))
}

/// The names before a single equals sign, outside of parentheses.
fn names_in(arguments: &str) -> Names {
    let mut names = Names::new();
    let mut depth = 0_u32;
    let mut quoted = false;
    let mut piece = String::new();
    for letter in arguments.chars().chain([',']) {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                let name = piece
                    .split_once('=')
                    .map(|(name, _)| name.trim().to_owned());
                names.extend(name.filter(|name| !name.is_empty()));
                piece.clear();
                continue;
            }
            _ => {}
        }
        piece.push(letter);
    }
    names
}
