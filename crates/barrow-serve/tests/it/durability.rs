//! What was acknowledged is there, however the service ended.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8Path;
use serde_json::json;

use super::client::Client;
use super::package;
use super::service;

/// Tells the child where its data is, and that it is one.
const FOLDER: &str = "BARROW_TEST_SERVICE_FOLDER";
const ADDRESS_FILE: &str = "address";
const ROUNDS: usize = 6;
/// Changes come thick and fast.
const SETTLING: Duration = Duration::from_millis(10);
const CLIENTS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(20);

/// Not a test by itself: the service that another test starts, and kills.
#[test]
fn serves_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let folder = Utf8Path::new(&folder);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let server = service::open(&folder.join("data"), None, SETTLING)
            .await
            .unwrap();
        let told = folder.join("address.new");
        std::fs::write(&told, server.address().to_string()).unwrap();
        std::fs::rename(told, folder.join(ADDRESS_FILE)).unwrap();
        server.run(std::future::pending()).await;
    });
}

/// The service as a process of its own. It is killed with its value.
struct Started {
    process: Child,
    address: SocketAddr,
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(folder: &Utf8Path) -> Started {
    let told = folder.join(ADDRESS_FILE);
    let _ = std::fs::remove_file(&told);
    let process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::serves_until_it_is_killed"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut started = Started {
        process,
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
    };
    let begun = Instant::now();
    loop {
        if let Ok(address) = std::fs::read_to_string(&told) {
            started.address = address.parse().unwrap();
            return started;
        }
        assert!(begun.elapsed() < PATIENCE, "the service does not start");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Creates and changes until the service is gone. Gives what was acknowledged: descriptions of
/// functions by their names.
fn work(address: SocketAddr, prefix: &str, stop: &AtomicBool) -> BTreeMap<String, String> {
    let mut client = Client::new(address, "123456789012", "us-east-1");
    let mut acknowledged = BTreeMap::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let name = format!("{prefix}-{number}");
        let input = json!({
            "FunctionName": name,
            "Role": "arn:aws:iam::123456789012:role/r",
            "Runtime": "python3.12",
            "Handler": "lambda_function.handler",
            "Description": "made",
            "Code": {"ZipFile": package::base64(&name)},
        });
        match client.try_call("CreateFunction", &input) {
            Ok(answer) => assert_eq!(answer.status, 201, "{answer:?}"),
            Err(_) => break,
        }
        acknowledged.insert(name.clone(), "made".to_owned());
        // One that was made before has settled by now.
        let earlier = format!("{prefix}-{}", number / 2);
        let description = format!("changed {number}");
        let input = json!({"FunctionName": earlier, "Description": description});
        match client.try_call("UpdateFunctionConfiguration", &input) {
            Ok(answer) if answer.status == 200 => {
                acknowledged.insert(earlier, description);
            }
            Ok(answer) => assert_eq!(answer.status, 409, "{answer:?}"),
            // Whether it was written before the end is not known.
            Err(_) => {
                acknowledged.remove(&earlier);
                break;
            }
        }
    }
    acknowledged
}

#[test]
fn nothing_acknowledged_is_lost_when_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    let mut acknowledged = BTreeMap::new();
    for round in 0..ROUNDS {
        let service = start(folder);
        let address = service.address;
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|number| {
                    let stop = &stop;
                    scope.spawn(move || work(address, &format!("r{round}-c{number}"), stop))
                })
                .collect();
            thread::sleep(Duration::from_millis(150 + 70 * round as u64));
            drop(service);
            stop.store(true, Ordering::Relaxed);
            for client in clients {
                acknowledged.extend(client.join().unwrap());
            }
        });
    }
    assert!(acknowledged.len() > ROUNDS, "{acknowledged:?}");
    let service = start(folder);
    let mut client = Client::new(service.address, "123456789012", "us-east-1");
    for (name, description) in &acknowledged {
        let told = client
            .call("GetFunction", &json!({"FunctionName": name}))
            .good();
        let configuration = &told["Configuration"];
        assert_eq!(configuration["Description"], *description, "{name}");
        let location = told["Code"]["Location"].as_str().unwrap();
        let package = client.fetch(location);
        assert_eq!(package.status, 200, "{name}");
    }
}
