use super::*;
use proptest::prelude::*;

/// The blocks in few letters: depth of quotes, what it is, its words.
fn told(text: &str) -> Vec<String> {
    let words = |spans: &[Span]| -> String { spans.iter().map(|one| one.text.as_str()).collect() };
    parse(text, &[])
        .iter()
        .map(|block| {
            let quote = ">".repeat(usize::from(block.quote));
            match &block.kind {
                Kind::Paragraph(spans) => format!("{quote}{}", words(spans)),
                Kind::Item {
                    depth,
                    marker,
                    spans,
                } => format!("{quote}{depth}{marker}{}", words(spans)),
                Kind::Code { language, text, .. } => {
                    format!("{quote}[{}]{text}", language.as_deref().unwrap_or(""))
                }
            }
        })
        .collect()
}

#[test]
fn a_block_of_code_stands_alone() {
    let blocks = told("Wind:\n```\n06:00 SW\n12:00 W\n```\nSo be it.");
    assert_eq!(blocks, ["Wind:", "[]06:00 SW\n12:00 W", "So be it."]);
    assert_eq!(told("```Rust\nfn a() {}\n```"), ["[rust]fn a() {}"]);
}

#[test]
fn an_open_fence_is_plain_text() {
    assert_eq!(told("``` never closed"), ["``` never closed"]);
}

#[test]
fn quotes_and_lists_are_blocks_of_their_own() {
    assert_eq!(
        told("She said\n> one\n> two\n> > deeper\nand I"),
        ["She said", ">one\ntwo", ">>deeper", "and I"]
    );
    assert_eq!(
        told("To do:\n- sails\n  and ropes\n  - red\n* oars\n1. first\n12. last\nend"),
        [
            "To do:",
            "0•sails\nand ropes",
            "1•red",
            "0•oars",
            "01.first",
            "012.last",
            "end"
        ]
    );
}

#[test]
fn what_only_looks_so_stays_as_it_was_typed() {
    for text in [
        ">:(",
        "-5 degrees",
        "1.5 litres",
        "# no heading",
        "a\n---",
        "<b>x</b>",
        "1234. x",
    ] {
        assert_eq!(told(text), [text]);
    }
}

#[test]
fn nesting_has_an_end() {
    let deep = parse(&format!("{}x", "> ".repeat(500)), &[]);
    assert_eq!(deep[0].quote, DEEPEST);
    let deep = parse(&format!("{}- x", " ".repeat(500)), &[]);
    assert!(matches!(&deep[0].kind, Kind::Item { depth, .. } if *depth == DEEPEST));
}

#[test]
fn links_are_found_once_and_hosts_are_what_is_gone_to() {
    let text = "https://a.example/x https://a.example/x [b](http://b.example)";
    assert_eq!(links(text), ["https://a.example/x", "http://b.example"]);
    assert_eq!(host("https://bank.example@evil.example/x"), "evil.example");
    assert_eq!(host("https://evil.example\\@bank.example"), "evil.example");
    assert_eq!(host("http://a.example:80?x"), "a.example:80");
}

#[test]
fn direction_follows_the_first_letter() {
    assert!(runs_right_to_left("  123 שלום"));
    assert!(!runs_right_to_left("hello שלום"));
    assert!(!runs_right_to_left("123"));
}

/// 16 KiB of what costs most takes no longer than so many ordinary messages would.
#[test]
fn hostile_text_costs_as_much_as_its_length() {
    let names: Vec<String> = (0..50).map(|number| format!("name{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for unit in [
        "*",
        "**a ",
        "_a ",
        "`",
        "` ``",
        "[",
        "[a](",
        "~~",
        "> ",
        "- ",
        "@",
        "https://",
        "*a_b~~`",
        "```",
        "\\",
        "```a\n",
        "***",
        "a*b_",
        "[x](https://a",
    ] {
        let time = |length: usize| {
            let text = unit.repeat(length / unit.len());
            // The quickest of several: whatever else the computer does only adds.
            let times = (0..5).map(|_| {
                let begun = std::time::Instant::now();
                std::hint::black_box(parse(&text, &names));
                begun.elapsed()
            });
            times.min().unwrap()
        };
        // Eight times as long; a square would take sixty-four times, however often it is looked at.
        let mut seen = Vec::new();
        let is_bounded = (0..4).any(|_| {
            let (small, large) = (time(4 * 1024), time(32 * 1024));
            seen.push((small, large));
            large < small * 40 + std::time::Duration::from_millis(30)
        });
        assert!(is_bounded, "{unit:?}: {seen:?}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_no_word_is_lost(text in "[a-c*_~`@\\[\\]()> \n\\\\é🚢.0-9-]{0,80}") {
        let shown: String = parse(&text, &["a", "b"])
            .iter()
            .flat_map(|block| match &block.kind {
                Kind::Paragraph(spans) | Kind::Item { spans, .. } => {
                    spans.iter().map(|one| one.text.clone()).collect::<Vec<_>>()
                }
                Kind::Code { language, text, .. } => {
                    vec![language.clone().unwrap_or_default(), text.clone()]
                }
            })
            .collect();
        let letters = |text: &str| text.chars().filter(|one| "abcé🚢".contains(*one)).count();
        prop_assert_eq!(letters(&shown), letters(&text));
    }

    #[test]
    fn any_text_at_all_is_taken(text in any::<String>()) {
        parse(&text, &["x"]);
        highlight(&text, "rust");
    }
}

#[test]
fn the_plain_words_have_no_marks_and_stand_in_one_line() {
    let said = plain(
        "They are at the *club* at **eight**, `pier 3`\n> a quote\n- [map](https://a.example)",
    );
    assert_eq!(said, "They are at the club at eight, pier 3 a quote • map");
    assert_eq!(
        plain("Wind:\n```rust\nlet a = 1;\n```\nso"),
        "Wind: let a = 1; so"
    );
    assert_eq!(plain("Wind: ```\u{20}06:00 SW"), "Wind: 06:00 SW");
    assert_eq!(plain("2 * 3 and a_b_c"), "2 * 3 and a_b_c");
}
