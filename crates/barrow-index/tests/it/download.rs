//! Downloads from servers that are slow, rude, forgetful or closed.

use std::io;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use barrow_index::client::{Client, ClientError, Download, DownloadSink, Downloaded};
use barrow_index::reporter::Silent;

use crate::recorder::Recorder;
use crate::server::{Reply, Request, Server};
use crate::wheels::{client, noise, told};

/// Keeps what it gets, and may have no room.
#[derive(Default)]
pub(crate) struct Memory {
    bytes: Vec<u8>,
    restarts: usize,
    room: Option<usize>,
}

impl DownloadSink for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self
            .room
            .is_some_and(|room| self.bytes.len() + bytes.len() > room)
        {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend(bytes);
        Ok(())
    }

    fn restart(&mut self) -> io::Result<()> {
        self.bytes.clear();
        self.restarts += 1;
        Ok(())
    }
}

pub(crate) fn download(
    client: &Client,
    url: &str,
    sink: &mut Memory,
    reporter: &Recorder,
) -> Result<Downloaded, ClientError> {
    let stop = AtomicBool::new(false);
    let download = Download {
        url,
        name: "f",
        limit_bytes: 10 << 20,
        stop: &stop,
    };
    client.download(&download, sink, reporter)
}

/// Downloads from a server that answers so, and checks the bytes and what was reported.
fn check_download(
    body: &[u8],
    answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    resumed: bool,
    restarts: usize,
    reports: &[&str],
) {
    let server = Server::start(answer);
    let (mut sink, recorder) = (Memory::default(), Recorder::default());
    let done = download(&client(), &server.url("/f"), &mut sink, &recorder).unwrap();
    assert_eq!(
        done,
        Downloaded {
            bytes: body.len() as u64,
            resumed
        }
    );
    assert!(sink.bytes == body, "other bytes");
    assert_eq!(sink.restarts, restarts);
    assert_eq!(recorder.lines(), reports);
    assert_eq!(recorder.advanced(), body.len() as u64);
}

/// Downloads from a server that answers so, and checks how that fails and after how many requests.
fn check_failure(
    answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    requests: usize,
    expected: &[&str],
) {
    let server = Server::start(answer);
    let recorder = Recorder::default();
    let error = download(
        &client(),
        &server.url("/f?secret"),
        &mut Memory::default(),
        &recorder,
    )
    .unwrap_err();
    let told: Vec<String> = told(&error)
        .iter()
        .map(|line| line.replace(server.address(), "HOST"))
        .collect();
    assert_eq!(told, expected);
    assert_eq!(server.requests().len(), requests);
}

#[test]
fn a_cut_download_goes_on_where_it_was_cut() {
    let body = noise(100_000);
    let served = body.clone();
    check_download(
        &body,
        move |request| match request.earlier {
            0 => Reply::file(request, &served).cut_after(30_000),
            1 => {
                assert_eq!(request.header("range"), Some("bytes=30000-"));
                Reply::file(request, &served).cut_after(20_000)
            }
            _ => Reply::file(request, &served),
        },
        true,
        0,
        &[
            "started f 100000",
            "retrying f: the connection ended after 30000 of 100000 bytes",
            "retrying f: the connection ended after 50000 of 100000 bytes",
        ],
    );
}

#[test]
fn a_server_that_ignores_ranges_sends_all_again() {
    let body = noise(50_000);
    let served = body.clone();
    check_download(
        &body,
        move |request| {
            let reply = Reply::new(200, served.clone()).header("etag", "\"a\"");
            if request.earlier == 0 {
                reply.cut_after(30_000)
            } else {
                reply
            }
        },
        false,
        1,
        &[
            "started f 50000",
            "retrying f: the connection ended after 30000 of 50000 bytes",
        ],
    );
}

#[test]
fn a_file_that_changed_meanwhile_starts_again() {
    let (old, new) = (noise(50_000), noise(60_000));
    let served = new.clone();
    check_download(
        &new,
        move |request| match request.earlier {
            0 => Reply::file(request, &old).cut_after(30_000),
            _ => Reply::file(request, &served),
        },
        false,
        1,
        &[
            "started f 50000",
            "retrying f: the connection ended after 30000 of 50000 bytes",
        ],
    );
}

#[test]
fn without_a_validator_nothing_is_put_together() {
    let body = noise(50_000);
    let served = body.clone();
    check_download(
        &body,
        move |request| {
            assert_eq!(request.header("range"), None);
            let reply = Reply::new(200, served.clone()).header("etag", "W/\"weak\"");
            if request.earlier == 0 {
                reply.cut_after(30_000)
            } else {
                reply
            }
        },
        false,
        1,
        &[
            "started f 50000",
            "retrying f: the connection ended after 30000 of 50000 bytes",
        ],
    );
}

#[test]
fn a_part_that_was_not_asked_for_is_not_taken() {
    let body = noise(50_000);
    let served = body.clone();
    check_download(
        &body,
        move |request| match request.earlier {
            0 => Reply::file(request, &served).cut_after(30_000),
            1 => Reply::new(206, &served[10..]).header("content-range", "bytes 10-49999/50000"),
            _ => Reply::file(request, &served),
        },
        false,
        1,
        &[
            "started f 50000",
            "retrying f: the connection ended after 30000 of 50000 bytes",
            "retrying f: the server sent another part than asked for",
        ],
    );
}

#[test]
fn steady_progress_is_not_a_series_of_failures() {
    // Six cuts where three tries are allowed, each after more than 256 KiB.
    let body = noise(2_000_000);
    let served = body.clone();
    let server = Server::start(move |request| match request.earlier {
        0..6 => Reply::file(request, &served).cut_after(300_000),
        _ => Reply::file(request, &served),
    });
    let mut sink = Memory::default();
    let done = download(
        &client(),
        &server.url("/f"),
        &mut sink,
        &Recorder::default(),
    )
    .unwrap();
    assert!(done.resumed && sink.bytes == body);
    assert_eq!(server.count("/f"), 7);
}

#[test]
fn slow_bytes_are_waited_for() {
    let body = noise(1_000);
    let served = body.clone();
    check_download(
        &body,
        move |_| Reply::new(200, served.clone()).dripped(10, Duration::from_millis(60)),
        false,
        0,
        &["started f 1000"],
    );
}

#[test]
fn a_silent_connection_is_given_up_and_resumed() {
    let body = noise(50_000);
    let served = body.clone();
    check_download(
        &body,
        move |request| match request.earlier {
            0 => Reply::file(request, &served).stall_after(20_000),
            _ => Reply::file(request, &served),
        },
        true,
        0,
        &[
            "started f 50000",
            "retrying f: the server did not answer in time",
        ],
    );
}

#[test]
fn a_busy_server_is_given_the_time_it_asks_for() {
    let body = noise(10);
    let served = body.clone();
    let start = std::time::Instant::now();
    check_download(
        &body,
        move |request| match request.earlier {
            0 => Reply::new(429, "").header("retry-after", "1"),
            1 => Reply::new(503, ""),
            _ => Reply::file(request, &served),
        },
        false,
        0,
        &[
            "retrying f: the server answered 429 Too Many Requests",
            "retrying f: the server answered 503 Service Unavailable",
            "started f 10",
        ],
    );
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_server_that_asks_for_too_much_time_is_given_up() {
    check_failure(
        |_| Reply::new(429, "").header("retry-after", "3600"),
        1,
        &["`http://HOST/f` answered 429 Too Many Requests"],
    );
}

#[test]
fn faults_that_stay_are_reported_with_the_number_of_tries() {
    check_failure(
        |_| Reply::new(502, ""),
        3,
        &["`http://HOST/f` answered 502 Bad Gateway (3 tries)"],
    );
    check_failure(
        |_| Reply::new(200, "abc").cut_after(1),
        3,
        &["`http://HOST/f` is 3 bytes long; the connection ended after 1 (3 tries)"],
    );
}

#[test]
fn refusals_are_not_tried_again() {
    check_failure(
        |_| Reply::new(404, ""),
        1,
        &[
            "`http://HOST/f` answered 404 Not Found",
            "hint: the file may be gone from the index; `--upgrade` resolves again",
        ],
    );
    check_failure(
        |_| Reply::new(403, ""),
        1,
        &[
            "`http://HOST/f` answered 403 Forbidden; no login is known for it",
            "hint: put a login for `127.0.0.1` into the index URL or into `~/.netrc`",
        ],
    );
}

#[test]
fn redirects_end_somewhere_and_stay_on_the_network() {
    check_failure(
        |_| Reply::new(302, "").header("location", "/f"),
        11,
        &["`http://HOST/f` redirects more than 10 times"],
    );
    check_failure(
        |_| Reply::new(302, "").header("location", "file:///etc/passwd"),
        1,
        &["`http://HOST/f` redirects to a local file"],
    );
    check_failure(
        |_| Reply::new(301, ""),
        1,
        &["`http://HOST/f` redirects without saying where"],
    );
}

#[test]
fn an_endless_file_is_stopped() {
    let server = Server::start(|_| Reply::new(200, vec![0; 5000]));
    let stop = AtomicBool::new(false);
    let download = Download {
        url: &server.url("/f"),
        name: "f",
        limit_bytes: 4999,
        stop: &stop,
    };
    let error = client()
        .download(&download, &mut Memory::default(), &Silent)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("`{}` is longer than 4.8 KiB", server.url("/f"))
    );
}

#[test]
fn a_full_disk_is_reported_and_not_retried() {
    let server = Server::start(|request| Reply::file(request, &noise(50_000)));
    let mut sink = Memory {
        room: Some(10_000),
        ..Memory::default()
    };
    let error = download(
        &client(),
        &server.url("/f"),
        &mut sink,
        &Recorder::default(),
    )
    .unwrap_err();
    let ClientError::Write { source, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    assert_eq!(server.count("/f"), 1);
}

#[test]
fn nobody_at_home_is_said_after_all_tries() {
    // Bound and dropped: nothing listens there now.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let recorder = Recorder::default();
    let url = format!("http://me:secret@{address}/f");
    let error = download(&client(), &url, &mut Memory::default(), &recorder).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot fetch `http://{address}/f` (3 tries)")
    );
    assert!(!format!("{error:?} {:?}", recorder.lines()).contains("secret"));
}
