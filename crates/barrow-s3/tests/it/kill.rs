//! A service that is killed while clients write. This test's own binary is the service.

use std::env;
use std::fs;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use barrow_s3::{Authorise, Storage};
use camino::{Utf8Path, Utf8PathBuf};

use crate::plain::Connection;
use crate::server::{ACCOUNT, Server};

const FOLDER: &str = "BARROW_S3_TEST_FOLDER";
const ROUNDS: u32 = 4;
const WRITERS: u32 = 3;

/// Does nothing but where another test has started it.
#[test]
fn serves_until_it_is_killed() {
    let Ok(folder) = env::var(FOLDER) else {
        return;
    };
    let folder = Utf8PathBuf::from(folder);
    let server = Server::start_on(&folder.join("s3"), Authorise::Anyone);
    fs::write(folder.join("address.new"), server.address().to_string()).unwrap();
    fs::rename(folder.join("address.new"), folder.join("address")).unwrap();
    loop {
        thread::park();
    }
}

fn start(folder: &Utf8Path) -> (Child, String) {
    let address = folder.join("address");
    let _ = fs::remove_file(&address);
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::serves_until_it_is_killed"])
        .env(FOLDER, folder)
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !address.exists() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "it never started"
        );
        thread::sleep(Duration::from_millis(5));
    }
    (child, fs::read_to_string(address).unwrap())
}

/// What a writer was told is stored.
#[derive(Default)]
struct Acknowledged {
    kept: Vec<String>,
    deleted: Vec<String>,
    /// The last number that went into the key that is written again and again.
    last: Option<u64>,
}

fn body(key: &str) -> Vec<u8> {
    // From nothing to more than one batch.
    let times = key.bytes().map(usize::from).sum::<usize>() % 7 * 20_000;
    key.as_bytes()
        .repeat(times.min(if key.ends_with('0') { 90_000 } else { 300 }))
}

fn write_until_it_dies(address: &str, name: &str, stop: &AtomicBool) -> Acknowledged {
    let mut told = Acknowledged::default();
    let Ok(mut connection) = Connection::open(address) else {
        return told;
    };
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let key = format!("{name}/{number}");
        match connection.ask("PUT", &format!("/load/{key}"), &body(&key)) {
            Ok(answer) if answer.status == 200 => told.kept.push(key.clone()),
            _ => break,
        }
        let text = number.to_string();
        match connection.ask("PUT", &format!("/load/{name}/again"), text.as_bytes()) {
            Ok(answer) if answer.status == 200 => told.last = Some(number),
            _ => break,
        }
        if number % 5 == 4 {
            // From here on nobody knows, until the answer is there.
            told.kept.pop();
            match connection.ask("DELETE", &format!("/load/{key}"), b"") {
                Ok(answer) if answer.status == 204 => told.deleted.push(key),
                _ => break,
            }
        }
    }
    told
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(temporary.path()).unwrap();
    let mut told = Vec::new();
    for round in 0..ROUNDS {
        let (mut child, address) = start(folder);
        let bucket = Connection::open(&address).unwrap().ask("PUT", "/load", b"");
        assert_eq!(bucket.unwrap().status, 200);
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let (address, stop) = (&address, &stop);
                    let name = format!("{round}-{writer}");
                    scope.spawn(move || {
                        let told = write_until_it_dies(address, &name, stop);
                        (name, told)
                    })
                })
                .collect();
            thread::sleep(Duration::from_millis(400 + 130 * u64::from(round)));
            child.kill().unwrap();
            child.wait().unwrap();
            stop.store(true, Ordering::Relaxed);
            told.extend(writers.into_iter().map(|writer| writer.join().unwrap()));
        });
    }

    let storage = Storage::open(&folder.join("s3")).unwrap();
    let read = |key: &str| {
        let object = storage.object(ACCOUNT, "load", key, None);
        object.map(|object| fs::read(object.path).unwrap())
    };
    let mut kept = 0;
    for (name, told) in &told {
        for key in &told.kept {
            assert!(read(key).unwrap() == body(key), "{key} has other bytes");
            kept += 1;
        }
        for key in &told.deleted {
            assert!(read(key).is_err(), "{key} is back");
        }
        if let Some(last) = told.last {
            let text = String::from_utf8(read(&format!("{name}/again")).unwrap()).unwrap();
            let seen: u64 = text.parse().unwrap();
            assert!(
                seen == last || seen == last + 1,
                "{name}: {seen}, expected {last}"
            );
        }
    }
    assert!(kept > 20, "{kept} objects are too few to say anything");
    drop(storage);
    no_file_is_left_over(folder);
}

/// There is one file for each object, and nothing else.
fn no_file_is_left_over(folder: &Utf8Path) {
    let server = Server::start_on(&folder.join("s3"), Authorise::Anyone);
    let mut connection = Connection::open(&server.address().to_string()).unwrap();
    let mut objects = 0;
    let mut after = String::new();
    loop {
        let path = format!("/load?list-type=2&start-after={after}");
        let answer = connection.ask("GET", &path, b"").unwrap();
        let page = String::from_utf8(answer.body).unwrap();
        let keys: Vec<_> = page.split("<Key>").skip(1).collect();
        objects += keys.len();
        match keys.last() {
            Some(last) if page.contains("<IsTruncated>true") => {
                last.split('<').next().unwrap().clone_into(&mut after);
            }
            _ => break,
        }
    }
    let count = |folder: Utf8PathBuf| fs::read_dir(folder).unwrap().count();
    let root = folder.join("s3");
    let folders = fs::read_dir(root.join("blobs")).unwrap();
    let files: usize = folders
        .map(|entry| count(Utf8PathBuf::from_path_buf(entry.unwrap().path()).unwrap()))
        .sum();
    assert_eq!((files, count(root.join("incoming"))), (objects, 0));
}

#[test]
fn a_folder_belongs_to_one_process() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(temporary.path()).unwrap();
    let (mut child, _) = start(folder);
    let refused = Storage::open(&folder.join("s3")).unwrap_err();
    assert!(
        matches!(refused, barrow_s3::OpenError::InUse { .. }),
        "{refused}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    Storage::open(&folder.join("s3")).unwrap();
}
