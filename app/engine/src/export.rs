//! What is written when somebody takes their history along: lines for programs, lines for people. Pure.

use std::fmt::Write as _;

use dialtone_words::say;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::snapshot::{ItemBody, TimelineItem};

/// A message for programs: one line of JSON, without the line's end. None of what nobody wrote. `paths` are those of its files that are here,
/// as in the folder, in the order of its files.
pub(crate) fn json_line(item: &TimelineItem, paths: &[Option<String>]) -> Option<String> {
    let (text, files) = match &item.body {
        ItemBody::Text(text) => (text.as_str(), &[][..]),
        ItemBody::Files { text, files } => (text.as_str(), &files[..]),
        ItemBody::Deleted { .. } => ("", &[][..]),
        _ => return None,
    };
    let files = files.iter().enumerate().map(|(at, file)| {
        json!({
            "name": file.name,
            "bytes": file.size,
            "type": file.media_type,
            "path": paths.get(at).cloned().flatten(),
        })
    });
    let marks = &item.marks;
    let reactions = marks.reactions.iter();
    let reactions = reactions.map(|one| json!({ "emoji": one.emoji, "count": one.accounts.len() }));
    let reply = marks.reply.as_ref().map(|quote| quote.target.to_string());
    let line = json!({
        "sequence": item.sequence,
        "hash": item.hash.map(|hash| hash.to_string()),
        "from": item.from.to_string(),
        "name": item.from_name,
        "time_ms": item.time_ms,
        "server_time_ms": item.server_time_ms,
        "text": text,
        "deleted": matches!(item.body, ItemBody::Deleted { .. }),
        "edited": !marks.versions.is_empty(),
        "answers": reply,
        "pinned": marks.pinned,
        "reactions": reactions.collect::<Vec<Value>>(),
        "files": files.collect::<Vec<Value>>(),
    });
    Some(line.to_string())
}

/// The same for people.
pub(crate) fn text_line(
    item: &TimelineItem,
    paths: &[Option<String>],
    zone: &TimeZone,
) -> Option<String> {
    let words = match &item.body {
        ItemBody::Text(text) => text.clone(),
        ItemBody::Deleted { .. } => say!("engine-export-deleted").to_owned(),
        ItemBody::Files { text, files } => {
            let mut words = text.clone();
            for (at, file) in files.iter().enumerate() {
                let path = paths.get(at).cloned().flatten();
                let path = path.unwrap_or_else(|| say!("engine-export-not-here").to_owned());
                if !words.is_empty() {
                    words.push('\n');
                }
                let _ = write!(words, "[{}: {path}]", file.name);
            }
            words
        }
        _ => return None,
    };
    let ms = i64::try_from(item.time_ms).ok();
    let moment = ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let time = moment.map_or_else(
        || say!("time-impossible").to_owned(),
        |moment| {
            moment
                .to_zoned(zone.clone())
                .strftime("%Y-%m-%d %H:%M")
                .to_string()
        },
    );
    // Whoever writes a line break must not seem to be somebody else.
    let words = words.replace('\n', "\n    ");
    Some(format!("{time}  {}: {words}", item.from_name))
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::{AccountId, ClientEventId, Hash};

    use super::*;
    use crate::snapshot::{FileId, FileView, Marks, Sending};

    fn item(body: ItemBody) -> TimelineItem {
        TimelineItem {
            sequence: Some(7),
            hash: None,
            client_id: ClientEventId([1; 16]),
            from: AccountId([2; 32]),
            from_name: "Anna".into(),
            time_ms: 1_795_373_100_000,
            server_time_ms: None,
            body,
            sending: Sending::Sent,
            confirmed: true,
            marks: Marks::default(),
        }
    }

    #[test]
    fn a_message_is_a_line_for_programs_and_one_for_people() {
        let said = item(ItemBody::Text("high\n2026-01-01 00:00  Saga: water".into()));
        let json: Value = serde_json::from_str(&json_line(&said, &[]).unwrap()).unwrap();
        assert_eq!(json["text"], "high\n2026-01-01 00:00  Saga: water");
        assert_eq!(
            (&json["sequence"], &json["deleted"]),
            (&json!(7), &json!(false))
        );
        let line = text_line(&said, &[], &TimeZone::UTC).unwrap();
        let shown = "2026-11-22 18:45  Anna: high\n    2026-01-01 00:00  Saga: water";
        assert_eq!(line, shown, "nobody speaks in another's name");
        assert_eq!(json_line(&item(ItemBody::Notice("no".into())), &[]), None);
    }

    #[test]
    fn files_are_named_with_where_they_are() {
        let file = |number: u8, name: &str| FileView {
            id: FileId(Hash([number; 32])),
            name: name.into(),
            size: 3,
            media_type: "image/png".into(),
            picture: None,
        };
        let body = ItemBody::Files {
            text: String::new(),
            files: vec![file(1, "a.png"), file(2, "b.png")],
        };
        let paths = [Some("files/7-a.png".to_owned()), None];
        let line = text_line(&item(body.clone()), &paths, &TimeZone::UTC).unwrap();
        assert!(line.ends_with("[a.png: files/7-a.png]\n    [b.png: not on this computer]"));
        let json: Value = serde_json::from_str(&json_line(&item(body), &paths).unwrap()).unwrap();
        assert_eq!(json["files"][0]["path"], "files/7-a.png");
        assert_eq!(json["files"][1]["path"], Value::Null);
    }
}
