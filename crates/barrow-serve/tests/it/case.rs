//! A service on a free port, and a client that sends what it is told to.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use barrow_local::environment::Place;
use barrow_local::pool::PlaceError;
use barrow_serve::{Ground, Journal, JournalForm, Keys, Level, LogLimits, Options, Server, Wanted};
use camino::Utf8Path;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// Nothing is invoked in these tests.
#[derive(Debug)]
pub(crate) struct Nowhere;

impl Ground for Nowhere {
    fn place(&self, _: &Wanted) -> Result<Place, PlaceError> {
        Err(PlaceError::machine("there is no ground here"))
    }
}

pub(crate) struct Case {
    pub address: SocketAddr,
    pub journal: Arc<Mutex<Vec<String>>>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Goes with the case, if it is its own.
    folder: Option<tempfile::TempDir>,
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

pub(crate) fn options() -> Options {
    Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        account: "123456789012".into(),
        region: "us-east-1".into(),
        settling: Duration::from_millis(1),
        logs: LogLimits::default(),
        credentials: None,
        hosts: Vec::new(),
        journal: None,
    }
}

impl Case {
    pub(crate) fn new() -> Self {
        Self::with(options())
    }

    /// A service that wants requests signed.
    pub(crate) fn with_keys() -> Self {
        Self::with(Options {
            credentials: Some(Keys {
                access_key: "AKIDEXAMPLE".into(),
                secret_key: "secret".into(),
            }),
            ..options()
        })
    }

    pub(crate) fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().to_owned();
        let mut case = Self::at(&path, options);
        case.folder = Some(folder);
        case
    }

    /// A service whose data stays.
    pub(crate) fn at(data: &Utf8Path, mut options: Options) -> Self {
        let journal = Arc::new(Mutex::new(Vec::new()));
        let lines = journal.clone();
        options.journal = Some(Journal {
            level: Level::Info,
            form: JournalForm::Json,
            write: Arc::new(move |line| lines.lock().unwrap().push(line.to_owned())),
        });
        let (end, ended) = oneshot::channel();
        let (started, address) = std::sync::mpsc::channel();
        let data = data.to_owned();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let server = Server::open(&data, options, Arc::new(Nowhere))
                    .await
                    .unwrap();
                started.send(server.address()).unwrap();
                server
                    .run(async {
                        let _ = ended.await;
                    })
                    .await;
            });
        });
        Self {
            address: address.recv().unwrap(),
            journal,
            end: Some(end),
            thread: Some(thread),
            folder: None,
        }
    }

    /// Sends a request as it is written, and reads until the service closes.
    pub(crate) fn send(&self, head: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let length = body.len();
        let request =
            format!("{head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    /// A request to the address itself, with a line for each header.
    pub(crate) fn ask(&self, request: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut head = format!("{request} HTTP/1.1\r\nhost: {}", self.address);
        for (name, value) in headers {
            head += &format!("\r\n{name}: {value}");
        }
        self.send(&head, body)
    }

    /// An operation of Logs.
    pub(crate) fn logs(&self, operation: &str, input: &Value) -> Result<Value, (String, String)> {
        let target = format!("Logs_20140328.{operation}");
        let headers = [("x-amz-target", target.as_str())];
        let answer = self.ask("POST /", &headers, &input.to_string());
        if answer.status == 200 {
            return Ok(serde_json::from_str(&answer.body).unwrap_or_else(|_| json!({})));
        }
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Err((text("__type"), text("message")))
    }

    /// An operation of STS or IAM, without a signature.
    pub(crate) fn form(&self, form: &str) -> Answer {
        let content = ("content-type", "application/x-www-form-urlencoded");
        self.ask("POST /", &[content], form)
    }
}

impl Answer {
    /// What stands in the first element of a name.
    pub(crate) fn element(&self, name: &str) -> &str {
        let (_, rest) = self
            .body
            .split_once(&format!("<{name}>"))
            .unwrap_or_else(|| {
                panic!("no {name} in {}", self.body);
            });
        rest.split_once(&format!("</{name}>")).unwrap().0
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        drop(self.folder.take());
    }
}
