//! `mimeapps.list`: which program opens what. Only the line of one kind is touched; whatever else stands there stays.

const SECTION: &str = "[Default Applications]";

/// The program that comes first for `kind`.
pub(super) fn first<'a>(text: &'a str, kind: &str) -> Option<&'a str> {
    let mut inside = false;
    for line in lines(text).map(str::trim) {
        if line.starts_with('[') {
            inside = line == SECTION;
        } else if inside && let Some(value) = value_of(line, kind) {
            return value.split(';').map(str::trim).find(|one| !one.is_empty());
        }
    }
    None
}

/// The same list with `program` for `kind`.
pub(super) fn with(text: &str, kind: &str, program: &str) -> String {
    let entry = format!("{kind}={program}");
    let mut out: Vec<&str> = Vec::new();
    let (mut inside, mut done) = (false, false);
    for line in lines(text) {
        if line.trim().starts_with('[') {
            inside = line.trim() == SECTION;
        }
        if inside && value_of(line.trim(), kind).is_some() {
            if !done {
                out.push(&entry);
                done = true;
            }
            continue;
        }
        out.push(line);
        if inside && !done && line.trim() == SECTION && !has(text, kind) {
            out.push(&entry);
            done = true;
        }
    }
    if !done {
        out.extend([SECTION, &entry]);
    }
    joined(&out)
}

/// The same list without `program` for `kind`; another program's entry stays.
pub(super) fn without(text: &str, kind: &str, program: &str) -> String {
    let mut inside = false;
    let mut out: Vec<&str> = Vec::new();
    for line in lines(text) {
        if line.trim().starts_with('[') {
            inside = line.trim() == SECTION;
        }
        let value = value_of(line.trim(), kind).filter(|_| inside);
        let ours = value.is_some_and(|value| value.trim_end_matches(';').trim() == program);
        if !ours {
            out.push(line);
        }
    }
    joined(&out)
}

fn has(text: &str, kind: &str) -> bool {
    let mut inside = false;
    lines(text).map(str::trim).any(|line| {
        if line.starts_with('[') {
            inside = line == SECTION;
        }
        inside && value_of(line, kind).is_some()
    })
}

/// As they are ended, for those that stay.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_terminator('\n')
}

fn value_of<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    let (name, value) = line.split_once('=')?;
    (name.trim() == kind).then(|| value.trim())
}

fn joined(lines: &[&str]) -> String {
    let mut out = lines.join("\n");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "x-scheme-handler/dialtone";

    #[test]
    fn one_line_is_changed_and_the_rest_stays() {
        let ours = "x-scheme-handler/dialtone=dialtone.desktop\n";
        for (before, after) in [
            (String::new(), format!("{SECTION}\n{ours}")),
            (
                "[Added Associations]\na=b\n".to_owned(),
                format!("[Added Associations]\na=b\n{SECTION}\n{ours}"),
            ),
            (
                format!("{SECTION}\na=b\n\n[Other]\n{KIND}=x\n"),
                format!("{SECTION}\n{ours}a=b\n\n[Other]\n{KIND}=x\n"),
            ),
            (
                format!("{SECTION}\na=b\n{KIND} = other.desktop;\nc=d\n{KIND}=third\n"),
                format!("{SECTION}\na=b\n{ours}c=d\n"),
            ),
            // Lines that another system ended.
            (
                format!("{SECTION}\r\na=b\r\n[Other]\r"),
                format!("{SECTION}\r\n{ours}a=b\r\n[Other]\r\n"),
            ),
        ] {
            let changed = with(&before, KIND, "dialtone.desktop");
            assert_eq!(changed, after);
            assert_eq!(first(&changed, KIND), Some("dialtone.desktop"));
            assert_eq!(with(&changed, KIND, "dialtone.desktop"), changed);
            let back = without(&changed, KIND, "dialtone.desktop");
            assert_eq!(first(&back, KIND), None);
        }
    }

    #[test]
    fn another_programs_entry_is_left_alone() {
        let text = format!("{SECTION}\n{KIND}=other.desktop;\n");
        assert_eq!(without(&text, KIND, "dialtone.desktop"), text);
        assert_eq!(first(&text, KIND), Some("other.desktop"));
        assert_eq!(first("", KIND), None);
    }
}
