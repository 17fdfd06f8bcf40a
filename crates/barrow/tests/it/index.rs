//! A package index on loopback: a simple page per project, and the files.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sha2::Digest as _;

/// A running index. It stops when dropped.
pub(crate) struct Index {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    stopped: AtomicBool,
    /// Faults of file downloads, taken from the front one by one.
    faults: Mutex<Vec<Fault>>,
    file_requests: AtomicUsize,
    credentials: Option<String>,
}

/// What goes wrong with one download.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// The connection closes after half of the bytes.
    Cut,
    /// A status that asks for patience.
    Busy,
    /// All bytes arrive, and one of them is another.
    Flip,
}

impl Index {
    pub(crate) fn start(files: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Self {
        Self::with(files, None)
    }

    /// Answers only who brings these credentials, given as `user:password`.
    pub(crate) fn private(
        files: impl IntoIterator<Item = (&'static str, Vec<u8>)>,
        credentials: &str,
    ) -> Self {
        Self::with(
            files,
            Some(data_encoding::BASE64.encode(credentials.as_bytes())),
        )
    }

    fn with(
        files: impl IntoIterator<Item = (&'static str, Vec<u8>)>,
        credentials: Option<String>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let files = files
            .into_iter()
            .map(|(name, bytes)| (name.to_owned(), bytes))
            .collect();
        let state = Arc::new(State {
            files,
            credentials,
            ..State::default()
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), state) = (stream, Arc::clone(&shared)) else {
                    continue;
                };
                std::thread::spawn(move || state.serve(&stream));
            }
        });
        Self { port, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/simple", self.port)
    }

    pub(crate) fn url_with(&self, credentials: &str) -> String {
        format!("http://{credentials}@127.0.0.1:{}/simple", self.port)
    }

    pub(crate) fn file_url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/files/{name}", self.port)
    }

    /// Each of the next whole-file downloads meets one fault.
    pub(crate) fn fail_next(&self, faults: &[Fault]) {
        self.state.faults.lock().unwrap().extend_from_slice(faults);
    }

    /// Downloads of files so far, with the resolver's looks into wheels.
    pub(crate) fn file_requests(&self) -> usize {
        self.state.file_requests.load(Ordering::SeqCst)
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

struct Request {
    path: String,
    range: Option<(usize, usize)>,
    authorization: Option<String>,
    agent: String,
    head: bool,
}

impl State {
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(request) = read_request(&mut reader) {
            if self.answer(stream, &request).is_none() {
                return;
            }
        }
    }

    /// `None` closes the connection.
    fn answer(&self, stream: &TcpStream, request: &Request) -> Option<()> {
        if let Some(credentials) = &self.credentials
            && request.authorization.as_deref() != Some(&format!("Basic {credentials}"))
        {
            let challenge = "WWW-Authenticate: Basic realm=\"index\"\r\n";
            return respond(stream, request, "401 Unauthorized", challenge, b"");
        }
        if let Some(name) = request.path.strip_prefix("/simple/") {
            let page = self.page(name.trim_end_matches('/'));
            return match page {
                Some(page) => {
                    let kind = "Content-Type: text/html\r\n";
                    respond(stream, request, "200 OK", kind, page.as_bytes())
                }
                None => respond(stream, request, "404 Not Found", "", b""),
            };
        }
        let file = request
            .path
            .strip_prefix("/files/")
            .and_then(|name| self.files.get(name));
        let Some(bytes) = file else {
            return respond(stream, request, "404 Not Found", "", b"");
        };
        self.file_requests.fetch_add(1, Ordering::SeqCst);
        // The resolver looks into wheels as well; faults are for our own downloads.
        let ours = request.agent.starts_with("barrow") && !request.head;
        let fault = ours.then(|| {
            let mut faults = self.faults.lock().unwrap();
            (!faults.is_empty()).then(|| faults.remove(0))
        });
        match fault.flatten() {
            Some(Fault::Busy) => {
                return respond(
                    stream,
                    request,
                    "429 Too Many Requests",
                    "Retry-After: 0\r\n",
                    b"",
                );
            }
            Some(Fault::Cut) => {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nAccept-Ranges: bytes\r\n\r\n",
                    bytes.len()
                );
                let mut stream = stream;
                stream.write_all(head.as_bytes()).ok()?;
                stream.write_all(&bytes[..bytes.len() / 2]).ok()?;
                stream.shutdown(std::net::Shutdown::Both).ok()?;
                return None;
            }
            Some(Fault::Flip) => {
                let mut bytes = bytes.clone();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x55;
                return respond(stream, request, "200 OK", "", &bytes);
            }
            None => {}
        }
        match request.range {
            Some((from, to)) if from < bytes.len() => {
                let to = to.min(bytes.len() - 1);
                let range = format!("Content-Range: bytes {from}-{to}/{}\r\n", bytes.len());
                respond(
                    stream,
                    request,
                    "206 Partial Content",
                    &range,
                    &bytes[from..=to],
                )
            }
            _ => respond(stream, request, "200 OK", "Accept-Ranges: bytes\r\n", bytes),
        }
    }

    fn page(&self, project: &str) -> Option<String> {
        let mut page = String::from("<!DOCTYPE html><html><body>\n");
        let mut found = false;
        for (name, bytes) in &self.files {
            let normal = name
                .split('-')
                .next()
                .unwrap()
                .replace(['_', '.'], "-")
                .to_lowercase();
            if normal == project {
                found = true;
                let digest = data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes));
                page += &format!("<a href=\"/files/{name}#sha256={digest}\">{name}</a><br>\n");
            }
        }
        found.then_some(page + "</body></html>\n")
    }
}

fn respond(
    mut stream: &TcpStream,
    request: &Request,
    status: &str,
    headers: &str,
    body: &[u8],
) -> Option<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    let mut answer = head.into_bytes();
    if !request.head {
        answer.extend_from_slice(body);
    }
    stream.write_all(&answer).ok()
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let head = words.next()? == "HEAD";
    let path = words.next()?.split('?').next()?.to_owned();
    let mut request = Request {
        path,
        range: None,
        authorization: None,
        agent: String::new(),
        head,
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Some(request);
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "range" => request.range = parse_range(value),
            "authorization" => request.authorization = Some(value.to_owned()),
            "user-agent" => value.clone_into(&mut request.agent),
            _ => {}
        }
    }
}

fn parse_range(value: &str) -> Option<(usize, usize)> {
    let (from, to) = value.strip_prefix("bytes=")?.split_once('-')?;
    Some((from.parse().ok()?, to.parse().unwrap_or(usize::MAX)))
}
