//! A small registry: the reading half of the distribution protocol, over real HTTP.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// With its query.
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

    pub(crate) fn is_blob(&self) -> bool {
        self.path.contains("/blobs/")
    }
}

/// What the registry does with a request.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// The connection ends after so many bytes of the body.
    cut_after: Option<usize>,
    /// Nothing more comes after so many bytes of the body, though the connection stays.
    stall_after: Option<usize>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            cut_after: None,
            stall_after: None,
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

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// What the protocol says that errors look like.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = format!(r#"{{"errors":[{{"code":"{code}","message":"{message}"}}]}}"#);
        Self::new(status, body).header("content-type", "application/json")
    }

    /// Writes the answer and says whether the connection stays open.
    fn write(&self, stream: &mut TcpStream) -> io::Result<bool> {
        let mut head = format!("HTTP/1.1 {} Whatever\r\n", self.status);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        write!(head, "content-length: {}\r\n\r\n", self.body.len()).unwrap();
        stream.write_all(head.as_bytes())?;
        if let Some(bytes) = self.stall_after {
            stream.write_all(&self.body[..bytes])?;
            // Until the client is killed; no client in these tests waits longer.
            thread::sleep(Duration::from_secs(20));
            return Ok(false);
        }
        let end = self.cut_after.unwrap_or(self.body.len());
        stream.write_all(&self.body[..end])?;
        Ok(self.cut_after.is_none())
    }
}

/// Looks at a request and the answer that a good registry gives, and may give another.
type Meddle = dyn Fn(&Request, Reply) -> Reply + Send + Sync;

/// Another answer to some requests, and the good one to the others.
pub(crate) fn when(
    chosen: fn(&Request, &Reply) -> bool,
    change: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
) -> impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static {
    move |request, reply| {
        if chosen(request, &reply) {
            change(request, reply)
        } else {
            reply
        }
    }
}

pub(crate) fn is_manifest(request: &Request, _: &Reply) -> bool {
    request.path.contains("/manifests/")
}

/// Layers are the blobs that are no text.
pub(crate) fn is_layer(request: &Request, reply: &Reply) -> bool {
    request.is_blob() && !reply.body.starts_with(b"{")
}

/// The registry. It ends with the test's process.
#[derive(Clone)]
pub(crate) struct Registry {
    address: String,
    shelf: Arc<Shelf>,
}

struct Shelf {
    /// `repository/tag-or-digest` → media type and bytes.
    manifests: Mutex<HashMap<String, (String, Vec<u8>)>>,
    /// By digest, of all repositories.
    blobs: Mutex<HashMap<String, Vec<u8>>>,
    requests: Mutex<Vec<Request>>,
    meddle: Box<Meddle>,
}

impl Registry {
    /// One that does as it should.
    pub(crate) fn start() -> Self {
        Self::meddled(|_, reply| reply)
    }

    pub(crate) fn meddled(
        meddle: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let registry = Self {
            address: listener.local_addr().unwrap().to_string(),
            shelf: Arc::new(Shelf {
                manifests: Mutex::default(),
                blobs: Mutex::default(),
                requests: Mutex::default(),
                meddle: Box::new(meddle),
            }),
        };
        let shelf = Arc::clone(&registry.shelf);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shelf = Arc::clone(&shelf);
                // A client that goes away is none of the registry's business.
                thread::spawn(move || serve(stream?, &shelf));
            }
        });
        registry
    }

    /// `host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn put_manifest(&self, name: &str, media_type: &str, bytes: &[u8]) {
        let manifest = (media_type.to_owned(), bytes.to_vec());
        let mut manifests = self.shelf.manifests.lock().unwrap();
        manifests.insert(name.to_owned(), manifest);
    }

    pub(crate) fn put_blob(&self, digest: &str, bytes: &[u8]) {
        let mut blobs = self.shelf.blobs.lock().unwrap();
        blobs.insert(digest.to_owned(), bytes.to_vec());
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shelf.requests.lock().unwrap().clone()
    }

    pub(crate) fn blob_requests(&self) -> usize {
        self.requests()
            .iter()
            .filter(|request| request.is_blob())
            .count()
    }

    pub(crate) fn forget_requests(&self) {
        self.shelf.requests.lock().unwrap().clear();
    }
}

impl Shelf {
    fn answer(&self, request: &Request) -> Reply {
        let path = request.path.split('?').next().unwrap();
        if path == "/v2/" {
            return Reply::new(200, "{}");
        }
        let path = path.strip_prefix("/v2/").unwrap_or_default();
        if let Some((_, digest)) = path.split_once("/blobs/") {
            return match self.blobs.lock().unwrap().get(digest) {
                Some(bytes) => part(request, bytes),
                None => Reply::error(404, "BLOB_UNKNOWN", "blob unknown to registry"),
            };
        }
        let name = path.replacen("/manifests/", "/", 1);
        match self.manifests.lock().unwrap().get(&name) {
            Some((media_type, bytes)) => {
                Reply::new(200, bytes.clone()).header("content-type", media_type)
            }
            None => Reply::error(404, "MANIFEST_UNKNOWN", "manifest unknown"),
        }
    }
}

/// A blob, or the part of it that is asked for.
fn part(request: &Request, bytes: &[u8]) -> Reply {
    let range = request.header("range").and_then(|range| {
        let start = range.strip_prefix("bytes=")?.strip_suffix('-')?;
        start.parse::<usize>().ok()
    });
    match range {
        Some(start) => {
            let (last, total) = (bytes.len() - 1, bytes.len());
            Reply::new(206, &bytes[start..])
                .header("content-range", &format!("bytes {start}-{last}/{total}"))
        }
        None => Reply::new(200, bytes),
    }
}

fn serve(mut stream: TcpStream, shelf: &Shelf) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        match reader.read_line(&mut line) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // No text, so no HTTP.
            Err(_) => return stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
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
            let mut requests = shelf.requests.lock().unwrap();
            let earlier = requests.iter().filter(|request| request.path == path);
            let request = Request {
                earlier: earlier.count(),
                path,
                headers,
            };
            requests.push(request.clone());
            request
        };
        let reply = (shelf.meddle)(&request, shelf.answer(&request));
        if !reply.write(&mut stream)? {
            return Ok(());
        }
    }
}
