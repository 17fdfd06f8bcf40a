//! `barrow serve` as a program: its door, its data, its functions, its end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::project::Project;
use super::run_handlers::main_interpreter;
use super::sandbox::is_possible;

const PATIENCE: Duration = Duration::from_secs(30);

/// A service that the test has started, and ends.
struct Serving {
    child: Child,
    log: BufReader<ChildStderr>,
    address: String,
}

impl Serving {
    fn start(project: &Project, arguments: &str) -> Self {
        let main = main_interpreter();
        let folder = main.program.parent().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut child = project
            .command(&format!("serve --port 0 {arguments}"))
            .env("PATH", format!("{}:{path}", folder.display()))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        log.read_line(&mut line).unwrap();
        let rest = line.strip_prefix("listening on http://");
        let address = rest.and_then(|rest| rest.split(';').next());
        let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
        Self {
            child,
            log,
            address,
        }
    }

    /// Status and body.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    fn json(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(method, path, &body.to_string());
        assert!(status < 300, "{method} {path}: {status} {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }

    fn create(&self, name: &str, code: &str) {
        let function = json!({
            "FunctionName": name,
            "Runtime": format!("python{}", main_interpreter().minor),
            "Handler": "app.h",
            "Role": "arn:aws:iam::123456789012:role/r",
            "Timeout": 10,
            "Code": {"ZipFile": BASE64.encode(&zip(code))},
        });
        self.json("POST", "/2015-03-31/functions", &function);
        self.until(
            &format!("/2015-03-31/functions/{name}/configuration"),
            |told| told["State"] == "Active",
        );
    }

    fn invoke(&self, name: &str, event: &Value) -> Value {
        let path = format!("/2015-03-31/functions/{name}/invocations");
        self.json("POST", &path, event)
    }

    /// Asks until the answer is right.
    fn until(&self, path: &str, is_right: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let told = self.json("GET", path, &json!({}));
            if is_right(&told) {
                return told;
            }
            assert!(started.elapsed() < PATIENCE, "{path}: {told}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks it to end, and gives its exit code and what it said.
    fn end(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(status.success());
        let code = self.child.wait().unwrap().code();
        let mut said = String::new();
        self.log.read_to_string(&mut said).unwrap();
        (code, said)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn zip(code: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o644);
    writer.start_file("app.py", options).unwrap();
    writer.write_all(code.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn project() -> Project {
    let project = Project::new(&[]).with_shared_cache();
    project.write("app.py", b"");
    project
}

#[test]
fn a_function_is_there_again_after_the_service_was_killed() {
    let project = project();
    let data = project.path().join("data");
    let arguments = format!("--data {}", data.display());
    let service = Serving::start(&project, &arguments);
    service.create("f", "def h(e, c): return e\n");
    // Killed, not asked.
    drop(service);
    let service = Serving::start(&project, &arguments);
    let told = service.until("/2015-03-31/functions/f", |told| {
        told["Configuration"]["State"] == "Active"
    });
    let location = told["Code"]["Location"].as_str().unwrap();
    let path = location.strip_prefix(&format!("http://{}", service.address));
    let (status, _) = service.ask("HEAD", path.unwrap(), "");
    assert_eq!(status, 200);
    project
        .run(&format!("serve --port 0 {arguments}"))
        .fails(1)
        .says("another service uses")
        .says("--ephemeral");
    let (code, _) = service.end();
    assert_eq!(code, Some(0));
}

#[test]
fn functions_are_invoked_and_leave_nothing_behind() {
    if !is_possible() {
        return;
    }
    // Its folder is where the service runs.
    let project = project();
    let service = Serving::start(&project, "--ephemeral --log-level error");
    let code = "import os\nprint('init')\ndef h(e, c): return [e, os.getpid(), c.function_name]\n";
    service.create("f", code);
    let first = service.invoke("f", &json!({"n": 1}));
    let second = service.invoke("f", &json!({"n": 2}));
    assert_eq!(first[0], json!({"n": 1}));
    assert_eq!(first[2], "f");
    assert_eq!(
        first[1], second[1],
        "the second event finds the same process"
    );
    let (status, said) = service.ask("POST", "/2015-03-31/functions/f/invocations", "oops");
    assert_eq!(status, 400, "{said}");
    let pid = service.child.id();
    let (code, said) = service.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("error") && !said.contains("panic"), "{said}");
    let left = Command::new("pgrep")
        .args(["-P", &pid.to_string()])
        .output()
        .unwrap();
    assert!(left.stdout.is_empty(), "processes are left");
}
