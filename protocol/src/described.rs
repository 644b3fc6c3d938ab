//! How ids and bytes look in JSON, for descriptions of the API.

use utoipa::PartialSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

/// What the last sign of base64 without padding may be: no bit is left over.
const OF_ONE_BYTE: &str = "[AQgw]";
const OF_TWO_BYTES: &str = "[AEIMQUYcgkosw048]";

/// Exactly `length` bytes in base64url.
pub(crate) fn id(length: usize, what: &str) -> RefOr<Schema> {
    let whole = length * 8 / 6;
    let pattern = match length % 3 {
        0 => format!("^[A-Za-z0-9_-]{{{whole}}}$"),
        1 => format!("^[A-Za-z0-9_-]{{{whole}}}{OF_ONE_BYTE}$"),
        _ => format!("^[A-Za-z0-9_-]{{{whole}}}{OF_TWO_BYTES}$"),
    };
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(format!(
            "{what}: {length} bytes in unpadded base64url"
        )))
        .pattern(Some(pattern));
    text.into()
}

impl PartialSchema for crate::http::Bytes {
    fn schema() -> RefOr<Schema> {
        let sign = "[A-Za-z0-9_-]";
        let end = format!("{sign}{OF_ONE_BYTE}|{sign}{{2}}{OF_TWO_BYTES}");
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("bytes in unpadded base64url"))
            .pattern(Some(format!("^({sign}{{4}})*({end})?$")))
            .into()
    }
}

impl utoipa::ToSchema for crate::http::Bytes {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChannelId, GroupId, Hash, Signature};

    fn pattern<T: PartialSchema>() -> String {
        let schema = serde_json::to_value(T::schema()).unwrap();
        schema["pattern"].as_str().unwrap().to_owned()
    }

    #[test]
    fn the_last_sign_has_no_bit_to_spare() {
        assert_eq!(pattern::<ChannelId>(), "^[A-Za-z0-9_-]{21}[AQgw]$");
        let two = "[AEIMQUYcgkosw048]$";
        assert_eq!(pattern::<GroupId>(), format!("^[A-Za-z0-9_-]{{22}}{two}"));
        assert_eq!(pattern::<Hash>(), format!("^[A-Za-z0-9_-]{{42}}{two}"));
        assert_eq!(pattern::<Signature>(), "^[A-Za-z0-9_-]{85}[AQgw]$");
    }
}
