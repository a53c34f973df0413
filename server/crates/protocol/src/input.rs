//! Reading what a client sent, and saying precisely what was wrong with it.
//!
//! The derived parsers stop at the first fault and say it in prose for programmers. So when one of
//! them refuses, the input is held against the type's own schema, the one in the specs, and every
//! field at fault is named in words for people. Values are never echoed: they may be secrets.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use serde_json::Value;

use crate::problem::{FieldError, Problem};
use crate::text;

/// At most this many faults are named in one answer.
const MOST_FAULTS: usize = 20;

/// Reads a value of the type from JSON text.
///
/// # Errors
/// `invalid_input` that names the fields at fault, or where the text stops being JSON.
pub fn parse<T: Type + ParseFromJSON>(json: &[u8]) -> Result<T, Problem> {
    parse_value(value(json)?, json)
}

/// Reads JSON text into a value. A byte order mark before it, as some systems put one before every
/// text, is skipped.
///
/// # Errors
/// `invalid_input` that says where the text stops being JSON, and why.
pub fn value(json: &[u8]) -> Result<Value, Problem> {
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    serde_json::from_slice(json).map_err(|error| {
        let position = format!("line {}, column {}", error.line(), error.column());
        let detail = format!("is not JSON that can be read: {} ({position})", unreadable(&error));
        Problem::invalid_field("", detail)
    })
}

/// Why text is no JSON, in words for people. The parser's own name what it expected, for programmers.
fn unreadable(error: &serde_json::Error) -> &'static str {
    let prose = error.to_string();
    let says = |part: &str| prose.contains(part);
    if says("surrogate") || says("hex escape") || says("unicode code point") {
        "a string holds half a character, a \\ud800 to \\udfff without its other half"
    } else if says("control character") {
        "a string holds a control character, which must be escaped"
    } else if says("recursion limit") {
        "it is nested too deeply"
    } else if says("number out of range") {
        "a number is too large"
    } else if says("trailing characters") {
        "something follows its end"
    } else if error.is_eof() {
        "it ends too early"
    } else {
        "there is something else than JSON has there"
    }
}

/// The string of this name in an object that cannot be read, where it can be told all the same: whoever
/// sent a frame that is broken somewhere wants to know which one it was.
#[must_use]
pub fn find_string(json: &[u8], name: &str) -> Option<String> {
    let key = format!("\"{name}\"");
    // Where the object itself has it; else wherever it stands: a quote too many hides what follows it.
    let positions = keys(json, key.as_bytes());
    positions.chain(occurrences(json, key.as_bytes())).find_map(|after| {
        let rest = skip_blanks(&json[after..]).strip_prefix(b":")?;
        serde_json::Deserializer::from_slice(rest).into_iter::<String>().next()?.ok()
    })
}

/// How many bytes there are in JSON beside its longest string: what it takes to read a frame grows with them,
/// many times for each, while a string is taken as it is.
#[must_use]
pub fn bytes_beside_longest_string(json: &[u8]) -> usize {
    let (mut at, mut longest) = (0, 0);
    while let Some(length) = json[at..].iter().position(|byte| *byte == b'"') {
        let begin = at + length + 1;
        at = begin;
        while let Some(byte) = json.get(at).filter(|byte| **byte != b'"') {
            at += if *byte == b'\\' { 2 } else { 1 };
        }
        at = at.min(json.len());
        longest = longest.max(at - begin);
        at = (at + 1).min(json.len());
    }
    json.len() - longest
}

/// Where the names of the outermost object end that are this one.
fn keys(json: &[u8], key: &[u8]) -> impl Iterator<Item = usize> {
    let (mut at, mut depth) = (0, 0_usize);
    std::iter::from_fn(move || {
        while let Some(byte) = json.get(at) {
            let from = at;
            at += 1;
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    while let Some(byte) = json.get(at).filter(|byte| **byte != b'"') {
                        at += if *byte == b'\\' { 2 } else { 1 };
                    }
                    at += 1;
                    if depth == 1 && json.get(from..at) == Some(key) {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    })
}

fn occurrences(json: &[u8], key: &[u8]) -> impl Iterator<Item = usize> {
    let windows = json.windows(key.len()).enumerate();
    windows.filter(move |(_, part)| *part == key).map(move |(at, part)| at + part.len())
}

fn skip_blanks(json: &[u8]) -> &[u8] {
    json.trim_ascii_start()
}

/// Reads a value of the type; `json` is the text that it was read from.
///
/// # Errors
/// `invalid_input` that names the fields at fault.
pub fn parse_value<T: Type + ParseFromJSON>(value: Value, json: &[u8]) -> Result<T, Problem> {
    T::parse_from_json(Some(value)).map_err(|error| {
        // The value is used up. Read again it takes time only where something is at fault.
        let mut faults = self::value(json).map(|value| faults::<T>(&value)).unwrap_or_default();
        if faults.is_empty() {
            faults.push(FieldError { field: String::new(), detail: reason(error.message()) });
        }
        Problem::invalid(faults)
    })
}

/// The fault of a single parameter, in words for people, from a parser's prose.
#[must_use]
pub fn reason(prose: &str) -> String {
    // Ours read `failed to parse "Name": must be … (occurred while parsing "Outer")`.
    let tail = prose.split_once("\": ").map_or(prose, |(_, tail)| tail);
    let tail = tail.split(" (occurred while parsing").next().unwrap_or(tail);
    if tail.starts_with("must ") {
        tail.trim_end_matches('.').to_owned()
    } else {
        "is not of the kind that the specification asks for".to_owned()
    }
}

fn faults<T: Type>(value: &Value) -> Vec<FieldError> {
    let mut registry = Registry::new();
    T::register(&mut registry);
    let mut walk = Walk { registry: &registry, faults: Vec::new() };
    walk.check_ref(&T::schema_ref(), value, String::new());
    walk.faults
}

struct Walk<'a> {
    registry: &'a Registry,
    faults: Vec<FieldError>,
}

impl Walk<'_> {
    fn fault(&mut self, field: String, detail: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(FieldError { field, detail: detail.into() });
        }
    }

    fn check_ref(&mut self, schema: &MetaSchemaRef, value: &Value, path: String) {
        match schema {
            MetaSchemaRef::Inline(schema) => self.check(schema, value, path),
            MetaSchemaRef::Reference(name) => {
                if let Some(schema) = self.registry.schemas.get(name) {
                    self.check(schema, value, path);
                }
            }
        }
    }

    fn check(&mut self, schema: &MetaSchema, value: &Value, path: String) {
        for part in &schema.all_of {
            self.check_ref(part, value, path.clone());
        }
        if let Some(discriminator) = &schema.discriminator {
            return self.check_variant(schema, discriminator.property_name, value, path);
        }
        match schema.ty {
            "object" => self.check_object(schema, value, path),
            "string" => self.check_string(schema, value, path),
            "integer" => self.check_integer(schema, value, path),
            "number" if !value.is_number() => self.fault(path, "must be a number"),
            "boolean" if !value.is_boolean() => self.fault(path, "must be true or false"),
            "array" => match (value.as_array(), &schema.items) {
                (None, _) => self.fault(path, "must be a list"),
                (Some(items), Some(of)) => {
                    for (index, item) in items.iter().enumerate() {
                        self.check_ref(of, item, join(&path, &index.to_string()));
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn check_variant(&mut self, schema: &MetaSchema, property: &str, value: &Value, path: String) {
        let named = value.get(property).and_then(Value::as_str).and_then(|name| {
            let mapping = schema.discriminator.as_ref().map(|d| &d.mapping)?;
            let (_, reference) = mapping.iter().find(|(key, _)| key == name)?;
            reference.rsplit('/').next()
        });
        match named.and_then(|name| self.registry.schemas.get(name)) {
            Some(variant) => self.check(variant, value, path),
            None => self.fault(join(&path, property), "must name a known type"),
        }
    }

    fn check_object(&mut self, schema: &MetaSchema, value: &Value, path: String) {
        let Some(object) = value.as_object() else {
            return self.fault(path, "must be an object");
        };
        for name in &schema.required {
            if object.get(*name).is_none_or(Value::is_null) {
                self.fault(join(&path, name), "is required");
            }
        }
        for (name, property) in &schema.properties {
            if let Some(value) = object.get(*name).filter(|value| !value.is_null()) {
                self.check_ref(property, value, join(&path, name));
            }
        }
        if schema.max_properties.is_some_and(|most| object.len() > most) {
            self.fault(path.clone(), "has too many entries");
        }
        if let Some(of) = &schema.additional_properties {
            let known: Vec<_> = schema.properties.iter().map(|(name, _)| *name).collect();
            for (name, value) in object.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
                let name: String = name.chars().take(64).collect();
                self.check_ref(of, value, join(&path, &name));
            }
        }
    }

    fn check_string(&mut self, schema: &MetaSchema, value: &Value, path: String) {
        let Some(input) = value.as_str() else {
            return self.fault(path, "must be a string");
        };
        if schema.format == Some("uuid") {
            if uuid::Uuid::parse_str(input).is_err() {
                self.fault(path, "must be a UUID");
            }
            return;
        }
        if !schema.enum_items.is_empty() {
            if !schema.enum_items.contains(value) {
                let names: Vec<_> = schema.enum_items.iter().filter_map(Value::as_str).collect();
                self.fault(path, format!("must be one of {}", names.join(", ")));
            }
            return;
        }
        let length = input.chars().count();
        let (min, max) = (schema.min_length.unwrap_or(0), schema.max_length.unwrap_or(usize::MAX));
        // A text type says its own rule: it knows trimming and alphabets, which a schema does not.
        if let Some(verdict) = schema.title.as_deref().and_then(|name| text::judge(name, input)) {
            if let Err(sentence) = verdict {
                self.fault(path, sentence);
            }
        } else if length > max && min == 0 {
            self.fault(path, format!("must be at most {max} characters"));
        } else if !(min..=max).contains(&length) {
            self.fault(path, format!("must be {min} to {max} characters"));
        }
    }

    fn check_integer(&mut self, schema: &MetaSchema, value: &Value, path: String) {
        match value.as_i64() {
            None => self.fault(path, "must be a whole number"),
            Some(number) => {
                // Bounds in the specs are small whole numbers, exact as floats.
                #[allow(clippy::cast_precision_loss)]
                let number = number as f64;
                if schema.minimum.is_some_and(|least| number < least) {
                    self.fault(path, format!("must be at least {}", schema.minimum.unwrap_or(0.0)));
                } else if schema.maximum.is_some_and(|most| number > most) {
                    self.fault(path, format!("must be at most {}", schema.maximum.unwrap_or(0.0)));
                }
            }
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::RegisterRequest;
    use crate::command::ClientFrame;

    fn faults_of<T: Type + ParseFromJSON>(json: &str) -> Vec<(String, String)> {
        let problem = parse::<T>(json.as_bytes()).err().expect("refused");
        problem.errors.unwrap().into_iter().map(|e| (e.field, e.detail)).collect()
    }

    #[test]
    fn every_field_at_fault_is_named_at_once() {
        let faults =
            faults_of::<RegisterRequest>(r#"{"username":"m","display_name":7,"cookie":"yes"}"#);
        let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["password", "username", "display_name", "cookie"]);
        assert_eq!(faults[0].1, "is required");
        assert_eq!(faults[1].1, "must be 2 to 32 of the characters a-z 0-9 _ . -");
    }

    #[test]
    fn a_byte_order_mark_before_json_is_skipped_and_nowhere_else() {
        assert_eq!(value("\u{feff}{}".as_bytes()).unwrap(), serde_json::json!({}));
        assert_eq!(value("\u{feff} []".as_bytes()).unwrap(), serde_json::json!([]));
        assert_eq!(value("\"\u{feff}a\"".as_bytes()).unwrap(), "\u{feff}a");
        for broken in ["\u{feff}\u{feff}{}", "{}\u{feff}", "\u{feff}", " \u{feff}{}"] {
            assert!(value(broken.as_bytes()).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn a_frame_is_judged_by_the_schema_of_its_type() {
        let faults = faults_of::<ClientFrame>(
            r#"{"type":"message.send","room":"Not A Room","client_id":"x","text":"\u0000"}"#,
        );
        let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["room", "client_id", "text"]);
    }

    #[test]
    fn a_fault_never_repeats_what_was_sent() {
        let problem = parse::<RegisterRequest>(br#"{"username":"mira","password":["hunter2222"]}"#);
        let text = format!("{:?}", problem.err().unwrap());
        assert!(!text.contains("hunter"), "{text}");
    }

    #[test]
    fn what_is_not_json_is_said_with_its_place_and_why() {
        for (broken, why) in [
            ("", "ends too early (line 1, column 0)"),
            ("{", "ends too early"),
            ("\u{0}", "something else than JSON"),
            (r#"{"a":"\ud800"}"#, "half a character"),
            (r#"{"a":"\ud83d emoji"}"#, "half a character"),
            (r#"{"a":"\ude00\ud83d"}"#, "half a character"),
            (r#"{"a":"\ud83d\u0041"}"#, "half a character"),
            ("{\"a\":\"\u{1}\"}", "control character"),
            ("{\"a\":1e999}", "too large"),
            ("{} {}", "follows its end"),
            (&"[".repeat(10_000), "nested too deeply"),
        ] {
            let problem = parse::<RegisterRequest>(broken.as_bytes()).err().unwrap();
            let detail = problem.detail;
            assert!(detail.contains("is not JSON") && detail.contains(why), "{detail}");
        }
    }

    #[test]
    fn a_string_is_found_in_what_cannot_be_read() {
        for broken in [
            r#"{"type":"x","ref":"7","text":"\ud83d emoji"}"#,
            r#"{"text":"\ud83d emoji","ref" : "7"}"#,
            r#"{"text":"a \"quote\" and \\","ref":"7","#,
            r#"{"ref":"7","text":"cut"#,
            r#"{"rooms":{"ref":"not this"},"ref":"7",}"#,
            r#"{"text":"\"ref\":\"not this\"","ref":"7"}}"#,
            r#"{"text": oops, 'ref', "ref":"7"}"#,
            r#"{"text":"a quote " too many","ref":"7"}"#,
            "{\"text\":\"line\nbreak\",\"ref\":\"7\"}",
            r#"{"n":1e999,"ref":"\u0037"}"#,
            "\u{feff}{\"ref\":\"7\"",
        ] {
            assert!(value(broken.as_bytes()).is_err(), "{broken}");
            assert_eq!(find_string(broken.as_bytes(), "ref").as_deref(), Some("7"), "{broken}");
        }
    }

    #[test]
    fn a_string_that_is_not_there_is_not_found() {
        for broken in [
            "",
            "{",
            r#"{"ref""#,
            r#"{"ref":"#,
            r#"{"ref":"7"#,
            r#"{"ref":7,"#,
            r#"{"ref":"\ud83d","#,
            r#"{"text":"\"ref\":\"7\"",}"#,
            r#"["ref","7","#,
            "\"\\",
        ] {
            assert_eq!(find_string(broken.as_bytes(), "ref"), None, "{broken}");
        }
    }
}
