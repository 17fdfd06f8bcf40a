//! Whether an answer is of the shape that the model gives it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use fancy_regex::Regex;
use serde_json::Value;

use super::client::Answer;
use super::model::{operation, shape, text};

/// Codes that the model leaves out, because every service has them.
const GENERIC: [(&str, u16); 5] = [
    ("ValidationException", 400),
    ("SerializationException", 400),
    ("AccessDeniedException", 403),
    ("UnknownOperationException", 404),
    ("RequestEntityTooLargeException", 413),
];

/// Answers that AWS itself gives without what its model demands.
const INCOMPLETE: [&str; 1] = ["GetFunctionCodeSigningConfig"];

/// Values that AWS itself gives, and its model does not have. Recorded 2025-11-25.
const UNLISTED: [(&str, &str); 1] = [("LastUpdateStatusReasonCode", "Creating")];

#[track_caller]
pub(crate) fn check(name: &str, answer: &Answer) {
    let found = faults(name, answer);
    assert!(found.is_empty(), "{name}: {found:#?}\n{answer:?}");
}

fn faults(name: &str, answer: &Answer) -> Vec<String> {
    let mut found = Vec::new();
    if answer.header("x-amzn-requestid").is_none() {
        found.push("x-amzn-requestid is missing".to_owned());
    }
    if answer.status >= 300 {
        let code = answer.code();
        let told = shape(code);
        let status = GENERIC
            .iter()
            .find(|(known, _)| *known == code)
            .map(|(_, status)| u64::from(*status))
            .or(told["error"]["httpStatusCode"].as_u64());
        if status != Some(answer.status.into()) {
            found.push(format!("{code} with status {}", answer.status));
        }
        if answer.message().is_empty() {
            found.push("an error without a message".to_owned());
        }
        if told.is_object() {
            walk(code, &answer.body, "$", true, &mut found);
        }
        return found;
    }
    let told = operation(name);
    let output = told["output"].as_str();
    let is_status_told = output.is_some_and(|output| {
        let members = shape(output)["members"].as_object().into_iter().flatten();
        members
            .into_iter()
            .any(|(_, member)| member["location"] == "statusCode")
    });
    if told["status"] != answer.status && !is_status_told {
        found.push(format!("status {}", answer.status));
    }
    match output {
        _ if answer.body.is_null() && (is_status_told || answer.status == 204) => {}
        None if answer.body.is_null() => {}
        None => found.push("a body where there is none".to_owned()),
        Some(output) => {
            let is_strict = !INCOMPLETE.contains(&name);
            walk(output, &answer.body, "$", is_strict, &mut found);
        }
    }
    found
}

fn walk(name: &str, value: &Value, at: &str, is_strict: bool, found: &mut Vec<String>) {
    let told = shape(name);
    let mut fault = |what: String| found.push(format!("{at}: {what}"));
    match (text(&told["type"]), value) {
        ("structure", Value::Object(entries)) => {
            let members = &told["members"];
            let is_in_body = |member: &Value| member["location"].is_null();
            let required = told["required"].as_array().into_iter().flatten();
            for required in required.filter_map(Value::as_str) {
                if is_strict && is_in_body(&members[required]) && !entries.contains_key(required) {
                    fault(format!("{required} is missing"));
                }
            }
            for (entry, value) in entries {
                let mut members = members.as_object().into_iter().flatten();
                let member = members.find(|(name, member)| {
                    member["locationName"].as_str().unwrap_or(name) == entry && is_in_body(member)
                });
                match member {
                    Some((_, member)) => {
                        let inner = member["shape"].as_str().unwrap_or_default();
                        walk(inner, value, &format!("{at}.{entry}"), is_strict, found);
                    }
                    None => found.push(format!("{at}: {entry} is not in the model")),
                }
            }
        }
        ("list", Value::Array(items)) => {
            for item in items {
                walk(text(&told["member"]["shape"]), item, at, is_strict, found);
            }
        }
        ("map", Value::Object(entries)) => {
            for value in entries.values() {
                walk(text(&told["value"]["shape"]), value, at, is_strict, found);
            }
        }
        ("string", Value::String(value)) => {
            let values = told["enum"].as_array();
            let is_listed = |values: &Vec<Value>| values.iter().any(|known| known == value);
            let is_known = UNLISTED.contains(&(name, value));
            if values.is_some_and(|values| !is_listed(values)) && !is_known {
                fault(format!("{value} is not one of {name}"));
            }
            let length = value.chars().count() as u64;
            let bound = |bound: &Value| bound.as_u64();
            if bound(&told["max"]).is_some_and(|max| length > max)
                || bound(&told["min"]).is_some_and(|min| length < min)
            {
                fault(format!("{value} is too long or too short for {name}"));
            }
            let pattern = told["pattern"].as_str();
            if pattern.is_some_and(|pattern| !matches(pattern, value)) {
                fault(format!("{value} does not match the pattern of {name}"));
            }
        }
        ("integer" | "long", Value::Number(number)) if number.is_i64() || number.is_u64() => {}
        ("float" | "double" | "timestamp", Value::Number(_))
        | ("boolean", Value::Bool(_))
        | ("blob", Value::String(_)) => {}
        (wanted, _) => fault(format!("{value} where there is to be a {wanted}")),
    }
}

/// Patterns are made once: there are many answers.
fn matches(pattern: &'static str, text: &str) -> bool {
    static MADE: Mutex<BTreeMap<&str, Regex>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap();
    let regex = made
        .entry(pattern)
        .or_insert_with(|| Regex::new(&format!("^(?:{pattern})$")).unwrap());
    regex.is_match(text).unwrap_or(true)
}
