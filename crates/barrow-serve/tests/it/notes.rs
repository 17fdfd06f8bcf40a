//! What the service says of packages that Lambda would take, and that would fail.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use barrow_serve::{Journal, JournalForm, Level};
use camino::Utf8Path;
use serde_json::json;

use super::client::Client;
use super::package;
use super::service::Service;

#[test]
fn a_handler_that_is_not_there_is_noticed_before_it_is_called() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = lines.clone();
    let journal = Journal {
        level: Level::Warning,
        form: JournalForm::Text,
        write: Arc::new(move |line| kept.lock().unwrap().push(line.to_owned())),
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    let service = Service::told(folder, Some(journal)).unwrap();
    let mut client = Client::new(service.address, "123456789012", "us-east-1");
    for (name, handler) in [("good", "lambda_function.handler"), ("bad", "app.main")] {
        let function = json!({
            "FunctionName": name,
            "Role": "arn:aws:iam::123456789012:role/r",
            "Runtime": "python3.12",
            "Handler": handler,
            "Code": {"ZipFile": package::base64("x")},
        });
        client.call("CreateFunction", &function).good();
    }
    let started = Instant::now();
    while lines.lock().unwrap().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(10));
    }
    let lines = lines.lock().unwrap();
    assert!(lines[0].contains(" package of bad: error["), "{lines:?}");
    assert!(lines[0].contains("`app"), "{lines:?}");
}
