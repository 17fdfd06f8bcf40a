//! What `barrow run` writes where: answers to stdout, the log to stderr, events from stdin.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::handlers::Known;
use super::run_handlers::{main_interpreter, prepare, run, zip_of};
use super::sandbox::{Runner, is_possible};

/// A function in a folder of its own, and the command that runs it.
fn run_of(runner: &Runner, code: &str, arguments: &[&str]) -> Command {
    let main = main_interpreter();
    let project = runner.make_folder("project");
    runner.write(&project, "app.py", code);
    prepare(runner, &main);
    let mut command = run(runner, &main, "app.h");
    command.args(arguments).arg(project);
    command
}

#[test]
fn a_package_and_a_single_file_run_like_a_folder() {
    if !is_possible() {
        return;
    }
    let (runner, main) = (Runner::ourselves(), main_interpreter());
    let folder = runner.make_folder("project");
    let code = "def h(e, c): return [e, __file__]";
    runner.write(&folder, "app.py", code);
    let package = folder.join("other.zip");
    let files = [("app.py".to_owned(), code.to_owned())];
    std::fs::write(&package, zip_of(&files.into(), &main.minor)).unwrap();
    for path in [folder.join("app.py"), package, folder] {
        let mut command = run(&runner, &main, "app.h");
        let output = command.args(["--event", "7"]).arg(&path).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let path = path.display();
        assert_eq!(stdout, "[7, \"/var/task/app.py\"]\n", "{path}:\n{stderr}");
    }
}

/// What follows on the notes about the build.
fn log_of(stderr: Vec<u8>) -> String {
    let text = String::from_utf8(stderr).unwrap();
    let begins = |line: &str| line.starts_with("START ") || line.starts_with('{');
    let notes = text.split_inclusive('\n').take_while(|line| !begins(line));
    let length: usize = notes.map(str::len).sum();
    text[length..].to_owned()
}

/// Recorded with `test_invocation_with_logs[python3.10]` and `test_request_id_invoke`, 2025-11-24.
#[test]
fn a_log_begins_with_start_and_ends_with_report() {
    if !is_possible() {
        return;
    }
    let code = "def h(e, c):\n    print(e)\n    return c.aws_request_id\n";
    let arguments = ["--event", "{}"];
    let output = run_of(&Runner::ourselves(), code, &arguments)
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = log_of(output.stderr);
    let id: String = serde_json::from_str(stdout.trim_end()).unwrap();
    let known = Known {
        request_id: &id,
        minor: "",
    };
    let expected = "START RequestId: <request-id> Version: $LATEST\n{}\nEND RequestId: <request-id>\n\
        REPORT RequestId: <request-id>\tDuration: <number> ms\tBilled Duration: <number> ms\t\
        Memory Size: 128 MB\tMax Memory Used: <number> MB\tInit Duration: <number> ms\t\n";
    assert!(known.matches(expected, &stderr), "{stderr:?}");
    assert_eq!(stdout, format!("\"{id}\"\n"));
}

#[test]
fn a_warm_report_has_no_init_duration() {
    if !is_possible() {
        return;
    }
    let runner = Runner::ourselves();
    let mut run = Talk::start(run_of(&runner, "def h(e, c): return e", &["-e", "-"]));
    assert_eq!((run.ask("1"), run.ask("2")), ("1".into(), "2".into()));
    let stderr = run.end();
    let reports: Vec<_> = stderr
        .lines()
        .filter(|line| line.starts_with("REPORT "))
        .collect();
    let with_init = |line: &&&str| line.contains("Init Duration: ");
    assert_eq!(
        (reports.len(), reports.iter().filter(with_init).count()),
        (2, 1),
        "{stderr}"
    );
}

#[test]
fn every_line_of_the_platform_is_json_in_json() {
    if !is_possible() {
        return;
    }
    let arguments = ["--event", "{}", "--log-format", "json"];
    let code = "import logging\ndef h(e, c): logging.warning('w')\n";
    let output = run_of(&Runner::ourselves(), code, &arguments)
        .output()
        .unwrap();
    let stderr = log_of(output.stderr);
    let lines: Vec<Value> = stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_default())
        .collect();
    let kinds: Vec<_> = lines
        .iter()
        .filter_map(|line| line["type"].as_str())
        .collect();
    assert!(lines.iter().all(Value::is_object), "{stderr}");
    assert!(
        kinds.contains(&"platform.start") && kinds.contains(&"platform.report"),
        "{stderr}"
    );
}

#[test]
fn a_failed_invoke_prints_its_error_and_ends_with_1() {
    if !is_possible() {
        return;
    }
    let arguments = ["--event", "{}"];
    let output = run_of(&Runner::ourselves(), "def h(e, c): 1 / 0", &arguments)
        .output()
        .unwrap();
    let error: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(error["errorType"], "ZeroDivisionError");
    assert_eq!(output.status.code(), Some(1));
}

/// A run that is fed through stdin, one event after the answer to the one before.
struct Talk {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Talk {
    fn start(mut command: Command) -> Self {
        let pipes = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, answers }
    }

    fn ask(&mut self, event: &str) -> String {
        writeln!(self.child.stdin.as_mut().unwrap(), "{event}").unwrap();
        let mut answer = String::new();
        if self.answers.read_line(&mut answer).unwrap() == 0 {
            let mut stderr = String::new();
            let mut pipe = self.child.stderr.take().unwrap();
            pipe.read_to_string(&mut stderr).unwrap();
            panic!("no answer to {event}:\n{stderr}");
        }
        answer.trim_end().to_owned()
    }

    fn end(mut self) -> String {
        drop(self.child.stdin.take());
        let output = self.child.wait_with_output().unwrap();
        log_of(output.stderr)
    }
}

/// A thread counts while there is an invoke, and stands still while there is none.
#[test]
fn nothing_runs_between_invokes() {
    if !is_possible() {
        return;
    }
    let code = "import threading, time\ncount = 0\ndef work():\n    global count\n    while True:\n        time.sleep(0.01)\n        count += 1\nthreading.Thread(target=work, daemon=True).start()\ndef h(e, c):\n    time.sleep(e)\n    return count\n";
    let runner = Runner::ourselves();
    let mut run = Talk::start(run_of(&runner, code, &["-e", "-"]));
    let mut count = |event: &str| run.ask(event).parse::<i32>().unwrap();
    let first = count("0.2");
    std::thread::sleep(Duration::from_millis(1500));
    let second = count("0");
    assert!(
        first >= 5,
        "the thread counted to {first}, expected it to run"
    );
    assert!(
        second - first < 20,
        "it counted from {first} to {second} between two invokes"
    );
    run.end();
}
