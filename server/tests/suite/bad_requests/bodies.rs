//! Bodies and queries that are wrong in one way each, made from what the description says of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

/// How a request may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// It cannot be read.
    Malformed,
    /// For whatever reason.
    Refused,
    /// Like the one that lacks nothing and has nothing too much.
    AsWhole,
    /// It may be right.
    Any,
}

pub(super) struct Case {
    pub(super) what: String,
    pub(super) body: Vec<u8>,
    pub(super) expected: Expected,
}

impl Case {
    fn new(what: impl Into<String>, body: impl Into<Vec<u8>>, expected: Expected) -> Self {
        Self {
            what: what.into(),
            body: body.into(),
            expected,
        }
    }
}

/// What a schema stands for.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"]
        .as_str()
        .and_then(|name| name.rsplit('/').next());
    name.map_or(schema, |name| &document["components"]["schemas"][name])
}

/// A JSON body by its description.
pub(super) struct Body<'a> {
    document: &'a Value,
    properties: &'a Map<String, Value>,
    required: Vec<&'a str>,
    /// There need be none.
    optional: bool,
}

impl<'a> Body<'a> {
    pub(super) fn of(document: &'a Value, operation: &'a Value) -> Option<Self> {
        let body = &operation["requestBody"];
        let schema = &body["content"]["application/json"]["schema"];
        let alternatives = schema["oneOf"].as_array().into_iter().flatten();
        let mut all = std::iter::once(schema).chain(alternatives);
        let (object, properties) = all.find_map(|one| {
            let object = resolved(document, one);
            Some((object, object["properties"].as_object()?))
        })?;
        let required = object["required"].as_array().into_iter().flatten();
        Some(Self {
            document,
            properties,
            required: required.filter_map(Value::as_str).collect(),
            optional: body["required"] != true,
        })
    }

    /// Of the described form, and nothing in it true.
    fn whole(&self) -> Map<String, Value> {
        let fields = self.properties.iter();
        let sampled = fields.map(|(name, schema)| (name.clone(), sample(self.document, schema)));
        sampled.collect()
    }

    pub(super) fn whole_text(&self) -> Vec<u8> {
        text(&self.whole())
    }

    /// One body for each way in which a body can be wrong.
    pub(super) fn cases(&self) -> Vec<Case> {
        let whole = self.whole();
        let values: Vec<_> = whole.values().collect();
        let values = serde_json::to_vec(&values).unwrap();
        let mut cases = vec![
            Case::new("again", text(&whole), Expected::AsWhole),
            Case::new("its values in a list", values, Expected::Malformed),
        ];
        // Keys that are not known are passed over: a client of a later version may say more.
        let mut extra = whole.clone();
        extra.insert("nobody-knows-this".to_owned(), json!([[[{}]]]));
        cases.push(Case::new("an extra key", text(&extra), Expected::AsWhole));
        let twice = with_key("nobody-knows-this", &json!(1), &extra);
        cases.push(Case::new("an extra key twice", twice, Expected::AsWhole));
        for (name, schema) in self.properties {
            let mut missing = whole.clone();
            let value = missing.remove(name).unwrap();
            let expected = if self.required.contains(&name.as_str()) {
                Expected::Malformed
            } else {
                Expected::Any
            };
            cases.push(Case::new(
                format!("without {name}"),
                text(&missing),
                expected,
            ));
            let twice = with_key(name, &value, &whole);
            let what = format!("{name} twice");
            cases.push(Case::new(what, twice, Expected::Malformed));
            for (value, expected) in self.values(schema) {
                let shown: String = value.to_string().chars().take(20).collect();
                let mut other = whole.clone();
                other.insert(name.clone(), value);
                cases.push(Case::new(
                    format!("{name}: {shown}"),
                    text(&other),
                    expected,
                ));
            }
        }
        cases
    }

    /// Values for a field: of other types, out of bounds, too long, and some that are right by chance.
    fn values(&self, schema: &Value) -> Vec<(Value, Expected)> {
        let candidates = [
            json!(null),
            json!(true),
            json!(-1),
            json!(1.5),
            json!(1e300),
            json!(4_294_967_296_u64),
            json!(18_446_744_073_709_551_616_f64),
            json!(""),
            // A bit too many, and padding.
            json!("AB"),
            json!("AA=="),
            json!("\u{0}\u{202e}é="),
            json!([]),
            json!(["A".repeat(43)]),
            json!({"a": 1}),
        ];
        let judged = candidates.into_iter().map(|value| {
            let fits = fits(self.document, schema, &value);
            let expected = if fits {
                Expected::Any
            } else {
                Expected::Malformed
            };
            (value, expected)
        });
        let long = (json!("A".repeat(50_000)), Expected::Refused);
        judged.chain([long]).collect()
    }

    /// Bodies that are no object.
    pub(super) fn shapeless(&self) -> Vec<Case> {
        let none = if self.optional {
            Expected::Any
        } else {
            Expected::Malformed
        };
        let deep = b"[".repeat(60_000);
        vec![
            Case::new("nothing", "", none),
            Case::new("no JSON", b"\x00\xff{", Expected::Malformed),
            Case::new("null", "null", none),
            Case::new("a list", "[]", Expected::Malformed),
            Case::new("a number", "7", Expected::Malformed),
            Case::new("a text", "\"whole\"", Expected::Malformed),
            Case::new("two", "{}{}", Expected::Malformed),
            Case::new("deep", deep, Expected::Malformed),
            Case::new(
                "deep objects",
                b"{\"a\":".repeat(10_000),
                Expected::Malformed,
            ),
            Case::new("large", vec![b' '; 9 * 1024 * 1024], Expected::Refused),
        ]
    }
}

/// Where no body of JSON is described.
pub(super) fn bytes(takes_any: bool) -> Vec<Case> {
    let mut cases = vec![
        Case::new("nothing", "", Expected::Any),
        Case::new("no JSON", b"\x00\xff{", Expected::Any),
    ];
    if takes_any {
        let large = vec![b' '; 9 * 1024 * 1024];
        cases.push(Case::new("some", vec![1; 60_000], Expected::Any));
        cases.push(Case::new("large", large, Expected::Refused));
    }
    cases
}

fn text(body: &Map<String, Value>) -> Vec<u8> {
    serde_json::to_vec(body).unwrap()
}

/// An object with one more key, which it may have already.
fn with_key(name: &str, value: &Value, body: &Map<String, Value>) -> String {
    let rest = serde_json::to_string(body).unwrap();
    format!("{{{}:{value},{}", json!(name), &rest[1..])
}

/// A value of the described form.
fn sample(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    if let Some(alternatives) = schema["oneOf"].as_array() {
        let mut alternatives = alternatives.iter();
        let some = alternatives.find(|one| one["type"] != "null").unwrap();
        return sample(document, some);
    }
    if let Some(properties) = schema["properties"].as_object() {
        let fields = properties.iter();
        return fields
            .map(|(name, schema)| (name.clone(), sample(document, schema)))
            .collect();
    }
    if has_type(schema, "integer") {
        return json!(1);
    }
    let length = schema["pattern"].as_str().and_then(id_length);
    json!("A".repeat(length.unwrap_or(4)))
}

/// How many signs an id has by its pattern; none: bytes of any number.
fn id_length(pattern: &str) -> Option<usize> {
    let signs = pattern.split_once('{')?.1.split_once('}')?;
    let ends = usize::from(signs.1.starts_with('['));
    let any = pattern.starts_with("^(");
    (!any).then(|| signs.0.parse::<usize>().unwrap() + ends)
}

fn has_type(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(all) => all.iter().any(|one| one == kind),
        _ => false,
    }
}

/// Whether a value is of the described form.
fn fits(document: &Value, schema: &Value, value: &Value) -> bool {
    let schema = resolved(document, schema);
    if let Some(alternatives) = schema["oneOf"].as_array() {
        return alternatives.iter().any(|one| fits(document, one, value));
    }
    match value {
        Value::Null => has_type(schema, "null"),
        Value::Bool(_) => has_type(schema, "boolean"),
        Value::Number(number) => {
            let most = if schema["format"] == "int32" {
                u64::from(u32::MAX)
            } else {
                u64::MAX
            };
            has_type(schema, "integer") && number.as_u64().is_some_and(|number| number <= most)
        }
        Value::String(text) => {
            let fits = |pattern: &str| match id_length(pattern) {
                Some(length) => text.len() == length,
                None => URL_SAFE_NO_PAD.decode(text).is_ok(),
            };
            has_type(schema, "string") && schema["pattern"].as_str().is_none_or(fits)
        }
        Value::Array(_) => has_type(schema, "array"),
        Value::Object(fields) => {
            let required = schema["required"].as_array().into_iter().flatten();
            let mut required = required.filter_map(Value::as_str);
            has_type(schema, "object") && required.all(|name| fields.contains_key(name))
        }
    }
}

/// The query of an operation: what it needs, and each way in which it can be wrong.
pub(super) struct Query<'a> {
    document: &'a Value,
    described: Vec<&'a Value>,
}

impl<'a> Query<'a> {
    pub(super) fn of(document: &'a Value, operation: &'a Value) -> Self {
        let described = operation["parameters"].as_array().into_iter().flatten();
        Self {
            document,
            described: described.filter(|one| one["in"] == "query").collect(),
        }
    }

    fn pair(&self, one: &Value) -> String {
        let value = sample(self.document, &one["schema"]);
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        format!("{}={value}", one["name"].as_str().unwrap())
    }

    /// What is needed, without those that are named.
    fn needed(&self, but: Option<&Value>) -> Vec<String> {
        let needed = self.described.iter();
        needed
            .filter(|one| one["required"] == true && Some(**one) != but)
            .map(|one| self.pair(one))
            .collect()
    }

    pub(super) fn whole(&self) -> String {
        format!("?{}", self.needed(None).join("&"))
    }

    pub(super) fn cases(&self) -> Vec<(String, Expected)> {
        let whole = self.whole();
        let mut cases = vec![
            (format!("{whole}&nobody-knows-this=1"), Expected::AsWhole),
            (format!("{whole}&a=1&a=2"), Expected::AsWhole),
            (format!("{whole}&%ff=%00"), Expected::AsWhole),
        ];
        for one in &self.described {
            let rest = self.needed(Some(one));
            let with = |pair: String| format!("?{}", [&rest[..], &[pair]].concat().join("&"));
            let pair = self.pair(one);
            let twice = format!("{pair}&{pair}");
            cases.push((with(twice), Expected::Malformed));
            if one["required"] == true {
                cases.push((format!("?{}", rest.join("&")), Expected::Malformed));
            }
            for text in ["-1", "x", "", "%00", "99999999999999999999", "AAAA"] {
                let value = text.parse().map_or_else(|_| json!(text), |n: u64| json!(n));
                let fits = [value, json!(text)]
                    .iter()
                    .any(|value| fits(self.document, &one["schema"], value));
                let expected = if fits {
                    Expected::Any
                } else {
                    Expected::Malformed
                };
                let name = one["name"].as_str().unwrap();
                cases.push((with(format!("{name}={text}")), expected));
            }
        }
        cases
    }
}
