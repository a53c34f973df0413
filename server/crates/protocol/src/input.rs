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
    parse_value(value(json)?)
}

/// Reads JSON text into a value.
///
/// # Errors
/// `invalid_input` that says where the text stops being JSON.
pub fn value(json: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(json).map_err(|error| {
        Problem::invalid_field(
            "",
            format!(
                "is not JSON that can be read: line {}, column {}",
                error.line(),
                error.column()
            ),
        )
    })
}

/// Reads a value of the type.
///
/// # Errors
/// `invalid_input` that names the fields at fault.
pub fn parse_value<T: Type + ParseFromJSON>(value: Value) -> Result<T, Problem> {
    // The copy is for the explanation only; inputs are bounded and mostly tiny.
    let copy = value.clone();
    T::parse_from_json(Some(value)).map_err(|error| {
        let mut faults = faults::<T>(&copy);
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
    fn a_frame_is_judged_by_the_schema_of_its_type() {
        let faults = faults_of::<ClientFrame>(
            r#"{"type":"message.send","room":"Not A Room","client_id":"x","text":"   "}"#,
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
    fn what_is_not_json_is_said_with_its_place() {
        for broken in ["", "{", "\u{0}", "{\"a\":\"\\ud800\"}", &"[".repeat(10_000)] {
            let problem = parse::<RegisterRequest>(broken.as_bytes()).err().unwrap();
            assert!(problem.detail.contains("is not JSON"), "{}", problem.detail);
        }
    }
}
