//! The folder that a service keeps its data in.

use std::time::{Duration, Instant};

use camino::Utf8Path;
use serde_json::json;

use super::client::Client;
use super::package;
use super::service::Service;

#[test]
fn what_was_there_is_there_when_it_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    {
        let service = Service::on(folder).unwrap();
        let mut client = Client::new(service.address, "123456789012", "us-east-1");
        let function = json!({
            "FunctionName": "f",
            "Role": "arn:aws:iam::123456789012:role/r",
            "Runtime": "python3.12",
            "Handler": "lambda_function.handler",
            "Code": {"ZipFile": package::base64("x")},
            "Tags": {"a": "b"},
        });
        let told = client.call("CreateFunction", &function).good();
        assert_eq!(told["State"], "Pending");
        // It ends before the function has come to be what it is to be.
    }
    let service = Service::on(folder).unwrap();
    let mut client = Client::new(service.address, "123456789012", "us-east-1");
    client.wait("f");
    let told = client
        .call("GetFunction", &json!({"FunctionName": "f"}))
        .good();
    assert_eq!(told["Tags"], json!({"a": "b"}));
    let location = told["Code"]["Location"].as_str().unwrap();
    let package = client.fetch(location);
    assert_eq!(package.status, 200);
}

#[test]
fn a_second_service_on_a_folder_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    let first = Service::on(folder).unwrap();
    let refused = Service::on(folder).err().unwrap();
    assert!(refused.starts_with("another service uses"), "{refused}");
    drop(first);
    Service::on(folder).unwrap();
}

#[test]
fn a_folder_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    drop(Service::on(folder).unwrap());
    let path = folder.join("records.sqlite");
    let records = rusqlite::Connection::open(&path).unwrap();
    records.pragma_update(None, "user_version", 99).unwrap();
    drop(records);
    let refused = Service::on(folder).err().unwrap();
    assert!(
        refused.contains("was written by a newer version"),
        "{refused}"
    );
}

#[test]
fn packages_that_nothing_needs_are_removed_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    let count = || std::fs::read_dir(folder.join("code")).unwrap().count();
    {
        let service = Service::on(folder).unwrap();
        let mut client = Client::new(service.address, "123456789012", "us-east-1");
        for mark in ["kept", "layer", "gone"] {
            let content = json!({"ZipFile": package::base64(mark)});
            let layer = json!({"LayerName": mark, "Content": content});
            client.call("PublishLayerVersion", &layer).good();
        }
        let gone = json!({"LayerName": "gone", "VersionNumber": 1});
        client.call("DeleteLayerVersion", &gone).good();
    }
    assert_eq!(count(), 3);
    let _service = Service::on(folder).unwrap();
    let started = Instant::now();
    while count() > 2 {
        assert!(started.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(count(), 2);
}
