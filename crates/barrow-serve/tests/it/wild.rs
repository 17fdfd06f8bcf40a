//! Requests that no client sends: whatever comes, the answer is one of AWS's errors.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Map, Value, json};

use super::client::Client;
use super::model::{model, operation, shape, text};
use super::service::Service;

/// Different each time it is asked, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn odd(dice: &mut Dice) -> Value {
    match dice.below(12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(9_223_372_036_854_775_807i64),
        4 => json!(1e300),
        5 => json!(""),
        6 => json!("x".repeat(3000)),
        7 => json!("\u{0}\u{1f600}%2F../$LATEST"),
        8 => json!([null, {}]),
        9 => json!({"a": {"b": []}}),
        10 => json!("arn:aws:lambda:us-east-1:123456789012:function:f:1:2:3"),
        _ => json!("f"),
    }
}

/// A value that may be right, or nearly.
fn value(name: &str, depth: usize, dice: &mut Dice) -> Value {
    if depth == 0 || dice.below(4) == 0 {
        return odd(dice);
    }
    let told = shape(name);
    match text(&told["type"]) {
        "structure" => structure(name, depth - 1, dice),
        "list" => {
            let item = text(&told["member"]["shape"]);
            let count = dice.below(3);
            (0..count).map(|_| value(item, depth - 1, dice)).collect()
        }
        "map" => {
            let inner = text(&told["value"]["shape"]);
            let count = dice.below(3);
            let entries = (0..count).map(|n| (format!("key{n}"), value(inner, depth - 1, dice)));
            Value::Object(entries.collect())
        }
        "integer" | "long" => json!(dice.below(2000)),
        "float" | "double" => json!(0.5),
        "boolean" => json!(dice.below(2) == 0),
        _ => match told["enum"].as_array() {
            Some(values) => {
                values[usize::try_from(dice.below(values.len() as u64)).unwrap()].clone()
            }
            None => json!("f"),
        },
    }
}

fn structure(name: &str, depth: usize, dice: &mut Dice) -> Value {
    let mut told = Map::new();
    for (member, about) in shape(name)["members"].as_object().into_iter().flatten() {
        let is_in_path = about["location"] == "uri";
        if is_in_path || dice.below(3) > 0 {
            let inner = about["shape"].as_str().unwrap();
            let mut value = value(inner, depth, dice);
            if is_in_path && !value.is_number() {
                value = json!(if dice.below(2) == 0 {
                    "f"
                } else {
                    "arn:aws:lambda:us-east-1:123456789012:function:f"
                });
            }
            told.insert(member.clone(), value);
        }
    }
    Value::Object(told)
}

#[test]
fn wild_members_are_refused_in_aws_words() {
    let service = Service::start();
    let mut client = Client::new(service.address, "123456789012", "us-east-1");
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for name in model()["operations"].as_object().unwrap().keys() {
        for _ in 0..25 {
            let Some(input) = operation(name)["input"].as_str() else {
                continue;
            };
            let input = structure(input, 4, &mut dice);
            let answer = client.try_call(name, &input).unwrap();
            assert!(answer.status < 500, "{name}: {input}\n{answer:?}");
            if answer.status >= 300 {
                assert!(!answer.code().is_empty(), "{name}: {input}\n{answer:?}");
            }
        }
    }
}

#[test]
fn every_operation_has_an_answer() {
    let service = Service::start();
    let mut client = Client::new(service.address, "123456789012", "us-east-1");
    for name in model()["operations"].as_object().unwrap().keys() {
        let input = operation(name)["input"].as_str();
        let members = input.map(|input| &shape(input)["members"]);
        let mut told = Map::new();
        for (member, about) in members.and_then(Value::as_object).into_iter().flatten() {
            if about["location"] == "uri" {
                told.insert(member.clone(), json!("1"));
            }
        }
        let answer = client.try_call(name, &Value::Object(told)).unwrap();
        let is_known = answer.code() != "UnknownOperationException" && answer.status < 500;
        assert!(is_known, "{name}: {answer:?}");
    }
}

#[test]
fn bodies_that_are_no_json_or_end_too_soon_are_refused() {
    let service = Service::start();
    let mut client = Client::new(service.address, "123456789012", "us-east-1");
    for body in [
        "{",
        "[]",
        "1",
        "\"\"",
        "nul",
        "{\"FunctionName\": \"\\ud800\"}",
        &"[".repeat(5000),
    ] {
        let answer = client.send("POST", "/2015-03-31/functions", body).unwrap();
        assert_eq!(
            (answer.status, answer.code()),
            (400, "SerializationException"),
            "{body}: {answer:?}"
        );
    }
    let mut stream = TcpStream::connect(service.address).unwrap();
    let head =
        "POST /2015-03-31/functions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(!rest.starts_with(b"HTTP/1.1 5"));
    // It goes on.
    client.call("ListFunctions", &json!({})).good();
}
