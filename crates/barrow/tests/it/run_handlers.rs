//! `barrow run` against the table of `fixtures/handlers`: what Lambda answers, for every
//! interpreter that is here, as the user of the tests and as one who may do nothing.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write as _;
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;

use super::handlers::{Answer, Known, Row, rows};
use super::sandbox::{Interpreter, Runner, interpreters, is_possible, is_root};

/// Where every row runs; the others see half of them.
const MAIN: &str = "3.12";
const THREADS: usize = 4;

#[test]
fn at_least_two_interpreters_are_here() {
    let found: Vec<_> = interpreters()
        .into_iter()
        .map(|found| found.minor)
        .collect();
    assert!(
        found.len() >= 2,
        "only {found:?}, expected two versions or more"
    );
}

#[test]
fn every_row_on_one_runtime() {
    let main = main_interpreter();
    check(&Runner::ourselves(), &main, |row| row.fits(&main.minor));
}

#[test]
fn half_of_the_rows_on_python3_8() {
    check_half("3.8");
}

#[test]
fn half_of_the_rows_on_python3_9() {
    check_half("3.9");
}

#[test]
fn half_of_the_rows_on_python3_10() {
    check_half("3.10");
}

#[test]
fn half_of_the_rows_on_python3_11() {
    check_half("3.11");
}

#[test]
fn half_of_the_rows_on_python3_13() {
    check_half("3.13");
}

#[test]
fn half_of_the_rows_on_python3_14() {
    check_half("3.14");
}

/// Ordinary rows on the main runtime, and on every other one those that a sandbox makes true.
#[test]
fn as_a_user_who_may_do_nothing() {
    if !is_root() {
        println!("the other tests here run as such a user already");
        return;
    }
    if !is_possible() {
        return;
    }
    let runner = Runner::stranger();
    let usual = main_interpreter().minor;
    let mut wrong = Vec::new();
    for interpreter in &interpreters() {
        let minor = &interpreter.minor;
        wrong.extend(differences(&runner, interpreter, |row| {
            let wanted = *minor == usual || row.needs_sandbox();
            row.everywhere && !row.slow && row.fits(minor) && wanted
        }));
    }
    assert_none(&wrong);
}

/// The usual one, else the newest that is here.
pub(crate) fn main_interpreter() -> Interpreter {
    let mut found = interpreters();
    let usual = found
        .iter()
        .position(|interpreter| interpreter.minor == MAIN);
    let newest = found.len().checked_sub(1).expect("no interpreter is here");
    found.remove(usual.unwrap_or(newest))
}

fn check_half(minor: &str) {
    match interpreters().iter().find(|found| found.minor == minor) {
        Some(interpreter) => check(&Runner::ourselves(), interpreter, |row| {
            row.everywhere && !row.slow && row.fits(minor)
        }),
        None => println!("NOT TESTED: no python{minor} is here"),
    }
}

#[track_caller]
fn check(runner: &Runner, interpreter: &Interpreter, is_wanted: impl Fn(&Row) -> bool) {
    if is_possible() {
        assert_none(&differences(runner, interpreter, is_wanted));
    }
}

#[track_caller]
fn assert_none(differences: &[String]) {
    let number = differences.len();
    assert!(
        number == 0,
        "{number} differences:\n{}",
        differences.join("\n")
    );
}

/// Runs rows, a few at a time, and names every difference.
fn differences(
    runner: &Runner,
    interpreter: &Interpreter,
    is_wanted: impl Fn(&Row) -> bool,
) -> Vec<String> {
    let fits = |row: &Row| is_wanted(row) && (runner.is_root() || !row.needs_root());
    let rows: VecDeque<_> = rows().into_iter().filter(fits).collect();
    println!("python{}: {} rows", interpreter.minor, rows.len());
    // Made once and before all, so that no row waits for another one's downloads.
    prepare(runner, interpreter);
    let (left, wrong) = (Mutex::new(rows), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    // On its own line, or the lock would be held while the row runs.
                    let next = left.lock().unwrap().pop_front();
                    let Some(row) = next else { return };
                    let found = differences_of_row(runner, interpreter, &row);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

/// Runs something small, which makes the client and the SDK of the runtime on first use.
#[track_caller]
pub(crate) fn prepare(runner: &Runner, interpreter: &Interpreter) {
    let folder = runner.make_folder(&format!("first-{}", interpreter.minor));
    runner.write(&folder, "app.py", "def h(e, c): return e");
    let output = run(runner, interpreter, "app.h")
        .args(["--event", "1"])
        .arg(folder)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "a first run:\n{stderr}");
}

/// `barrow run` with this interpreter, without events and without a function.
pub(crate) fn run(runner: &Runner, interpreter: &Interpreter, handler: &str) -> Command {
    let mut command = runner.command_for(interpreter);
    command
        .args(["run", "--handler", handler])
        .args(["--runtime", &format!("python{}", interpreter.minor)]);
    command
}

fn differences_of_row(runner: &Runner, interpreter: &Interpreter, row: &Row) -> Vec<String> {
    let minor = &interpreter.minor;
    let about = |line: String| format!("{} on {minor} [{}]: {line}", row.name, row.source);
    let output = command(runner, interpreter, row).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let Ok(document) = serde_json::from_slice::<Value>(&output.stdout) else {
        let code = output.status;
        return vec![about(format!("{code}, and no document: {}", stderr.trim()))];
    };
    let mut wrong = Vec::new();
    let expected = i32::from(row.invoke.iter().any(|invoke| invoke.failed));
    if output.status.code() != Some(expected) {
        wrong.push(about(format!("{}, expected {expected}", output.status)));
    }
    let invocations = document["invocations"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if invocations.len() != row.invoke.len() {
        let (seen, events) = (invocations.len(), row.invoke.len());
        wrong.push(about(format!(
            "{seen} invocations of {events} events: {}",
            stderr.trim()
        )));
    }
    for (number, (invoke, seen)) in row.invoke.iter().zip(&invocations).enumerate() {
        let mut found = faults_of_document(seen);
        found.extend(invoke.differences(number == 0, minor, &answer(seen)));
        wrong.extend(
            found
                .into_iter()
                .map(|line| about(format!("invoke {}: {line}", number + 1))),
        );
    }
    wrong
}

/// The command line of a row, with its files in a folder of its own.
fn command(runner: &Runner, interpreter: &Interpreter, row: &Row) -> Command {
    let folder = format!("{}-{}", row.name.replace('/', "-"), interpreter.minor);
    let project = runner.make_folder(&folder);
    let inputs = runner.make_folder(&format!("{folder}-inputs"));
    for (name, text) in row.files() {
        runner.write(&project, name, text);
    }
    runner.write(&inputs, "events.jsonl", &row.events());
    let mut command = run(runner, interpreter, &row.handler);
    command
        .args(["--json", "--event"])
        .arg(inputs.join("events.jsonl"))
        .args(&row.options);
    for (name, value) in &row.env {
        command.args(["--env", &format!("{name}={value}")]);
    }
    for (number, layer) in row.layers.iter().enumerate() {
        let path = inputs.join(format!("layer{number}.zip"));
        std::fs::write(&path, zip_of(layer, &interpreter.minor)).unwrap();
        runner.hand_over(&path);
        command.arg("--layer").arg(path);
    }
    command.arg(project);
    command
}

pub(crate) fn zip_of(files: &BTreeMap<String, String>, minor: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = zip::write::SimpleFileOptions::default().unix_permissions(0o644);
        zip.start_file(name.replace("<minor>", minor), options)
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn answer(seen: &Value) -> Answer {
    let request_id = text_of(&seen["request_id"]);
    let log: Vec<_> = seen["log"]
        .as_array()
        .into_iter()
        .flatten()
        .map(text_of)
        .collect();
    // A record may be one element or several; the rows are about its lines.
    let lines = log
        .iter()
        .flat_map(|text| text.split('\n'))
        .map(str::to_owned);
    Answer {
        log: lines
            .filter(|line| !is_of_platform(line, &request_id))
            .collect(),
        payload: text_of(&seen["payload"]),
        failed: !seen["function_error"].is_null(),
        cold: seen["cold"] == true,
        request_id,
    }
}

/// Lines that Lambda itself writes around those of the function.
fn is_of_platform(line: &str, request_id: &str) -> bool {
    let starts = [
        "START RequestId: ",
        "END RequestId: ",
        "REPORT RequestId: ",
        "INIT_START ",
        "INIT_REPORT ",
        "XRAY TraceId: ",
    ];
    starts.iter().any(|start| line.starts_with(start))
        || line.starts_with(&format!("RequestId: {request_id} Error: "))
        || line == "Runtime.ExitError"
        || serde_json::from_str::<Value>(line).is_ok_and(|line| {
            line["type"]
                .as_str()
                .is_some_and(|kind| kind.starts_with("platform."))
        })
}

/// What has to hold of every invocation in the document, whatever the function does.
fn faults_of_document(seen: &Value) -> Vec<String> {
    let known = Known {
        request_id: "",
        minor: "",
    };
    let cold = seen["cold"] == true;
    let duration = seen["duration_ms"].as_f64().unwrap_or(-1.0);
    let billed = seen["billed_duration_ms"].as_f64().unwrap_or(-1.0);
    let init = &seen["init_duration_ms"];
    let rules = [
        (
            "request_id is no UUID",
            known.matches("<uuid>", &text_of(&seen["request_id"])),
        ),
        (
            "executed_version is not $LATEST",
            seen["executed_version"] == "$LATEST",
        ),
        (
            "function_error is neither null nor Unhandled",
            seen["function_error"].is_null() || seen["function_error"] == "Unhandled",
        ),
        ("duration_ms is no time", duration >= 0.0),
        // Since 2025-08 INIT is billed, too.
        (
            "billed_duration_ms is less than duration_ms",
            billed >= duration && billed.fract() == 0.0,
        ),
        (
            "init_duration_ms of a warm invoke is not null",
            cold || init.is_null(),
        ),
        (
            "memory_size_mb is none",
            seen["memory_size_mb"]
                .as_u64()
                .is_some_and(|size| size >= 128),
        ),
        (
            "max_memory_used_mb is none",
            seen["max_memory_used_mb"].as_u64().is_some(),
        ),
    ];
    let broken = rules.into_iter().filter(|(_, holds)| !holds);
    broken
        .map(|(what, _)| format!("{what}: {seen:.400}"))
        .collect()
}
