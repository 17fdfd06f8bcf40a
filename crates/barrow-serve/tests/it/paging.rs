//! Lists in pieces.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::Client;
use super::package;
use super::service::Service;

const COUNT: usize = 120;
const ACCOUNT: &str = "123456789012";

/// All entries of a list, `most` at a time, and how many pages that took.
fn all(
    client: &mut Client,
    call: &str,
    input: &Value,
    list: &str,
    most: usize,
) -> (Vec<Value>, usize) {
    let mut entries = Vec::new();
    let mut input = input.clone();
    input["MaxItems"] = most.into();
    for pages in 1.. {
        let answer = client.call(call, &input).good();
        let page = answer[list].as_array().unwrap();
        assert!(page.len() <= most, "{call}: {}", page.len());
        entries.extend(page.iter().cloned());
        match answer.get("NextMarker") {
            None => return (entries, pages),
            Some(marker) => input["Marker"] = marker.clone(),
        }
        assert!(pages < 1000, "{call} does not come to an end");
    }
    unreachable!()
}

fn distinct(entries: &[Value], name: &str) -> usize {
    let values = entries.iter().map(|entry| entry[name].to_string());
    values.collect::<BTreeSet<_>>().len()
}

fn function(name: &str) -> Value {
    json!({
        "FunctionName": name,
        "Role": "arn:aws:iam::123456789012:role/r",
        "Runtime": "python3.12",
        "Handler": "lambda_function.handler",
        "Code": {"ZipFile": package::base64("x")},
    })
}

#[test]
fn a_hundred_and_twenty_functions() {
    let service = Service::start();
    let mut client = Client::new(service.address, ACCOUNT, "us-east-1");
    for number in 0..COUNT {
        let input = function(&format!("f{number}"));
        client.call("CreateFunction", &input).good();
    }
    for most in [1, 7, 50] {
        let (functions, pages) = all(&mut client, "ListFunctions", &json!({}), "Functions", most);
        assert_eq!(functions.len(), COUNT);
        assert_eq!(distinct(&functions, "FunctionName"), COUNT);
        assert_eq!(pages, COUNT.div_ceil(most));
    }
    // More than fifty are never in a page.
    let (_, pages) = all(
        &mut client,
        "ListFunctions",
        &json!({}),
        "Functions",
        10_000,
    );
    assert_eq!(pages, 3);
}

#[test]
fn a_hundred_and_twenty_of_everything_that_a_function_has() {
    let service = Service::start();
    let mut client = Client::new(service.address, ACCOUNT, "us-east-1");
    client.call("CreateFunction", &function("f")).good();
    client.wait("f");
    for number in 0..COUNT {
        let of_alias = |more: Value| {
            let mut input = json!({"FunctionName": "f", "Qualifier": format!("alias-{number}")});
            for (name, value) in more.as_object().unwrap() {
                input[name] = value.clone();
            }
            input
        };
        let alias = json!({
            "FunctionName": "f",
            "Name": format!("alias-{number}"),
            "FunctionVersion": "$LATEST",
        });
        client.call("CreateAlias", &alias).good();
        let config = of_alias(json!({"MaximumRetryAttempts": 1}));
        client.call("PutFunctionEventInvokeConfig", &config).good();
        let url = of_alias(json!({"AuthType": "NONE"}));
        client.call("CreateFunctionUrlConfig", &url).good();
        let source = json!({
            "FunctionName": "f",
            "EventSourceArn": format!("arn:aws:sqs:us-east-1:{ACCOUNT}:q{number}"),
        });
        client.call("CreateEventSourceMapping", &source).good();
    }
    let of_function = json!({"FunctionName": "f"});
    for (call, list, key) in [
        ("ListAliases", "Aliases", "Name"),
        (
            "ListFunctionEventInvokeConfigs",
            "FunctionEventInvokeConfigs",
            "FunctionArn",
        ),
        (
            "ListFunctionUrlConfigs",
            "FunctionUrlConfigs",
            "FunctionUrl",
        ),
        ("ListEventSourceMappings", "EventSourceMappings", "UUID"),
    ] {
        let (entries, pages) = all(&mut client, call, &of_function, list, 11);
        assert_eq!(entries.len(), COUNT, "{call}");
        assert_eq!(distinct(&entries, key), COUNT, "{call}");
        assert_eq!(pages, COUNT.div_ceil(11), "{call}");
    }
}

#[test]
fn a_hundred_and_twenty_layers_and_versions() {
    let service = Service::start();
    let mut client = Client::new(service.address, ACCOUNT, "us-east-1");
    let content = json!({"ZipFile": package::base64("x")});
    for number in 0..COUNT {
        for name in ["deps".to_owned(), format!("l{number}")] {
            let layer = json!({"LayerName": name, "Content": content});
            client.call("PublishLayerVersion", &layer).good();
        }
    }
    let (layers, pages) = all(&mut client, "ListLayers", &json!({}), "Layers", 11);
    assert_eq!(distinct(&layers, "LayerName"), COUNT + 1);
    assert_eq!(pages, (COUNT + 1).div_ceil(11));
    let deps = json!({"LayerName": "deps"});
    let (versions, _) = all(&mut client, "ListLayerVersions", &deps, "LayerVersions", 50);
    let numbers: Vec<u64> = versions
        .iter()
        .filter_map(|version| version["Version"].as_u64())
        .collect();
    assert!(numbers.iter().rev().copied().eq(1..=COUNT as u64));
}
