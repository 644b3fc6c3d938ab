//! The colours of code: words, texts, numbers and comments of common languages. It knows no grammar, and needs none.

use std::ops::Range;

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A word of the language.
    Keyword,
    /// Between quotation marks.
    Text,
    /// A number.
    Number,
    /// Said to the reader alone.
    Comment,
}

struct Language {
    names: &'static [&'static str],
    line_comments: &'static [&'static str],
    block_comment: Option<(&'static str, &'static str)>,
    quotes: &'static str,
    keywords: &'static str,
}

const SLASHES: &[&str] = &["//"];
const STARS: Option<(&str, &str)> = Some(("/*", "*/"));

const LANGUAGES: [Language; 10] = [
    Language {
        names: &["rust", "rs"],
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: "\"",
        keywords: " as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref \
                   return self Self static struct super trait true type unsafe use where while ",
    },
    Language {
        names: &[
            "c", "h", "cpp", "c++", "cc", "hpp", "csharp", "cs", "java", "kotlin", "kt", "swift",
        ],
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: "\"'",
        keywords: " abstract auto bool break case catch char class const continue default delete do double else enum extends extern false final \
                   float for fun func if implements import in int interface let long namespace new null nullptr override package private \
                   protected public return short signed sizeof static struct super switch template this throw true try typedef union unsigned \
                   using val var virtual void volatile when while ",
    },
    Language {
        names: &["js", "javascript", "ts", "typescript", "jsx", "tsx"],
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: "\"'`",
        keywords: " as async await break case catch class const continue default delete do else export extends false finally for from function \
                   if import in instanceof interface let new null of return static super switch this throw true try type typeof undefined var \
                   void while yield ",
    },
    Language {
        names: &["go", "golang"],
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: "\"`'",
        keywords: " break case chan const continue default defer else false for func go if import interface map nil package range return \
                   select struct switch true type var ",
    },
    Language {
        names: &["python", "py"],
        line_comments: &["#"],
        block_comment: None,
        quotes: "\"'",
        keywords: " False None True and as assert async await break class continue def del elif else except finally for from global if import \
                   in is lambda not or pass raise return try while with yield ",
    },
    Language {
        names: &["sh", "bash", "shell", "zsh", "console"],
        line_comments: &["#"],
        block_comment: None,
        quotes: "\"'",
        keywords: " case cd do done echo elif else esac exit export fi for function if in local return set then until while ",
    },
    Language {
        names: &["toml", "yaml", "yml", "ini", "conf"],
        line_comments: &["#"],
        block_comment: None,
        quotes: "\"'",
        keywords: " false no null off on true yes ",
    },
    Language {
        names: &["json"],
        line_comments: &[],
        block_comment: None,
        quotes: "\"",
        keywords: " false null true ",
    },
    Language {
        names: &["sql"],
        line_comments: &["--"],
        block_comment: STARS,
        quotes: "'",
        keywords: " ALTER AND AS ASC BY CREATE DELETE DESC DISTINCT DROP FROM GROUP HAVING IN INDEX INSERT INTO IS JOIN LEFT LIMIT NOT NULL ON \
                   OR ORDER PRIMARY KEY SELECT SET TABLE UNION UPDATE VALUES WHERE and as by create delete from group in insert into is join \
                   left limit not null on or order select set table update values where ",
    },
    Language {
        names: &["css", "scss", "html", "xml", "svg"],
        line_comments: &[],
        block_comment: STARS,
        quotes: "\"'",
        keywords: " ",
    },
];

/// The coloured pieces of `code`, in order; none where the language is not known.
pub fn highlight(code: &str, language: &str) -> Vec<(Range<usize>, Class)> {
    let known = LANGUAGES.iter().find(|one| one.names.contains(&language));
    let Some(language) = known else {
        return Vec::new();
    };
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(first) = code[at..].chars().next() {
        let (length, class) = piece(&code[at..], first, language);
        if let Some(class) = class {
            pieces.push((at..at + length, class));
        }
        at += length;
    }
    pieces
}

/// How long the piece at the beginning of `rest` is, and what it is.
fn piece(rest: &str, first: char, language: &Language) -> (usize, Option<Class>) {
    let line = || rest.find('\n').unwrap_or(rest.len());
    let mut signs = language.line_comments.iter();
    if signs.any(|sign| rest.starts_with(*sign)) {
        return (line(), Some(Class::Comment));
    }
    if let Some((open, close)) = language.block_comment
        && let Some(inside) = rest.strip_prefix(open)
    {
        // One that never ends goes to the end.
        let end = inside.find(close).map(|end| open.len() + end + close.len());
        return (end.unwrap_or(rest.len()), Some(Class::Comment));
    }
    if language.quotes.contains(first) {
        return (quoted(rest, first), Some(Class::Text));
    }
    if first.is_alphabetic() || first == '_' {
        let of_word = |one: char| one.is_alphanumeric() || one == '_';
        let end = rest.find(|one| !of_word(one)).unwrap_or(rest.len());
        let word = &rest[..end];
        let found = end <= 12
            && language
                .keywords
                .split_ascii_whitespace()
                .any(|one| one == word);
        return (end, found.then_some(Class::Keyword));
    }
    if first.is_ascii_digit() {
        let of_number = |one: char| one.is_ascii_alphanumeric() || one == '.' || one == '_';
        let end = rest.find(|one| !of_number(one)).unwrap_or(rest.len());
        return (end, Some(Class::Number));
    }
    (first.len_utf8(), None)
}

/// How long the text is that begins here; one that is not closed ends with its line.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, one) in rest.char_indices().skip(1) {
        if one == '\n' && quote != '`' {
            return at;
        }
        if one == quote && !escaped {
            return at + one.len_utf8();
        }
        escaped = one == '\\' && !escaped;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: &str, language: &str) -> Vec<(String, Class)> {
        highlight(code, language)
            .into_iter()
            .map(|(range, class)| (code[range].to_owned(), class))
            .collect()
    }

    #[test]
    fn words_texts_numbers_and_comments_are_told_apart() {
        let found = told("let a = \"x\\\"y\" + 12; // fn", "rust");
        let expected = [
            ("let", Class::Keyword),
            ("\"x\\\"y\"", Class::Text),
            ("12", Class::Number),
            ("// fn", Class::Comment),
        ];
        assert_eq!(
            found,
            expected.map(|(text, class)| (text.to_owned(), class))
        );
        assert_eq!(told("# no", "python")[0].1, Class::Comment);
        assert!(told("let a = 1", "").is_empty());
    }

    #[test]
    fn what_is_not_closed_ends_somewhere() {
        assert_eq!(told("/* a", "c"), [("/* a".to_owned(), Class::Comment)]);
        assert_eq!(told("'a\nif", "python").len(), 2);
    }
}
