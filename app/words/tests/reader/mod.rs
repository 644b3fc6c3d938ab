//! Rust's sources, as far as it takes to find what stands in quotes, and which calls it stands in.

/// What stands in quotes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// Where, from 1.
    pub(crate) line: usize,
    /// As it is written, its continued lines joined.
    pub(crate) text: String,
    /// The calls and macros around it, the innermost last: "`warn!`", "`Button::new`".
    pub(crate) calls: Vec<String>,
}

/// All literals outside of comments, tests and attributes other than `error`.
pub(crate) fn literals(source: &str) -> Vec<Literal> {
    let letters: Vec<char> = source.chars().collect();
    let mut reader = Reader {
        letters: &letters,
        at: 0,
        line: 1,
        calls: Vec::new(),
        found: Vec::new(),
    };
    while reader.at < letters.len() {
        reader.step();
    }
    reader.found
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    line: usize,
    calls: Vec<String>,
    found: Vec<Literal>,
}

impl Reader<'_> {
    fn begins(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(more, letter)| self.letters.get(self.at + more) == Some(&letter))
    }

    fn step(&mut self) {
        if self.begins("//") {
            self.skip_line();
        } else if self.begins("#[cfg(test)]") || self.begins("#[cfg(all(test") {
            self.skip_item();
        } else if self.begins("#[error(") {
            self.at += 1;
        } else if self.begins("#[") || self.begins("#![") {
            self.skip_brackets();
        } else {
            self.read_one();
        }
    }

    fn read_one(&mut self) {
        match self.letters[self.at] {
            '"' => self.quoted(),
            'r' if self.is_raw() => self.raw(),
            '\'' => self.quote_or_lifetime(),
            '(' => {
                self.calls.push(self.callee());
                self.at += 1;
            }
            ')' => {
                self.calls.pop();
                self.at += 1;
            }
            letter => {
                self.line += usize::from(letter == '\n');
                self.at += 1;
            }
        }
    }

    /// What is called by the parenthesis here.
    fn callee(&self) -> String {
        let is_name = |letter: &&char| letter.is_alphanumeric() || "_:!".contains(**letter);
        let name: Vec<char> = self.letters[..self.at]
            .iter()
            .rev()
            .take_while(is_name)
            .copied()
            .collect();
        name.into_iter().rev().collect()
    }

    fn quoted(&mut self) {
        let line = self.line;
        let mut text = String::new();
        self.at += 1;
        while let Some(letter) = self.letters.get(self.at).copied() {
            self.at += 1;
            match letter {
                '"' => break,
                '\\' if self.letters.get(self.at) == Some(&'\n') => self.join(),
                '\\' => {
                    text.push(' ');
                    self.at += 1;
                }
                letter => {
                    self.line += usize::from(letter == '\n');
                    text.push(letter);
                }
            }
        }
        self.keep(line, text);
    }

    /// Passes over the end of a line and what the next one begins with.
    fn join(&mut self) {
        while self
            .letters
            .get(self.at)
            .is_some_and(|one| one.is_whitespace())
        {
            self.line += usize::from(self.letters[self.at] == '\n');
            self.at += 1;
        }
    }

    fn is_raw(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.letters[at]);
        let in_a_name = before.is_some_and(|one| one.is_alphanumeric() || one == '_');
        let rest = &self.letters[self.at + 1..];
        let marks = rest.iter().take_while(|one| **one == '#').count();
        !in_a_name && rest.get(marks) == Some(&'"')
    }

    fn raw(&mut self) {
        let line = self.line;
        let marks = self.letters[self.at + 1..].iter();
        let marks = marks.take_while(|one| **one == '#').count();
        let end = format!("\"{}", "#".repeat(marks));
        self.at += marks + 2;
        let mut text = String::new();
        while self.at < self.letters.len() && !self.begins(&end) {
            let letter = self.letters[self.at];
            self.line += usize::from(letter == '\n');
            text.push(letter);
            self.at += 1;
        }
        self.at += end.len();
        self.keep(line, text);
    }

    fn keep(&mut self, line: usize, text: String) {
        let calls = self.calls.clone();
        self.found.push(Literal { line, text, calls });
    }

    fn quote_or_lifetime(&mut self) {
        let next = |more: usize| self.letters.get(self.at + more);
        if next(1) == Some(&'\\') {
            self.at += 3;
            while self.letters.get(self.at).is_some_and(|one| *one != '\'') {
                self.at += 1;
            }
            self.at += 1;
        } else if next(2) == Some(&'\'') {
            self.at += 3;
        } else {
            self.at += 1;
        }
    }

    fn skip_line(&mut self) {
        while self.letters.get(self.at).is_some_and(|one| *one != '\n') {
            self.at += 1;
        }
    }

    /// An attribute, whatever it holds.
    fn skip_brackets(&mut self) {
        let kept = self.found.len();
        let mut depth = 0_u32;
        while self.at < self.letters.len() {
            match self.letters[self.at] {
                '[' => depth += 1,
                ']' if depth == 1 => {
                    self.at += 1;
                    break;
                }
                ']' => depth -= 1,
                _ => {}
            }
            self.read_one();
        }
        self.found.truncate(kept);
    }

    /// An item that is for tests alone.
    fn skip_item(&mut self) {
        self.skip_brackets();
        let kept = self.found.len();
        let calls = self.calls.len();
        let mut depth = 0_u32;
        while self.at < self.letters.len() {
            if self.begins("//") {
                self.skip_line();
                continue;
            }
            match self.letters[self.at] {
                ';' if depth == 0 => break,
                '{' => depth += 1,
                '}' if depth <= 1 => {
                    self.at += 1;
                    break;
                }
                '}' => depth -= 1,
                _ => {}
            }
            self.read_one();
        }
        self.found.truncate(kept);
        self.calls.truncate(calls);
    }
}
