//! Running text: emphasis, code, links, mentions. Each character is looked at a bounded number of times.

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// As it is shown.
    pub text: String,
    /// How.
    pub style: Style,
    /// What it is.
    pub what: What,
}

/// How a piece is set.
#[expect(
    clippy::struct_excessive_bools,
    reason = "signs that may stand within each other"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Between two asterisks on each side.
    pub bold: bool,
    /// Between one asterisk, or one low line.
    pub italic: bool,
    /// Between two tildes.
    pub struck: bool,
    /// Between two upright strokes: until one wants to see it.
    pub hidden: bool,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Plain words.
    Text,
    /// `@name` of a member.
    Mention,
    /// An http or https address: this one, whatever is shown.
    Link(String),
    /// Words between backticks.
    Code,
    /// What stands in place of a hidden piece of the message: of this one.
    Cover(usize),
}

/// The longest text of a link with words of its own, and the longest address, in bytes.
const LINK_WORDS: usize = 300;
const ADDRESS: usize = 2048;

/// A piece before it is known which signs belong together.
enum Piece {
    Done(Span),
    /// A sign of emphasis, and what became of it.
    Sign {
        kind: usize,
        text: &'static str,
        role: Role,
    },
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Plain,
    Begins,
    Ends,
}

const PLAIN: Style = Style {
    bold: false,
    italic: false,
    struck: false,
    hidden: false,
};
const BOLD: Style = Style {
    bold: true,
    ..PLAIN
};
const ITALIC: Style = Style {
    italic: true,
    ..PLAIN
};

/// Signs of emphasis: what is typed, and what it does.
const SIGNS: [(&str, Style); 7] = [
    (
        "***",
        Style {
            italic: true,
            ..BOLD
        },
    ),
    ("**", BOLD),
    ("*", ITALIC),
    ("__", BOLD),
    ("_", ITALIC),
    (
        "~~",
        Style {
            struck: true,
            ..PLAIN
        },
    ),
    (
        "||",
        Style {
            hidden: true,
            ..PLAIN
        },
    ),
];

/// Takes running text apart.
pub fn spans(text: &str, names: &[&str]) -> Vec<Span> {
    let mut reader = Reader {
        rest: text,
        names,
        before: None,
        plain: String::new(),
        pieces: Vec::new(),
        open: Vec::new(),
        waiting: [0; SIGNS.len()],
        no_backtick: false,
    };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.flush();
    styled(reader.pieces)
}

struct Reader<'a> {
    rest: &'a str,
    names: &'a [&'a str],
    before: Option<char>,
    plain: String,
    pieces: Vec<Piece>,
    /// Signs that can still be answered: places in `pieces`.
    open: Vec<usize>,
    /// How many of each kind are among them.
    waiting: [usize; SIGNS.len()],
    /// No backtick follows in this line.
    no_backtick: bool,
}

impl Reader<'_> {
    fn step(&mut self) {
        let Some(first) = self.rest.chars().next() else {
            return;
        };
        let at_word_start = self.before.is_none_or(|one| !one.is_alphanumeric());
        let found = match first {
            '\\' => return self.escaped(),
            '*' | '_' | '~' | '|' => return self.sign(first),
            '\n' => {
                self.no_backtick = false;
                None
            }
            '`' => self.code(),
            '[' => worded_link(self.rest),
            '@' if at_word_start => mention(self.rest, self.names),
            'h' if at_word_start => link(self.rest),
            _ => None,
        };
        match found {
            Some((span, length)) => {
                self.flush();
                self.pieces.push(Piece::Done(span));
                self.advance(length);
            }
            None => self.take(first.len_utf8()),
        }
    }

    /// A sign after a backslash is itself.
    fn escaped(&mut self) {
        let next = self.rest[1..].chars().next();
        if next.is_some_and(|one| "\\*_~|`[]@>-#.".contains(one)) {
            self.advance(1);
        }
        let length = self.rest.chars().next().map_or(0, char::len_utf8);
        self.take(length);
    }

    fn take(&mut self, length: usize) {
        self.plain.push_str(&self.rest[..length]);
        self.advance(length);
    }

    fn advance(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length);
        self.before = taken.chars().next_back().or(self.before);
        self.rest = rest;
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            let text = std::mem::take(&mut self.plain);
            self.pieces.push(Piece::Done(plain(text, What::Text)));
        }
    }

    fn sign(&mut self, character: char) {
        let length = self.rest.len() - self.rest.trim_start_matches(character).len();
        let run = &self.rest[..length];
        let Some(kind) = SIGNS.iter().position(|(sign, _)| *sign == run) else {
            return self.take(length);
        };
        let next = self.rest[length..].chars().next();
        let blank = |one: Option<char>| one.is_none_or(char::is_whitespace);
        let letter = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
        // Low lines are part of many names.
        let within = character == '_';
        let begins = !(blank(next) || within && letter(self.before));
        let ends = !(blank(self.before) || within && letter(next));
        self.flush();
        let mut role = Role::Plain;
        if ends && self.waiting[kind] > 0 {
            while let Some(place) = self.open.pop() {
                let Piece::Sign {
                    kind: other, role, ..
                } = &mut self.pieces[place]
                else {
                    continue;
                };
                self.waiting[*other] -= 1;
                if *other == kind {
                    *role = Role::Begins;
                    break;
                }
            }
            role = Role::Ends;
        } else if begins {
            self.open.push(self.pieces.len());
            self.waiting[kind] += 1;
        }
        let text = SIGNS[kind].0;
        self.pieces.push(Piece::Sign { kind, text, role });
        self.advance(length);
    }

    fn code(&mut self) -> Option<(Span, usize)> {
        if self.no_backtick {
            return None;
        }
        let inside = &self.rest[1..];
        let line = inside.find('\n').unwrap_or(inside.len());
        let Some(end) = inside[..line].find('`') else {
            self.no_backtick = true;
            return None;
        };
        let code = &inside[..end];
        (!code.is_empty()).then(|| (plain(code.to_owned(), What::Code), end + 2))
    }
}

fn plain(text: String, what: What) -> Span {
    Span {
        text,
        style: Style::default(),
        what,
    }
}

/// Puts the styles on, and what belongs together in one.
fn styled(pieces: Vec<Piece>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut depth = [0_usize; SIGNS.len()];
    for piece in pieces {
        let mut span = match piece {
            Piece::Done(span) => span,
            Piece::Sign { kind, text, role } => match role {
                Role::Begins => {
                    depth[kind] += 1;
                    continue;
                }
                Role::Ends => {
                    depth[kind] = depth[kind].saturating_sub(1);
                    continue;
                }
                Role::Plain => plain(text.to_owned(), What::Text),
            },
        };
        for ((_, style), depth) in SIGNS.iter().zip(depth) {
            span.style.bold |= style.bold && depth > 0;
            span.style.italic |= style.italic && depth > 0;
            span.style.struck |= style.struck && depth > 0;
            span.style.hidden |= style.hidden && depth > 0;
        }
        match spans.last_mut() {
            Some(last)
                if last.what == What::Text
                    && span.what == What::Text
                    && last.style == span.style =>
            {
                last.text.push_str(&span.text);
            }
            _ => spans.push(span),
        }
    }
    spans
}

fn mention(rest: &str, names: &[&str]) -> Option<(Span, usize)> {
    let after = &rest[1..];
    let name = names
        .iter()
        .filter(|name| !name.is_empty() && after.starts_with(**name))
        .filter(|name| {
            after[name.len()..]
                .chars()
                .next()
                .is_none_or(|next| !next.is_alphanumeric())
        })
        .max_by_key(|name| name.len())?;
    Some((plain(format!("@{name}"), What::Mention), 1 + name.len()))
}

fn scheme(rest: &str) -> Option<&'static str> {
    ["https://", "http://"]
        .into_iter()
        .find(|scheme| rest.starts_with(scheme))
}

fn link(rest: &str) -> Option<(Span, usize)> {
    let scheme = scheme(rest)?;
    let end = rest
        .find(|character: char| character.is_whitespace() || "<>\"`".contains(character))
        .unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '*', '~']);
    (address.len() > scheme.len()).then(|| {
        let what = What::Link(address.to_owned());
        (plain(address.to_owned(), what), address.len())
    })
}

/// `[words](address)`.
fn worded_link(rest: &str) -> Option<(Span, usize)> {
    let words = bounded(&rest[1..], LINK_WORDS, ']')?;
    if words.trim().is_empty() || words.contains('[') {
        return None;
    }
    let after = rest[words.len() + 2..].strip_prefix('(')?;
    scheme(after)?;
    let address = bounded(after, ADDRESS, ')')?;
    let odd = |one: char| one.is_whitespace() || "<>\"`".contains(one);
    if address.contains(odd) {
        return None;
    }
    let length = words.len() + address.len() + 4;
    let what = What::Link(address.to_owned());
    Some((plain(words.to_owned(), what), length))
}

/// What comes before the first `end`, if that is in this line and not further than `most` bytes.
fn bounded(text: &str, most: usize, end: char) -> Option<&str> {
    let (place, found) = text
        .char_indices()
        .take_while(|(place, _)| *place <= most)
        .find(|(_, one)| *one == end || *one == '\n')?;
    (found == end).then(|| &text[..place])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The spans in few letters: b, i, s, then what it is.
    fn told(text: &str, names: &[&str]) -> Vec<String> {
        spans(text, names)
            .into_iter()
            .map(|span| {
                let mut told = String::new();
                for (is, letter) in [
                    (span.style.bold, 'b'),
                    (span.style.italic, 'i'),
                    (span.style.struck, 's'),
                    (span.style.hidden, 'h'),
                ] {
                    if is {
                        told.push(letter);
                    }
                }
                let what = match span.what {
                    What::Text => "",
                    What::Mention => "@",
                    What::Link(_) => "link",
                    What::Code => "code",
                    What::Cover(_) => "cover",
                };
                format!("{told}{what}:{}", span.text)
            })
            .collect()
    }

    #[test]
    fn emphasis_is_what_stands_between_equal_signs() {
        assert_eq!(told("a **b** c", &[]), [":a ", "b:b", ": c"]);
        assert_eq!(
            told("*a* _b_ ~~c~~", &[]),
            ["i:a", ": ", "i:b", ": ", "s:c"]
        );
        assert_eq!(told("**a *b* c**", &[]), ["b:a ", "bi:b", "b: c"]);
        assert_eq!(told("***both***", &[]), ["bi:both"]);
        assert_eq!(told("a ||b **c**||", &[]), [":a ", "h:b ", "bh:c"]);
    }

    #[test]
    fn signs_without_an_answer_are_shown() {
        for text in [
            "2 * 3 * 4",
            "*a",
            "snake_case_name",
            "**",
            "* *",
            "a ** b",
            "****x****",
            "a || b || c",
            "||||",
            "||open",
        ] {
            assert_eq!(told(text, &[]), [format!(":{text}")]);
        }
        assert_eq!(told("**a *b**", &[]), ["b:a *b"]);
        assert_eq!(told("\\*a\\* \\x", &[]), [":*a* \\x"]);
    }

    #[test]
    fn only_members_are_mentioned_and_the_longest_wins() {
        let names = ["Tom", "Tomas"];
        assert_eq!(
            told("flags @Tomas @Tomasina a@Tom @Nobody", &names),
            [":flags ", "@:@Tomas", ": @Tomasina a@Tom @Nobody"]
        );
    }

    #[test]
    fn links_end_before_the_full_stop() {
        let found = told("see https://example.org/a(b). And http:// too", &[]);
        assert_eq!(found[1], "link:https://example.org/a(b");
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_link_may_have_words_and_only_to_the_web() {
        let found = spans("[the chart](https://example.org/c)", &[]);
        assert_eq!(found[0].text, "the chart");
        assert_eq!(
            found[0].what,
            What::Link("https://example.org/c".to_owned())
        );
        for text in [
            "[a](file:///etc/passwd)",
            "[a](javascript:x)",
            "[a] (https://b.example)",
        ] {
            let links = spans(text, &[]);
            let words =
                |span: &Span| !matches!(&span.what, What::Link(to) if to != "https://b.example");
            assert!(links.iter().all(words), "{text}");
        }
    }

    #[test]
    fn code_has_no_emphasis_in_it() {
        assert_eq!(told("`*a*` b`", &[]), ["code:*a*", ": b`"]);
        assert_eq!(told("`a\nb`", &[]), [":`a\nb`"]);
    }
}
