//! `barrow run` around the function: layers, networks, the runtime API, what is left behind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::project::{Project, Ran};
use super::run_handlers::main_interpreter;
use super::sandbox::is_possible;

const PATIENCE: Duration = Duration::from_secs(30);

/// A function of one file, with the interpreter of the other tests.
pub(crate) fn function(code: &str) -> Project {
    let main = main_interpreter();
    let python = main.program.to_string_lossy();
    Project::new(&[("app.py", code)])
        .with_shared_cache()
        .env("BARROW_PYTHON", &python)
        .env("BARROW_RUNTIME", &format!("python{}", main.minor))
}

pub(crate) fn run(project: &Project, arguments: &str) -> Ran {
    project.run(&format!("run --handler app.h {arguments}"))
}

/// The function's answer.
fn answer(code: &str, arguments: &str) -> Value {
    run(&function(code), arguments).succeeds().json()
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        let options = zip::write::SimpleFileOptions::default().unix_permissions(0o644);
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn layers_lie_over_those_before_them_and_under_the_function() {
    if !is_possible() {
        return;
    }
    let code = "import own, first, both\ndef h(e, c): return [own.name, first.name, both.name]\n";
    let project = function(code);
    project.write("own.py", b"name = 'function'");
    let module = |name: &'static str| ["python/own.py", "python/both.py"].map(|path| (path, name));
    let [own, both] = module("name = 'first'");
    project.write(
        "a.zip",
        &zip(&[own, both, ("python/first.py", "name = 'first'")]),
    );
    let [_, both] = module("name = 'second'");
    project.write("b.zip", &zip(&[both]));
    let ran = run(&project, "--layer a.zip --layer b.zip").succeeds();
    assert_eq!(ran.stdout.trim(), r#"["function", "first", "second"]"#);
    run(&project, &"--layer a.zip ".repeat(6))
        .fails(1)
        .says("6 layers; a function has at most 5");
}

#[test]
fn without_a_network_the_function_reaches_itself_only() {
    if !is_possible() {
        return;
    }
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = outside.local_addr().unwrap().port();
    let code = "import socket\ndef h(e, c):\n    try:\n        socket.create_connection(('127.0.0.1', e), 2)\n    except OSError as error:\n        return error.strerror\n    return 'reached'\n";
    assert_eq!(answer(code, &format!("-e {port}")), "reached");
    assert_eq!(
        answer(code, &format!("-e {port} --network none")),
        "Connection refused"
    );
    let inside = "import socket\ndef h(e, c):\n    s = socket.create_server(('127.0.0.1', 0))\n    socket.create_connection(s.getsockname())\n    return 'reached'\n";
    assert_eq!(answer(inside, "--network none"), "reached");
}

/// The client of a function that does not follow the rules. Each call gives status and body.
const MISUSE: &str = r#"
import http.client, json, os

def call(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"], timeout=5)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    try:
        text = json.loads(text)
    except ValueError:
        pass
    return [answer.status, text]

ROOT = "/2018-06-01/runtime/"

def h(event, context):
    own = ROOT + "invocation/" + context.aws_request_id
    mode = {"Lambda-Runtime-Function-Response-Mode": "shouting"}
    return {
        "again": call("GET", ROOT + "invocation/next"),
        "other_request": call("POST", ROOT + "invocation/7f/response", "1"),
        "late_init_error": call("POST", ROOT + "init/error", "{}"),
        "mode": call("POST", own + "/response", "1", mode),
        "method": call("GET", own + "/response"),
        "path": call("GET", ROOT + "invocation/last"),
        "version": call("GET", "/2015-03-31/runtime/invocation/next"),
    }
"#;

/// Words and numbers are those of AWS's own emulator.
#[test]
fn the_runtime_api_answers_misuse_as_the_real_one_does() {
    if !is_possible() {
        return;
    }
    let answers = answer(MISUSE, "-e [1]");
    let error =
        |message: &str, kind: &str| serde_json::json!({"errorMessage": message, "errorType": kind});
    let expected = serde_json::json!({
        "again": [200, [1]],
        "other_request": [400, error("Invalid request ID", "InvalidRequestID")],
        "late_init_error": [403, error(
            "State transition from Running to InitError failed for runtime. \
             Error: State transition is not allowed",
            "InvalidStateTransition",
        )],
        "mode": [400, error("Invalid function response mode", "InvalidFunctionResponseMode")],
        "method": [405, ""],
        "path": [404, "404 page not found\n"],
        "version": [404, "404 page not found\n"],
    });
    assert_eq!(answers, expected);
}

/// A run that goes on while the test looks at it.
struct Going {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
}

impl Going {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        Self { child, log }
    }

    /// The rest of the first line of the log that begins so.
    fn line(&mut self, beginning: &str) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            let count = self.log.read_line(&mut line).unwrap();
            assert!(count > 0, "no {beginning:?} in the log:\n{all}");
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.trim_end().to_owned();
            }
            all += &line;
        }
    }

    /// Everything below it, by number.
    fn processes(&self) -> Vec<u32> {
        let mut found = children(self.child.id());
        let mut looked = 0;
        while looked < found.len() {
            found.extend(children(found[looked]));
            looked += 1;
        }
        found
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn children(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
    tasks
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            let numbers = text.split_whitespace().map(|word| word.parse().unwrap());
            numbers.collect::<Vec<u32>>()
        })
        .collect()
}

const SLEEPER: &str = "import os, subprocess, time\ndef h(e, c):\n    subprocess.Popen(['sleep', '1000'])\n    print('API', os.environ['AWS_LAMBDA_RUNTIME_API'])\n    time.sleep(600)\n";

#[test]
fn others_on_this_machine_cannot_speak_to_the_runtime_api() {
    // Whose user is the function's own is nobody else.
    if !is_possible() || !super::sandbox::is_root() {
        return;
    }
    let project = function(SLEEPER);
    let mut going = Going::start(project.command("run --handler app.h --timeout 900"));
    let address: SocketAddr = going.line("API ").parse().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request =
        "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
}

#[test]
fn killing_barrow_leaves_no_process_and_no_mount() {
    if !is_possible() {
        return;
    }
    let mounts = || std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let before = mounts();
    let project = function(SLEEPER);
    let mut going = Going::start(project.command("run --handler app.h --timeout 900"));
    going.line("API ");
    let processes = going.processes();
    assert!(processes.len() >= 3, "{processes:?}");
    going.child.kill().unwrap();
    going.child.wait().unwrap();
    let deadline = Instant::now() + PATIENCE;
    let lives = |pid: &&u32| {
        // A number may be somebody else's by now.
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        ["barrow-sandbox\n", "exe\n", "python3", "sleep\n"]
            .iter()
            .any(|own| name.starts_with(own))
    };
    while let Some(left) = processes.iter().find(lives) {
        assert!(
            Instant::now() < deadline,
            "{left} of {processes:?} is still there"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(mounts(), before);
}

#[test]
fn more_memory_than_the_function_has_ends_it() {
    if !is_possible() {
        return;
    }
    let code = "def h(e, c):\n    big = bytearray(e << 20)\n    for i in range(0, len(big), 4096): big[i] = 1\n    return len(big)\n";
    assert_eq!(answer(code, "-e 200 --memory 512"), 200 << 20);
    let ran = run(&function(code), "-e 700 --timeout 30").fails(1);
    let error: Value = ran.json();
    assert_eq!(error["errorType"], "Runtime.ExitError");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(
        message.ends_with("Runtime exited with error: signal: killed"),
        "{message}"
    );
}

#[test]
fn who_prints_without_end_is_timed_out_too() {
    if !is_possible() {
        return;
    }
    let code = "import subprocess\ndef h(e, c): subprocess.run(['yes'])\n";
    let ran = run(&function(code), "--timeout 1").fails(1);
    assert_eq!(ran.json()["errorType"], "Sandbox.Timedout");
}

#[test]
fn without_isolation_the_function_runs_all_the_same() {
    let code = "import os, boto3\ndef h(e, c): return [e, boto3.__name__, 'HOME' in os.environ, os.environ['LAMBDA_TASK_ROOT'] == os.getcwd()]\n";
    let value = answer(code, "-e 1 --isolation none");
    assert_eq!(value, serde_json::json!([1, "boto3", false, true]));
    let project = function(code);
    project.write("l.zip", &zip(&[("python/inlayer.py", "")]));
    project.write(
        "app.py",
        b"import inlayer\ndef h(e, c): return inlayer.__name__",
    );
    let ran = run(&project, "--isolation none --layer l.zip").succeeds();
    assert_eq!(ran.stdout.trim(), r#""inlayer""#);
}

#[test]
fn what_the_imports_cost_is_said_and_drawn() {
    if !is_possible() {
        return;
    }
    let project = function("import decimal\nprint('import time: mine')\ndef h(e, c): return 1\n");
    let ran = run(&project, "--trace imports --json --html out.html").succeeds();
    let packages = ran.json()["packages"].as_array().unwrap().clone();
    let origin = |name: &str| {
        let found = packages.iter().find(|package| package["name"] == name);
        found.map(|package| package["origin"].clone())
    };
    assert_eq!(origin("decimal"), Some("python".into()));
    assert_eq!(origin("awslambdaric"), Some("runtime".into()));
    // The function's own lines stay in its log.
    ran.says("import time: mine");
    let page = String::from_utf8(project.read("out.html")).unwrap();
    assert!(
        page.contains("awslambdaric.bootstrap"),
        "{} bytes",
        page.len()
    );
}

#[test]
fn a_change_is_run_at_once() {
    if !is_possible() {
        return;
    }
    let project = function("def h(e, c): return 'first'\n");
    let mut going = Going::start(project.command("run --handler app.h --watch"));
    let mut answers = BufReader::new(going.child.stdout.take().unwrap()).lines();
    assert_eq!(answers.next().unwrap().unwrap(), r#""first""#);
    going.line("note: waiting for a change");
    project.write("app.py", b"def h(e, c): return 'second'\n");
    assert_eq!(answers.next().unwrap().unwrap(), r#""second""#);
}

#[test]
fn a_shell_sees_what_the_function_sees() {
    if !is_possible() {
        return;
    }
    let project = function("def h(e, c): pass\n");
    let mut child = project
        .command("run --handler app.h --shell")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let words = b"echo user $(id -u) in $(pwd) with $(ls); exit 7\n";
    child.stdin.take().unwrap().write_all(words).unwrap();
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        stdout.contains("user 993 in /var/task with app.py"),
        "{stdout}"
    );
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn what_was_unpacked_is_counted_and_pruned() {
    if !is_possible() {
        return;
    }
    let project = function("").with_own_cache();
    project.write("app.zip", &zip(&[("app.py", "def h(e, c): return 1")]));
    run(&project, "app.zip").succeeds();
    let size = project.run("cache size --json").succeeds().json();
    assert!(size["trees"].as_u64() >= Some(2), "{size}");
    assert_eq!(
        size["bytes"].as_u64().unwrap(),
        size["wheel_bytes"].as_u64().unwrap() + size["tree_bytes"].as_u64().unwrap()
    );
    project.run("cache prune --days 1").succeeds();
    run(&project, "app.zip").succeeds();
    project.run("cache prune --all").succeeds();
    let size = project.run("cache size --json").succeeds().json();
    assert_eq!(size["trees"], 0, "{size}");
    run(&project, "app.zip").succeeds();
}
