//! The sources beside the files: no sentence stands in them that is shown as it is. What is meant for the terminal, for logs and for
//! other programs is excepted below, each with its reason.

use std::fs;
use std::path::{Path, PathBuf};

mod reader;

use reader::{Literal, literals};

/// The folders, below `app`, whose words the window shows.
const SHOWN: [&str; 3] = ["gui/src", "engine/src", "desktop/src"];

/// What of them is no part of the program that people read: tests, and what pretends to be an engine.
const APART: [&str; 5] = ["/tests/", "/tests.rs", "/demo/", "/demo.rs", "/testing.rs"];

/// Files, by how their path ends or what it holds, whose literals are no words for the window.
const FILES: [(&str, &str); 10] = [
    ("engine/src/journal/", "those who look for mistakes read it"),
    ("engine/src/moving/mod.rs", "the terminal prints it"),
    ("engine/src/doctor/", "the terminal prints it"),
    ("engine/src/control.rs", "the terminal prints it"),
    ("engine/src/core/control.rs", "the terminal prints it"),
    ("engine/src/core/report.rs", "standard error has it"),
    ("engine/src/voice/check_file.rs", "the terminal prints it"),
    ("engine/src/runtime.rs", "the terminal prints it"),
    ("gui/src/run.rs", "the terminal prints it"),
    (
        "gui/src/rich/highlight.rs",
        "words of programming languages",
    ),
];

/// Literals, by how they begin, that look like words for the window and are none.
const WORDS: [(&str, &str); 25] = [
    ("/", "a command, or a path"),
    ("Inter ", "a font's name"),
    ("Page Up", "a key's name"),
    ("Page Down", "a key's name"),
    ("Home, End", "names of keys"),
    ("no keys that", "nobody is told why a setting was not read"),
    ("session token", "HTTP"),
    ("bytes {begun}", "HTTP"),
    ("candidate:1 ", "SDP"),
    ("{} raddr ", "SDP"),
    (" typ relay", "SDP"),
    ("the disk failed", "a fault that tests order"),
    ("there is no such property", "other programs read it"),
    ("CREATE TABLE", "SQL"),
    ("SELECT ", "SQL"),
    ("INSERT ", "SQL"),
    ("DELETE FROM", "SQL"),
    ("c=IN IP4", "SDP"),
    ("a=rtcp:", "SDP"),
    ("o={} IN IP4", "SDP"),
    (
        "[Desktop Entry]",
        "a file of the desktop's, which has its own language",
    ),
    ("[Default Applications]", "a file of the desktop's"),
    (
        "this profile is open in another window",
        "the terminal prints it",
    ),
    ("the profile folder", "the terminal prints it"),
    ("JetBrains Mono", "a font's name"),
];

#[test]
fn what_is_shown_stands_in_the_files() {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in SHOWN {
        walk(&app.join(folder), &mut files);
    }
    assert!(files.len() > 300, "the sources were not found");
    let mut found = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("a source is readable");
        let place = file.display().to_string();
        let shown = literals(&source).into_iter();
        let shown = shown.filter(|one| is_shown(one) && !is_excepted(&one.text));
        found.extend(shown.map(|one| format!("{place}:{}: {}", one.line, one.text)));
    }
    assert!(
        found.is_empty(),
        "say these by a key of assets/languages, or except them here with a reason:\n{}",
        found.join("\n")
    );
}

#[test]
fn every_exception_is_needed() {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in SHOWN {
        walk_all(&app.join(folder), &mut files);
    }
    for (part, _) in FILES {
        assert!(
            files.iter().any(|file| names(file).contains(part)),
            "{part}"
        );
    }
    let sources: Vec<String> = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("a source is readable"))
        .collect();
    for (begin, _) in WORDS {
        let stands = |source: &String| source.contains(&format!("\"{begin}"));
        assert!(sources.iter().any(stands), "{begin}");
    }
}

#[test]
fn a_sentence_is_told_from_what_is_none() {
    for shown in [
        "label(ui, \"Not there now\")",
        "let words = format!(\"{name} is away\");",
        "Button::new(\"Save\")",
        "#[error(\"the disk is full\")]",
        "Field::new(label, text).hint(\"Topic\")",
        "row(r\"Nothing here\", 2)",
    ] {
        assert!(literals(shown).iter().any(is_shown), "{shown}");
    }
    for hidden in [
        "say!(\"say-cancel\")",
        "// \"Not there now\"",
        "tracing::warn!(\"nothing is {word}: {error}\")",
        "x.expect(\"a file that is there\")",
        "#[expect(clippy::cast, reason = \"it is small enough\")]",
        "Id::new(\"something to find\")",
        "#[cfg(test)]\nmod tests { fn a() { b(\"Not there now\"); } }",
        "let a = '\"'; let b = \"a-key\";",
        "match key { \"LeftCtrl\" => 1 }",
    ] {
        let found: Vec<Literal> = literals(hidden).into_iter().filter(is_shown).collect();
        assert!(found.is_empty(), "{hidden}: {found:?}");
    }
}

/// By whom a single word is shown, too.
const SHOWERS: [&str; 19] = [
    "Button::new",
    "IconButton::new",
    "Row::new",
    "Field::new",
    "hint",
    "tooltip",
    "heading",
    "titled",
    "caption",
    "label",
    "labeled",
    "selectable",
    "segmented",
    "switch",
    "select",
    "group_label",
    "on_hover_text",
    "text_button",
    "accessible_name",
];

/// Who takes words that nobody reads in the window: for logs, for whoever develops, or to tell things apart.
const HIDERS: [&str; 27] = [
    "say!",
    "expect",
    "panic!",
    "unreachable!",
    "assert!",
    "assert_eq!",
    "assert_ne!",
    "debug_assert!",
    "trace!",
    "debug!",
    "info!",
    "warn!",
    "error!",
    "write_str",
    "debug_struct",
    "debug_tuple",
    "Id::new",
    "Id::unique",
    "unique",
    "push_id",
    "with",
    "within",
    "id_salt",
    "name",
    "request_discard",
    "include_str!",
    "concat!",
];

/// Whether it reads as words for people: two words in a row, or a word that is given to who shows it.
fn is_shown(one: &Literal) -> bool {
    if one.calls.iter().any(|call| HIDERS.contains(&bare(call))) {
        return false;
    }
    let text = without_values(&one.text);
    let words: Vec<&str> = text.split(' ').collect();
    let is_word = |word: &&str| {
        let word = word.trim_matches(|letter: char| !letter.is_alphabetic());
        word.chars().count() > 1
            && word
                .chars()
                .all(|letter| letter.is_alphabetic() || "'’-".contains(letter))
    };
    let in_a_row = words.windows(2).any(|pair| pair.iter().all(is_word));
    let by_a_value = words.len() > 1 && one.text.contains('{') && words.iter().any(is_long);
    let by_shower = one
        .calls
        .last()
        .is_some_and(|call| SHOWERS.contains(&call.as_str()) || SHOWERS.contains(&bare(call)));
    let is_capital = text.starts_with(char::is_uppercase) && words.iter().all(is_word);
    in_a_row || by_a_value || (by_shower && is_capital)
}

fn is_long(word: &&str) -> bool {
    word.chars().count() > 3 && word.chars().all(char::is_lowercase)
}

/// The last part of a path: "`warn!`" of "`tracing::warn!`"; paths that are meant as a whole stay.
fn bare(call: &str) -> &str {
    if HIDERS.contains(&call) {
        return call;
    }
    call.rsplit("::").next().unwrap_or(call)
}

fn without_values(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_u32;
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            letter if depth == 0 => out.push(letter),
            _ => {}
        }
    }
    out
}

fn is_excepted(text: &str) -> bool {
    WORDS.iter().any(|(begin, _)| text.starts_with(begin))
}

fn names(file: &Path) -> String {
    file.display().to_string().replace('\\', "/")
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut all = Vec::new();
    walk_all(folder, &mut all);
    let is_read = |file: &PathBuf| {
        let name = names(file);
        let apart = APART.iter().any(|part| name.contains(part));
        !apart && !FILES.iter().any(|(part, _)| name.contains(part))
    };
    files.extend(all.into_iter().filter(is_read));
}

fn walk_all(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk_all(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}
