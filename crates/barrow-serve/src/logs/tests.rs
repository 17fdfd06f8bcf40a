//! What is appended is there; what is bounded stays so.

use std::ops::ControlFlow;

use camino::Utf8Path;

use super::events::{Direction, Range, Source, scan};
use super::groups::{Group, StreamRow};
use super::*;

fn scope() -> Scope {
    Scope {
        account: "123456789012".into(),
        region: "us-east-1".into(),
    }
}

fn open(folder: &tempfile::TempDir, limits: Limits) -> Logs {
    Logs::open(Utf8Path::from_path(folder.path()).unwrap(), limits).unwrap()
}

fn messages(logs: &Logs, group: &str, direction: Direction) -> Vec<String> {
    let mut found = Vec::new();
    logs.read::<_, StoreError>(|connection| {
        let Some(group) = Group::find(connection, &scope(), group)? else {
            return Ok(());
        };
        let source = Source::Group(group.id);
        scan(
            connection,
            source,
            Range::ALWAYS,
            None,
            direction,
            |event| {
                found.push(event.message.to_owned());
                ControlFlow::Continue(())
            },
        )?;
        Ok(())
    })
    .unwrap();
    found
}

#[test]
fn events_are_read_in_the_order_of_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let logs = open(&folder, Limits::default());
    let (one, two) = (
        logs.stream(&scope(), "g", "one"),
        logs.stream(&scope(), "g", "two"),
    );
    one.append(30, b"c");
    two.append(10, b"a");
    one.append(20, b"b");
    two.append(30, b"d");
    assert_eq!(
        messages(&logs, "g", Direction::Forward),
        ["a", "b", "c", "d"]
    );
    assert_eq!(
        messages(&logs, "g", Direction::Backward),
        ["d", "c", "b", "a"]
    );
    drop(logs);
    let logs = open(&folder, Limits::default());
    assert_eq!(messages(&logs, "g", Direction::Forward).len(), 4);
}

#[test]
fn a_deleted_group_is_empty_and_comes_back_with_the_next_line() {
    let folder = tempfile::tempdir().unwrap();
    let logs = open(&folder, Limits::default());
    let stream = logs.stream(&scope(), "g", "s");
    stream.append(1, b"before");
    assert!(logs.delete_group(&scope(), "g").unwrap());
    assert!(!logs.delete_group(&scope(), "g").unwrap());
    assert!(messages(&logs, "g", Direction::Forward).is_empty());
    stream.append(2, b"after");
    assert_eq!(messages(&logs, "g", Direction::Forward), ["after"]);
    while logs.shared.writer().sweep(Timestamp::now()).unwrap() {}
    let left: i64 = logs
        .read::<_, StoreError>(|connection| {
            Ok(connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(left, 1);
}

#[test]
fn ten_times_the_limit_stays_within_it() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        group_bytes: 1 << 19,
        total_bytes: 2 << 20,
        waiting_bytes: 1 << 20,
    };
    let logs = open(&folder, limits);
    let line = "x".repeat(200);
    let mut largest = 0;
    for round in 0..65_i64 {
        for group in 0..8 {
            let stream = logs.stream(&scope(), &format!("g{group}"), &format!("s{}", round / 10));
            // One writes so much that its own limit is reached, not only that of all.
            for number in 0..if group == 3 { 500 } else { 125 } {
                let message = format!("{round:03} {number} {line}");
                stream.append(round * 1000 + number, message.as_bytes());
            }
        }
        logs.shared.write_waiting().unwrap();
        let sizes = std::fs::read_dir(folder.path()).unwrap();
        let size: u64 = sizes
            .map(|file| file.unwrap().metadata().unwrap().len())
            .sum();
        largest = largest.max(size);
    }
    assert_eq!(logs.lost_lines(), 0);
    // A batch comes before what has to go for it; the file of what is not yet in place (WAL) is
    // written anew from its beginning at 1000 pages.
    let bound = limits.total_bytes + limits.waiting_bytes as u64 + 3 * 4096 * 1000;
    assert!(largest < bound, "{largest} bytes, expected at most {bound}");
    let kept = messages(&logs, "g3", Direction::Backward);
    assert!(kept[0].starts_with("064 499 "), "{}", kept[0]);
    let bytes: usize = kept.iter().map(|message| message.len() + 26).sum();
    assert!(bytes as u64 <= limits.group_bytes, "{bytes}");
    assert!(bytes > 400_000, "{bytes}");
    let streams = logs
        .read::<_, StoreError>(|connection| {
            let group = Group::find(connection, &scope(), "g3")?.unwrap();
            assert_eq!(group.bytes, i64::try_from(bytes).unwrap());
            Ok(StreamRow::all(connection, group.id)?.len())
        })
        .unwrap();
    assert!(
        streams < 20,
        "{streams} streams, though most have no events left"
    );
}

#[test]
fn no_more_goes_than_has_to() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        group_bytes: 1 << 20,
        ..Limits::default()
    };
    let logs = open(&folder, limits);
    let stream = logs.stream(&scope(), "g", "s");
    for number in 0..10 {
        let message = format!("{number}{}", "x".repeat(200_000));
        stream.append(number, message.as_bytes());
        logs.shared.write_waiting().unwrap();
    }
    let kept = messages(&logs, "g", Direction::Forward);
    let kept: Vec<&str> = kept.iter().map(|message| &message[..1]).collect();
    assert_eq!(kept, ["6", "7", "8", "9"]);
}

#[test]
fn a_day_of_retention_is_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let logs = open(&folder, Limits::default());
    let now = Timestamp::now();
    let stream = logs.stream(&scope(), "g", "s");
    stream.append(now.as_millisecond() - 25 * 3_600_000, b"old");
    stream.append(now.as_millisecond() - 23 * 3_600_000, b"new");
    logs.write::<_, StoreError>(|writer| {
        let group = Group::find(writer.connection(), &scope(), "g")?;
        writer.set_retention(group.unwrap().id, Some(1))
    })
    .unwrap();
    while logs.shared.writer().sweep(now).unwrap() {}
    assert_eq!(messages(&logs, "g", Direction::Forward), ["new"]);
}

/// Where the process that is to be killed writes.
const KILLED: &str = "BARROW_TEST_LOGS_THAT_ARE_KILLED";

/// Not a test by itself: the process that the next one kills.
#[test]
fn a_process_that_is_killed() {
    let Some(folder) = std::env::var_os(KILLED) else {
        return;
    };
    let logs = Logs::open(
        Utf8Path::from_path(folder.as_ref()).unwrap(),
        Limits::default(),
    )
    .unwrap();
    let stream = logs.stream(&scope(), "g", "appended");
    logs.shared.write_waiting().unwrap();
    for number in 0.. {
        stream.append(number, format!("{number}").as_bytes());
        if number % 50 == 0 {
            println!("appended {number} {}", Timestamp::now().as_millisecond());
        }
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
}

#[test]
fn a_kill_loses_a_tenth_of_a_second_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = 0;
    for round in 0..4 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "logs::tests::a_process_that_is_killed",
                "--nocapture",
            ])
            .env(KILLED, folder.path())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(700 + 130 * round));
        child.kill().unwrap();
        let killed_ms = Timestamp::now().as_millisecond();
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        // What was appended a batch (and a slow disk) before the kill has to be there.
        let settled = told.lines().filter_map(|line| {
            let (number, at) = line.split_once("appended ")?.1.split_once(' ')?;
            let (number, at): (usize, i64) = (number.parse().ok()?, at.parse().ok()?);
            (at + 400 < killed_ms).then_some(number + 1)
        });
        let settled = settled.max().unwrap_or_default();
        let logs = open(&folder, Limits::default());
        let found = messages(&logs, "g", Direction::Forward);
        let new = found.len() - before;
        assert!(new >= settled, "{new} of {settled} lines");
        // Each round writes the numbers from zero on, so below its last none is missing.
        let mut counts = vec![0; found.len()];
        for message in &found {
            counts[message.parse::<usize>().unwrap()] += 1;
        }
        assert!(counts.is_sorted_by(|one, next| one >= next), "{counts:?}");
        before = found.len();
        drop(logs);
    }
    assert!(before > 0, "nothing was ever written");
}
