//! Lists in pieces.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::Client;
use super::package;
use super::service::Service;

const COUNT: usize = 120;

/// All entries of a list, `most` at a time, and how many pages that took.
fn all(
    client: &mut Client,
    call: &str,
    input: &Value,
    list: &str,
    most: u64,
) -> (Vec<Value>, usize) {
    let mut entries = Vec::new();
    let mut input = input.clone();
    input["MaxItems"] = most.into();
    for pages in 1.. {
        let answer = client.call(call, &input).good();
        let page = answer[list].as_array().unwrap();
        assert!(page.len() as u64 <= most, "{call}: {}", page.len());
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

#[test]
#[expect(clippy::too_many_lines, reason = "one list after the other")]
fn a_hundred_and_twenty_functions_and_what_they_have() {
    let service = Service::start();
    let mut client = Client::new(service.address, "123456789012", "us-east-1");
    let zip = package::base64("x");
    for number in 0..COUNT {
        let input = json!({
            "FunctionName": format!("f{number}"),
            "Role": "arn:aws:iam::123456789012:role/r",
            "Runtime": "python3.12",
            "Handler": "lambda_function.handler",
            "Code": {"ZipFile": zip},
        });
        client.call("CreateFunction", &input).good();
    }
    for most in [1, 7, 50] {
        let (functions, pages) = all(&mut client, "ListFunctions", &json!({}), "Functions", most);
        assert_eq!(distinct(&functions, "FunctionName"), COUNT);
        assert_eq!(functions.len(), COUNT);
        assert_eq!(pages as u64, (COUNT as u64).div_ceil(most));
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

    client.wait("f0");
    let function = json!({"FunctionName": "f0"});
    for number in 0..COUNT {
        let alias = json!({
            "FunctionName": "f0",
            "Name": format!("alias-{number}"),
            "FunctionVersion": "$LATEST",
        });
        client.call("CreateAlias", &alias).good();
        let config = json!({
            "FunctionName": "f0",
            "Qualifier": format!("alias-{number}"),
            "MaximumRetryAttempts": 1,
        });
        client.call("PutFunctionEventInvokeConfig", &config).good();
        let url = json!({
            "FunctionName": "f0",
            "Qualifier": format!("alias-{number}"),
            "AuthType": "NONE",
        });
        client.call("CreateFunctionUrlConfig", &url).good();
        let layer = json!({"LayerName": "deps", "Content": {"ZipFile": zip}});
        client.call("PublishLayerVersion", &layer).good();
        let layer = json!({"LayerName": format!("l{number}"), "Content": {"ZipFile": zip}});
        client.call("PublishLayerVersion", &layer).good();
        let source = json!({
            "FunctionName": "f0",
            "EventSourceArn": format!("arn:aws:sqs:us-east-1:123456789012:q{number}"),
        });
        client.call("CreateEventSourceMapping", &source).good();
    }
    for (call, input, list, key, count) in [
        ("ListAliases", &function, "Aliases", "Name", COUNT),
        (
            "ListFunctionEventInvokeConfigs",
            &function,
            "FunctionEventInvokeConfigs",
            "FunctionArn",
            COUNT,
        ),
        (
            "ListFunctionUrlConfigs",
            &function,
            "FunctionUrlConfigs",
            "FunctionUrl",
            COUNT,
        ),
        (
            "ListLayerVersions",
            &json!({"LayerName": "deps"}),
            "LayerVersions",
            "Version",
            COUNT,
        ),
        ("ListLayers", &json!({}), "Layers", "LayerName", COUNT + 1),
        (
            "ListEventSourceMappings",
            &json!({}),
            "EventSourceMappings",
            "UUID",
            COUNT,
        ),
    ] {
        let (entries, _) = all(&mut client, call, input, list, 50);
        assert_eq!(entries.len(), count, "{call}");
        assert_eq!(distinct(&entries, key), count, "{call}");
        let (entries, pages) = all(&mut client, call, input, list, 11);
        assert_eq!(entries.len(), count, "{call}");
        assert_eq!(pages, count.div_ceil(11), "{call}");
    }
    let (versions, _) = all(
        &mut client,
        "ListLayerVersions",
        &json!({"LayerName": "deps"}),
        "LayerVersions",
        50,
    );
    assert_eq!(versions[0]["Version"], COUNT);
    assert_eq!(versions[COUNT - 1]["Version"], 1);
}
