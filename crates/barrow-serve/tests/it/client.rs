//! A client of Lambda's API, made from its model: members go into path, query, headers and body.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::model::{operation, shape, text};
use super::shape::check;

const PATIENCE: Duration = Duration::from_secs(20);

/// One account in one region, over one connection.
pub(crate) struct Client {
    address: SocketAddr,
    account: String,
    region: String,
    connection: Option<BufReader<TcpStream>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The name of an error.
    pub(crate) fn code(&self) -> &str {
        self.header("x-amzn-errortype").unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        let message = self.body.get("message").or(self.body.get("Message"));
        message.and_then(Value::as_str).unwrap_or_default()
    }

    /// Of one that has to be no error.
    #[track_caller]
    pub(crate) fn good(self) -> Value {
        assert!(self.status < 300, "{self:?}");
        self.body
    }
}

impl Client {
    pub(crate) fn new(address: SocketAddr, account: &str, region: &str) -> Self {
        Self {
            address,
            account: account.to_owned(),
            region: region.to_owned(),
            connection: None,
        }
    }

    /// Asks, and holds the answer against the model.
    #[track_caller]
    pub(crate) fn call(&mut self, name: &str, input: &Value) -> Answer {
        let answer = self.try_call(name, input).unwrap();
        check(name, &answer);
        answer
    }

    /// The same of a service that may end at any moment.
    pub(crate) fn try_call(&mut self, name: &str, input: &Value) -> std::io::Result<Answer> {
        let (method, target, body) = request(name, input);
        self.send(method, &target, &body)
    }

    /// What somebody gets who has no account: only what stands in an answer as a location.
    pub(crate) fn fetch(&self, url: &str) -> Answer {
        let target = url.splitn(4, '/').nth(3).unwrap();
        let mut stream = BufReader::new(TcpStream::connect(self.address).unwrap());
        let head = format!("GET /{target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        stream.get_mut().write_all(head.as_bytes()).unwrap();
        read(&mut stream).unwrap()
    }

    pub(crate) fn send(
        &mut self,
        method: &str,
        target: &str,
        body: &str,
    ) -> std::io::Result<Answer> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            let stream = TcpStream::connect(self.address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_nodelay(true)?;
            BufReader::new(stream)
        };
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={}/20260101/{}/lambda/aws4_request, \
             SignedHeaders=host, Signature=0\r\n\r\n",
            self.address,
            body.len(),
            self.account,
            self.region
        );
        connection.get_mut().write_all(head.as_bytes())?;
        connection.get_mut().write_all(body.as_bytes())?;
        let answer = read(&mut connection)?;
        self.connection = Some(connection);
        Ok(answer)
    }

    /// Until what was made or changed is as it is to be.
    #[track_caller]
    pub(crate) fn wait(&mut self, function: &str) {
        let started = Instant::now();
        loop {
            let input = serde_json::json!({"FunctionName": function});
            let told = self.call("GetFunctionConfiguration", &input).good();
            if told["State"] != "Pending" && told["LastUpdateStatus"] == "Successful" {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{told}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Method, target and body.
fn request(name: &str, input: &Value) -> (&'static str, String, String) {
    let operation = operation(name);
    let members = &shape(text(&operation["input"]))["members"];
    let mut target = text(&operation["uri"]).to_owned();
    let mut query = Vec::new();
    let mut body = Map::new();
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    for (member, value) in input.as_object().into_iter().flatten() {
        let told = &members[member];
        let wire = told["locationName"].as_str().unwrap_or(member).to_owned();
        let plain = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match told["location"].as_str() {
            Some("uri") => {
                let value = encode(&plain(value));
                target = target
                    .replace(&format!("{{{wire}}}"), &value)
                    .replace(&format!("{{{wire}+}}"), &value);
            }
            Some("querystring") => match value {
                Value::Array(items) => {
                    let items = items.iter();
                    query.extend(items.map(|item| format!("{wire}={}", encode(&plain(item)))));
                }
                value => query.push(format!("{wire}={}", encode(&plain(value)))),
            },
            _ => {
                body.insert(wire, value.clone());
            }
        }
    }
    if !query.is_empty() {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(&query.join("&"));
    }
    let method = text(&operation["method"]);
    let body = if body.is_empty() && matches!(method, "GET" | "DELETE") {
        String::new()
    } else {
        Value::Object(body).to_string()
    };
    (method, target, body)
}

fn read(connection: &mut BufReader<TcpStream>) -> std::io::Result<Answer> {
    let broken = || std::io::Error::other("the connection ended before the answer did");
    let mut line = String::new();
    connection.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let status = status.ok_or_else(broken)?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(broken)?;
        headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body)
            .unwrap_or_else(|_| String::from_utf8_lossy(&body).into_owned().into())
    };
    Ok(Answer {
        status,
        headers,
        body,
    })
}
