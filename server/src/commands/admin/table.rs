//! Plain tables: columns as wide as what is in them.

use dialtone_server::calendar;

/// A head, and rows of as many columns.
pub(super) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut lines: Vec<Vec<String>> = vec![head.iter().map(|&name| name.to_owned()).collect()];
    lines.extend(rows);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, &width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// A time in UTC.
pub(super) fn moment(ms: u64) -> String {
    calendar::minute(i64::try_from(ms / 1000).unwrap_or(i64::MAX / 2000))
}

/// A length for people.
pub(super) fn bytes(bytes: u64) -> String {
    dialtone_server::length_in_words(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let rows = [
            vec!["one".to_owned(), "1".to_owned()],
            vec!["twenty".to_owned(), "20".to_owned()],
        ];
        let text = table(&["name", "n"], rows);
        assert_eq!(text, "name    n\none     1\ntwenty  20\n");
    }
}
