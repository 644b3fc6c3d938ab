//! Rows as bytes: one CBOR array a row, one behind the other.

use dialtone_store::tables::{Column, Kind, Row, Value};
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

/// Adds a row.
pub(super) fn encode(row: &[Value], to: &mut Vec<u8>) {
    let mut encoder = Encoder::new(to);
    // Into memory nothing fails.
    let _: Result<(), _> = write(row, &mut encoder);
}

fn write(
    row: &[Value],
    to: &mut Encoder<&mut Vec<u8>>,
) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
    to.array(row.len() as u64)?;
    for value in row {
        match value {
            Value::Null => to.null()?,
            Value::Bytes(bytes) => to.bytes(bytes)?,
            Value::Number(number) => to.i64(*number)?,
            Value::Flag(flag) => to.bool(*flag)?,
            Value::Text(text) => to.str(text)?,
        };
    }
    Ok(())
}

/// Reads all rows; `None` when they are not rows of these columns.
pub(super) fn decode(bytes: &[u8], columns: &[&Column]) -> Option<Vec<Row>> {
    let mut decoder = Decoder::new(bytes);
    let mut rows = Vec::new();
    while decoder.position() < bytes.len() {
        if decoder.array().ok()? != Some(columns.len() as u64) {
            return None;
        }
        let values = columns.iter().map(|column| value(&mut decoder, column));
        rows.push(values.collect::<Option<Row>>()?);
    }
    Some(rows)
}

fn value(from: &mut Decoder<'_>, column: &Column) -> Option<Value> {
    if from.datatype().ok()? == Type::Null {
        from.null().ok()?;
        return Some(Value::Null);
    }
    match column.kind {
        Kind::Bytes => from.bytes().ok().map(|bytes| Value::Bytes(bytes.to_vec())),
        Kind::Number => from.i64().ok().map(Value::Number),
        Kind::Flag => from.bool().ok().map(Value::Flag),
        Kind::Text => from.str().ok().map(|text| Value::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [
        Column {
            name: "a",
            kind: Kind::Bytes,
        },
        Column {
            name: "b",
            kind: Kind::Number,
        },
        Column {
            name: "c",
            kind: Kind::Flag,
        },
        Column {
            name: "d",
            kind: Kind::Text,
        },
    ];

    #[test]
    fn rows_come_back_and_what_is_none_is_refused() {
        let columns: Vec<&Column> = COLUMNS.iter().collect();
        let rows = vec![
            vec![
                Value::Bytes(vec![1; 300]),
                Value::Number(i64::MIN),
                Value::Flag(true),
                Value::Text("name".to_owned()),
            ],
            vec![Value::Null; 4],
        ];
        let mut bytes = Vec::new();
        for row in &rows {
            encode(row, &mut bytes);
        }
        assert_eq!(decode(&bytes, &columns), Some(rows));
        assert_eq!(decode(&bytes[..bytes.len() - 1], &columns), None);
        assert_eq!(decode(&bytes, &columns[..3]), None);
        let swapped = [columns[1], columns[0], columns[2], columns[3]];
        assert_eq!(decode(&bytes, &swapped), None);
        // A length that is announced costs nothing.
        assert_eq!(
            decode(&[0x84, 0x5b, 0xff, 0, 0, 0, 0, 0, 0, 0], &columns),
            None
        );
        assert_eq!(decode(&[], &columns), Some(Vec::new()));
    }
}
