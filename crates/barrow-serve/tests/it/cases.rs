//! Cases as data: what is asked, step by step, and what is to come back.
//!
//! A step calls an operation `with` members, and says what it `is` (of an object, the members that
//! are named; `"*"` is anything, `null` is absence) or why it is `refused`. `keep` remembers parts
//! of the answer for later steps: `${name}`. `@zip` is a package. Each case has an account of its
//! own: `${account}`; `${arn}` is the beginning of its functions' ARNs.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::client::Client;
use super::package;
use super::service::Service;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    call: Option<String>,
    #[serde(default)]
    with: Value,
    is: Option<Value>,
    /// Code and message.
    refused: Option<(String, String)>,
    #[serde(default)]
    keep: BTreeMap<String, String>,
    /// Another account, another region.
    account: Option<String>,
    region: Option<String>,
    /// For a function to be settled.
    wait: Option<String>,
}

const REGION: &str = "us-east-1";

fn run(file: &str, text: &str) {
    let service = Service::start();
    let cases: Vec<Case> = serde_json::from_str(text).unwrap();
    for (number, case) in cases.iter().enumerate() {
        let account = format!("{:012}", 100_000_000_000 + number as u64);
        let mut kept = BTreeMap::from([
            (
                "arn".to_owned(),
                format!("arn:aws:lambda:{REGION}:{account}:function"),
            ),
            ("url".to_owned(), format!("http://{}", service.address)),
            ("account".to_owned(), account.clone()),
        ]);
        for (step_number, step) in case.steps.iter().enumerate() {
            let place = format!("{file}: {}: step {}", case.case, step_number + 1);
            let account = step.account.as_deref().unwrap_or(&account);
            let region = step.region.as_deref().unwrap_or(REGION);
            let mut client = Client::new(service.address, account, region);
            if let Some(function) = &step.wait {
                client.wait(function);
                continue;
            }
            let call = step.call.as_deref().unwrap();
            let answer = client.call(call, &filled(&step.with, &kept));
            match (&step.refused, &step.is) {
                (Some((code, message)), _) => {
                    let message = fill(message, &kept);
                    assert_eq!(
                        (answer.code(), answer.message()),
                        (code.as_str(), message.as_str()),
                        "{place} ({call})"
                    );
                }
                (None, expected) => {
                    assert!(answer.status < 300, "{place} ({call}): {answer:?}");
                    if let Some(expected) = expected {
                        let expected = filled(expected, &kept);
                        let mut differences = Vec::new();
                        compare(&expected, &answer.body, "$", &mut differences);
                        assert!(
                            differences.is_empty(),
                            "{place} ({call}): {differences:#?}\n{}",
                            answer.body
                        );
                    }
                }
            }
            for (name, pointer) in &step.keep {
                let value = answer.body.pointer(pointer);
                let value = value.unwrap_or_else(|| panic!("{place}: no {pointer}"));
                let value = value.as_str().map_or(value.to_string(), str::to_owned);
                kept.insert(name.clone(), value);
            }
        }
    }
}

/// Texts with what was kept in place of its names.
fn filled(value: &Value, kept: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => fill(text, kept).into(),
        Value::Array(items) => items.iter().map(|item| filled(item, kept)).collect(),
        Value::Object(entries) => {
            let entries = entries.iter();
            let entries: Map<String, Value> = entries
                .map(|(name, value)| (fill(name, kept), filled(value, kept)))
                .collect();
            Value::Object(entries)
        }
        other => other.clone(),
    }
}

fn fill(text: &str, kept: &BTreeMap<String, String>) -> String {
    if let Some(mark) = text.strip_prefix("@zip") {
        return package::base64(mark);
    }
    let mut text = text.to_owned();
    for (name, value) in kept {
        text = text.replace(&format!("${{{name}}}"), value);
    }
    text
}

fn compare(expected: &Value, seen: &Value, at: &str, differences: &mut Vec<String>) {
    match (expected, seen) {
        (Value::String(any), _) if any == "*" => {}
        (Value::Object(expected), Value::Object(seen)) => {
            for (name, expected) in expected {
                let at = format!("{at}.{name}");
                match seen.get(name) {
                    None if expected.is_null() => {}
                    None => differences.push(format!("{at} is missing")),
                    Some(seen) => compare(expected, seen, &at, differences),
                }
            }
        }
        (Value::Array(expected), Value::Array(seen)) if expected.len() == seen.len() => {
            for (number, (expected, seen)) in expected.iter().zip(seen).enumerate() {
                compare(expected, seen, &format!("{at}[{number}]"), differences);
            }
        }
        (expected, seen) if expected == seen => {}
        (expected, seen) => differences.push(format!("{at}: {expected} expected, {seen} seen")),
    }
}

macro_rules! files {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let file = concat!(stringify!($name), ".json");
            run(file, include_str!(concat!("../cases/", stringify!($name), ".json")));
        }
    )*};
}

files! {
    functions
    updates
    versions
    aliases
    layers
    permissions
    tags
    concurrency
    event_invoke
    urls
    event_sources
    code_signing
    management
    accounts
}
