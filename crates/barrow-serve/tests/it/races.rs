//! Changes at the same time.

use std::sync::Barrier;
use std::thread;

use serde_json::json;

use super::client::Client;
use super::package;
use super::service::Service;

const ROUNDS: usize = 12;

#[test]
fn of_two_that_saw_the_same_one_changes_it() {
    let service = Service::start();
    let client = || Client::new(service.address, "123456789012", "us-east-1");
    let mut first = client();
    let function = json!({
        "FunctionName": "f",
        "Role": "arn:aws:iam::123456789012:role/r",
        "Runtime": "python3.12",
        "Handler": "lambda_function.handler",
        "Code": {"ZipFile": package::base64("x")},
    });
    first.call("CreateFunction", &function).good();
    first.wait("f");
    let alias = json!({"FunctionName": "f", "Name": "live", "FunctionVersion": "$LATEST"});
    first.call("CreateAlias", &alias).good();
    for round in 0..ROUNDS {
        let alias = json!({"FunctionName": "f", "Name": "live"});
        let seen = first.call("GetAlias", &alias).good();
        let start = Barrier::new(2);
        let change = |who: &str| {
            let mut client = client();
            let input = json!({
                "FunctionName": "f",
                "Name": "live",
                "Description": format!("{who} {round}"),
                "RevisionId": seen["RevisionId"],
            });
            start.wait();
            let answer = client.call("UpdateAlias", &input);
            (answer.status, who.to_owned())
        };
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(|| change("one"));
            let other = scope.spawn(|| change("other"));
            (one.join().unwrap(), other.join().unwrap())
        });
        let mut answers = [one, other];
        answers.sort();
        assert_eq!((answers[0].0, answers[1].0), (200, 412), "{answers:?}");
        let now = first.call("GetAlias", &alias).good();
        assert_eq!(now["Description"], format!("{} {round}", answers[0].1));
    }
}

#[test]
fn a_name_is_given_once() {
    let service = Service::start();
    let start = Barrier::new(4);
    let create = || {
        let mut client = Client::new(service.address, "123456789012", "us-east-1");
        let function = json!({
            "FunctionName": "f",
            "Role": "arn:aws:iam::123456789012:role/r",
            "Runtime": "python3.12",
            "Handler": "lambda_function.handler",
            "Code": {"ZipFile": package::base64("x")},
        });
        start.wait();
        client.call("CreateFunction", &function).status
    };
    let mut statuses = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(create)).collect();
        let threads = threads.into_iter();
        threads
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}
