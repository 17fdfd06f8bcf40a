//! A small HTTP server that answers as a test tells it to.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub path: String,
    /// By lower-case name.
    pub headers: HashMap<String, String>,
    /// How many requests for this path there were before.
    pub earlier: usize,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// The connection ends after so many bytes of the body.
    cut_after: Option<usize>,
    /// The connection goes silent after so many bytes of the body.
    stall_after: Option<usize>,
    /// The body comes in so many pieces with this pause between them.
    dripped: Option<(usize, Duration)>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self {
            status,
            headers: Vec::new(),
            body,
            cut_after: None,
            stall_after: None,
            dripped: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn cut_after(mut self, bytes: usize) -> Self {
        self.cut_after = Some(bytes);
        self
    }

    pub(crate) fn stall_after(mut self, bytes: usize) -> Self {
        self.stall_after = Some(bytes);
        self
    }

    pub(crate) fn dripped(mut self, pieces: usize, pause: Duration) -> Self {
        self.dripped = Some((pieces, pause));
        self
    }

    /// A file as a good server gives it: with an `ETag`, and in parts where a part is asked for.
    pub(crate) fn file(request: &Request, body: &[u8]) -> Self {
        let tag = format!("\"{}\"", body.len());
        let range = request
            .header("range")
            .filter(|_| request.header("if-range") == Some(&tag));
        let start = range.and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse::<usize>()
                .ok()
        });
        let reply = match start {
            Some(start) => Self::new(206, &body[start..]).header(
                "content-range",
                &format!("bytes {start}-{}/{}", body.len() - 1, body.len()),
            ),
            None => Self::new(200, body),
        };
        reply.header("etag", &tag)
    }

    /// Writes the answer and says whether the connection stays open.
    fn write(&self, stream: &mut TcpStream) -> std::io::Result<bool> {
        let mut head = format!("HTTP/1.1 {} Whatever\r\n", self.status);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        write!(head, "content-length: {}\r\n\r\n", self.body.len()).unwrap();
        stream.write_all(head.as_bytes())?;
        if let Some(bytes) = self.stall_after {
            stream.write_all(&self.body[..bytes])?;
            // Longer than any client in these tests waits.
            thread::sleep(Duration::from_secs(5));
            return Ok(false);
        }
        let end = self.cut_after.unwrap_or(self.body.len());
        let (pieces, pause) = self.dripped.unwrap_or((1, Duration::ZERO));
        for piece in self.body[..end].chunks(end.div_ceil(pieces).max(1)) {
            stream.write_all(piece)?;
            thread::sleep(pause);
        }
        Ok(self.cut_after.is_none())
    }
}

/// The server. It ends with the test's process.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let connections: Arc<AtomicUsize> = Arc::default();
        let (answer, log) = (Arc::new(answer), Arc::clone(&requests));
        let counter = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming() {
                counter.fetch_add(1, Ordering::Relaxed);
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                // A client that goes away is none of the server's business.
                thread::spawn(move || serve(stream?, &*answer, &log));
            }
        });
        Self {
            address,
            requests,
            connections,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A URL with user information.
    pub(crate) fn url_as(&self, userinfo: &str, path: &str) -> String {
        format!("http://{userinfo}@{}{path}", self.address)
    }

    /// `host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// How often a path was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.requests()
            .iter()
            .filter(|request| request.path == path)
            .count()
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&Request) -> Reply,
    log: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let request = {
            let mut log = log.lock().unwrap();
            let earlier = log.iter().filter(|earlier| earlier.path == path).count();
            let request = Request {
                path,
                headers,
                earlier,
            };
            log.push(request.clone());
            request
        };
        if !answer(&request).write(&mut stream)? {
            return Ok(());
        }
    }
}
