//! How messages come out: plurals by each language's grammar, values as they are, English where there is nothing else.

use dialtone_words::{LANGUAGES, Language, say, within};

fn waiting(language: Language, count: usize) -> String {
    within(language, || say!("panel-people-wait", count = count))
}

#[test]
fn each_language_counts_by_its_own_grammar() {
    for (language, none, one, five) in [
        (
            Language::English,
            "0 people wait",
            "Somebody waits",
            "5 people wait",
        ),
        (
            Language::German,
            "0 Leute warten",
            "Jemand wartet",
            "5 Leute warten",
        ),
        (
            Language::Spanish,
            "0 personas esperan",
            "Alguien espera",
            "5 personas esperan",
        ),
        // French counts nothing as one.
        (
            Language::French,
            "Quelqu’un attend",
            "Quelqu’un attend",
            "5 personnes attendent",
        ),
        (
            Language::Swedish,
            "0 personer väntar",
            "Någon väntar",
            "5 personer väntar",
        ),
    ] {
        for (count, begins) in [(0, none), (1, one), (5, five)] {
            let words = waiting(language, count);
            assert!(words.starts_with(begins), "{count}: {words}");
        }
    }
}

#[test]
fn a_name_is_text_whatever_it_holds() {
    for name in [
        "{ $inviter }",
        "{ -brand }",
        "a\n[one] b",
        "*",
        "\u{202e}anna",
    ] {
        for language in LANGUAGES {
            let words = within(language, || say!("join-title", name = name));
            assert!(words.contains(name), "{words}");
        }
    }
}

#[test]
fn what_is_missing_is_said_in_english_or_as_its_key() {
    // Looked up past the macro, so that the test of the keys does not count it.
    within(Language::German, || {
        assert_eq!(dialtone_words::text("no-such-key"), "no-such-key");
        assert_eq!(dialtone_words::fill("no-such-key", &[]), "no-such-key");
        assert_eq!(dialtone_words::text("say-cancel"), "Abbrechen");
    });
}

#[test]
fn decimals_have_the_mark_of_the_language() {
    assert_eq!(
        within(Language::English, || dialtone_words::decimal(-45.5)),
        "-45.5"
    );
    assert_eq!(
        within(Language::French, || dialtone_words::decimal(-45.5)),
        "-45,5"
    );
}
