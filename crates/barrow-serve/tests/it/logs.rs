//! Logs over HTTP, as the command line and SDKs ask for them.

use camino::Utf8Path;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::case::{Case, options};

fn group_with(case: &Case, streams: &[&str]) {
    case.logs("CreateLogGroup", &json!({"logGroupName": "g"}))
        .unwrap();
    for stream in streams {
        let input = json!({"logGroupName": "g", "logStreamName": stream});
        case.logs("CreateLogStream", &input).unwrap();
    }
}

fn put(case: &Case, stream: &str, events: &[(i64, &str)]) -> Value {
    let events: Vec<Value> = events
        .iter()
        .map(|(timestamp, message)| json!({"timestamp": timestamp, "message": message}))
        .collect();
    let input = json!({"logGroupName": "g", "logStreamName": stream, "logEvents": events});
    case.logs("PutLogEvents", &input).unwrap()
}

fn messages(answer: &Value) -> Vec<&str> {
    let events = answer["events"].as_array().unwrap().iter();
    events
        .map(|event| event["message"].as_str().unwrap())
        .collect()
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

#[test]
fn tokens_lead_on_and_stay_at_the_end() {
    let case = Case::new();
    group_with(&case, &["s"]);
    let at = now();
    put(
        &case,
        "s",
        &[
            (at, "1"),
            (at + 1, "2"),
            (at + 2, "3"),
            (at + 3, "4"),
            (at + 4, "5"),
        ],
    );
    let get = |more: Value| {
        let mut input = json!({"logGroupName": "g", "logStreamName": "s", "limit": 2});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        case.logs("GetLogEvents", &input).unwrap()
    };
    // Without more said, the newest come, in the order of their time.
    let newest = get(json!({}));
    assert_eq!(messages(&newest), ["4", "5"]);
    let before = get(json!({"nextToken": newest["nextBackwardToken"]}));
    assert_eq!(messages(&before), ["2", "3"]);
    let oldest = get(json!({"nextToken": before["nextBackwardToken"]}));
    assert_eq!(messages(&oldest), ["1"]);
    let end = get(json!({"nextToken": oldest["nextBackwardToken"]}));
    assert!(messages(&end).is_empty());
    assert_eq!(end["nextBackwardToken"], oldest["nextBackwardToken"]);

    let first = get(json!({"startFromHead": true}));
    assert_eq!(messages(&first), ["1", "2"]);
    let end = get(json!({"nextToken": newest["nextForwardToken"]}));
    assert!(messages(&end).is_empty());
    assert_eq!(end["nextForwardToken"], newest["nextForwardToken"]);
    put(&case, "s", &[(at + 5, "6")]);
    let more = get(json!({"nextToken": end["nextForwardToken"]}));
    assert_eq!(messages(&more), ["6"]);

    let between = get(json!({"startTime": at + 1, "endTime": at + 3, "startFromHead": true}));
    assert_eq!(messages(&between), ["2", "3"]);
    let wrong = json!({"logGroupName": "g", "logStreamName": "s", "nextToken": "x"});
    let refused = case.logs("GetLogEvents", &wrong).unwrap_err();
    assert_eq!(refused.1, "The specified nextToken is invalid.");
}

#[test]
fn streams_are_searched_as_one() {
    let case = Case::new();
    group_with(&case, &["a1", "a2", "b"]);
    let at = now();
    put(
        &case,
        "a1",
        &[(at, "ERROR one"), (at + 2, r#"{"level": "ERROR", "n": 3}"#)],
    );
    put(&case, "a2", &[(at + 1, "INFO two"), (at + 4, "ERROR five")]);
    put(&case, "b", &[(at + 3, "ERROR four")]);
    let filter = |more: Value| {
        let mut input = json!({"logGroupName": "g"});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        case.logs("FilterLogEvents", &input).unwrap()
    };
    assert_eq!(messages(&filter(json!({}))).len(), 5);
    let errors = filter(json!({"filterPattern": "ERROR -five -level"}));
    assert_eq!(messages(&errors), ["ERROR one", "ERROR four"]);
    let json_ones = filter(json!({"filterPattern": "{ $.level = \"ERROR\" && $.n > 2 }"}));
    assert_eq!(messages(&json_ones).len(), 1);
    let some = filter(json!({"logStreamNames": ["a2", "b"]}));
    assert_eq!(messages(&some), ["INFO two", "ERROR four", "ERROR five"]);
    let some = filter(json!({"logStreamNamePrefix": "a", "startTime": at + 1, "endTime": at + 2}));
    assert_eq!(messages(&some).len(), 2);

    let mut seen = Vec::new();
    let mut page = filter(json!({"limit": 2}));
    loop {
        seen.extend(messages(&page).into_iter().map(str::to_owned));
        let Some(token) = page.get("nextToken").cloned() else {
            break;
        };
        page = filter(json!({"limit": 2, "nextToken": token}));
    }
    let all = filter(json!({}));
    assert_eq!(seen, messages(&all));
    let mut ids: Vec<&str> = all["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["eventId"].as_str().unwrap())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 5);

    let refused = case
        .logs(
            "FilterLogEvents",
            &json!({"logGroupName": "g", "filterPattern": "{ $.a"}),
        )
        .unwrap_err();
    assert_eq!(refused.0, "InvalidParameterException");
    assert!(
        refused.1.starts_with("Invalid filter pattern"),
        "{}",
        refused.1
    );
    let missing = json!({"logGroupName": "g", "logStreamNames": ["nope"]});
    let refused = case.logs("FilterLogEvents", &missing).unwrap_err();
    assert_eq!(refused.0, "ResourceNotFoundException");
}

#[test]
fn streams_are_listed_by_name_or_by_their_last_event() {
    let case = Case::new();
    group_with(&case, &["a", "b", "c"]);
    let at = now();
    put(&case, "b", &[(at + 9, "x")]);
    put(&case, "a", &[(at + 5, "x")]);
    let list = |more: Value| {
        let mut input = json!({"logGroupName": "g"});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        case.logs("DescribeLogStreams", &input)
    };
    let names = |answer: &Value| -> Vec<String> {
        let streams = answer["logStreams"].as_array().unwrap().iter();
        streams
            .map(|stream| stream["logStreamName"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&list(json!({})).unwrap()), ["a", "b", "c"]);
    let newest = list(json!({"orderBy": "LastEventTime", "descending": true, "limit": 2})).unwrap();
    assert_eq!(names(&newest), ["b", "a"]);
    let rest = list(json!({
        "orderBy": "LastEventTime", "descending": true, "nextToken": newest["nextToken"],
    }));
    assert_eq!(names(&rest.unwrap()), ["c"]);
    assert_eq!(
        names(&list(json!({"logStreamNamePrefix": "b"})).unwrap()),
        ["b"]
    );
    let both = json!({"orderBy": "LastEventTime", "logStreamNamePrefix": "b"});
    assert_eq!(
        list(both).unwrap_err().1,
        "Cannot order by LastEventTime with a logStreamNamePrefix."
    );
    let stream = &newest["logStreams"][0];
    assert_eq!(stream["lastEventTimestamp"], at + 9);
    assert_eq!(
        stream["arn"],
        "arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:b"
    );
}

#[test]
fn events_that_are_too_old_or_too_new_are_told_of() {
    let case = Case::new();
    group_with(&case, &["s"]);
    let (hour, at) = (3_600_000, now());
    let told = put(
        &case,
        "s",
        &[
            (at - 15 * 24 * hour, "old"),
            (at - 15 * 24 * hour + 1, "old"),
        ],
    );
    assert_eq!(
        told["rejectedLogEventsInfo"],
        json!({"tooOldLogEventEndIndex": 2})
    );
    let told = put(&case, "s", &[(at, "now"), (at + 3 * hour, "new")]);
    assert_eq!(
        told["rejectedLogEventsInfo"],
        json!({"tooNewLogEventStartIndex": 1})
    );
    case.logs(
        "PutRetentionPolicy",
        &json!({"logGroupName": "g", "retentionInDays": 1}),
    )
    .unwrap();
    let told = put(
        &case,
        "s",
        &[(at - 25 * hour, "expired"), (at - 2 * hour, "kept")],
    );
    assert_eq!(
        told["rejectedLogEventsInfo"],
        json!({"expiredLogEventEndIndex": 1})
    );
    let all = case
        .logs("FilterLogEvents", &json!({"logGroupName": "g"}))
        .unwrap();
    assert_eq!(messages(&all), ["kept", "now"]);
    let unordered = json!({
        "logGroupName": "g", "logStreamName": "s",
        "logEvents": [{"timestamp": at, "message": "a"}, {"timestamp": at - 1, "message": "b"}],
    });
    let refused = case.logs("PutLogEvents", &unordered).unwrap_err();
    assert!(refused.1.contains("chronological order"), "{}", refused.1);
}

#[test]
fn groups_have_tags_and_names_and_an_end() {
    let case = Case::new();
    let tagged = json!({"logGroupName": "/aws/lambda/f", "tags": {"a": "1"}});
    case.logs("CreateLogGroup", &tagged).unwrap();
    let again = case.logs("CreateLogGroup", &tagged).unwrap_err();
    assert_eq!(again.0, "ResourceAlreadyExistsException");
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f";
    case.logs(
        "TagResource",
        &json!({"resourceArn": arn, "tags": {"b": "2"}}),
    )
    .unwrap();
    case.logs(
        "UntagResource",
        &json!({"resourceArn": arn, "tagKeys": ["a"]}),
    )
    .unwrap();
    let tags = case
        .logs("ListTagsForResource", &json!({"resourceArn": arn}))
        .unwrap();
    assert_eq!(tags, json!({"tags": {"b": "2"}}));
    let found = case
        .logs("DescribeLogGroups", &json!({"logGroupNamePrefix": "/aws"}))
        .unwrap();
    assert_eq!(found["logGroups"][0]["logGroupArn"], arn);
    case.logs("DeleteLogGroup", &json!({"logGroupName": "/aws/lambda/f"}))
        .unwrap();
    let gone = case
        .logs("DeleteLogGroup", &json!({"logGroupName": "/aws/lambda/f"}))
        .unwrap_err();
    assert_eq!(gone.1, "The specified log group does not exist.");
    let none = case.logs("DescribeLogGroups", &json!({})).unwrap();
    assert_eq!(none, json!({"logGroups": []}));
}

#[test]
fn wrong_input_is_refused_in_the_services_words() {
    let case = Case::new();
    for (operation, input, code) in [
        ("CreateLogGroup", json!({}), "InvalidParameterException"),
        (
            "CreateLogGroup",
            json!({"logGroupName": 5}),
            "SerializationException",
        ),
        ("CreateLogGroup", json!([]), "SerializationException"),
        (
            "CreateLogGroup",
            json!({"logGroupName": "a b"}),
            "InvalidParameterException",
        ),
        (
            "GetLogEvents",
            json!({"logStreamName": "s"}),
            "InvalidParameterException",
        ),
        (
            "FilterLogEvents",
            json!({"logGroupName": "g", "limit": 0}),
            "InvalidParameterException",
        ),
        ("StartLiveTail", json!({}), "UnknownOperationException"),
    ] {
        let refused = case.logs(operation, &input).unwrap_err();
        assert_eq!(refused.0, code, "{operation} {input}: {}", refused.1);
    }
    let target = [("x-amz-target", "Logs_20140328.CreateLogGroup")];
    assert_eq!(case.ask("POST /", &target, "{").status, 400);
}

#[test]
fn logs_are_there_when_the_service_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(folder.path()).unwrap();
    let case = Case::at(path, options());
    group_with(&case, &["s"]);
    put(&case, "s", &[(now(), "kept")]);
    drop(case);
    let case = Case::at(path, options());
    let all = case
        .logs("FilterLogEvents", &json!({"logGroupName": "g"}))
        .unwrap();
    assert_eq!(messages(&all), ["kept"]);
}
