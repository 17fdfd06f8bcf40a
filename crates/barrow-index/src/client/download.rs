//! Large files, streamed into a sink, and gone on with where a connection was cut.
//!
//! A cut download is resumed only when the server named the file's state (an `ETag` or a date),
//! so that both halves are of one file; otherwise it starts again. Digests are the caller's to check.

use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ureq::http::header::{CONTENT_RANGE, ETAG, HeaderMap, LAST_MODIFIED};

use super::error::{ClientError, Passing};
use super::request::{Failure, header};
use super::retry::Failures;
use super::{Client, open_local};
use crate::Reporter;
use crate::address::Address;

/// What one read takes from the connection at most; TLS gives 16 KiB at a time.
const BUFFER_BYTES: usize = 128 << 10;

/// A try that brought this much more of the file counts as progress, not as another failure.
const PROGRESS_BYTES: u64 = 256 << 10;

/// A file to download.
#[derive(Debug, Clone, Copy)]
pub struct Download<'d> {
    pub url: &'d str,
    /// What the reporter is told.
    pub name: &'d str,
    /// Where to stop believing the server.
    pub limit_bytes: u64,
    /// Set by others when nobody wants the file any more.
    pub stop: &'d AtomicBool,
}

/// What a download took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Downloaded {
    pub bytes: u64,
    /// Whether it was put together from parts.
    pub resumed: bool,
}

/// Takes the bytes of a file in order.
pub trait DownloadSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Forgets everything: the file starts again.
    fn restart(&mut self) -> io::Result<()>;
}

impl Client {
    /// Brings a file into the sink.
    pub fn download(
        &self,
        download: &Download<'_>,
        sink: &mut dyn DownloadSink,
        reporter: &dyn Reporter,
    ) -> Result<Downloaded, ClientError> {
        let address = Address::parse(download.url)?;
        let mut transfer = Transfer {
            download,
            address: &address,
            sink,
            reporter,
            position: 0,
            farthest: 0,
            announced: false,
            validator: None,
            resumed: false,
        };
        if let Some(path) = address.local_path() {
            return transfer.copy(open_local(&path)?);
        }
        let mut failures = Failures::new(&self.options.patience);
        loop {
            let before = transfer.farthest;
            let (passing, asked) = match transfer.attempt(self) {
                Ok(()) => return Ok(transfer.outcome()),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(passing, asked)) => (passing, asked),
            };
            if transfer.farthest >= before + PROGRESS_BYTES {
                failures.forget();
            }
            let Some(pause) = failures.pause(asked) else {
                return Err(passing.into_error(&address, failures.in_a_row()));
            };
            reporter.retrying(download.name, &passing.reason(), pause.as_secs_f32());
            transfer.sleep(pause)?;
        }
    }
}

/// A download under way, over all its tries.
struct Transfer<'t> {
    download: &'t Download<'t>,
    address: &'t Address,
    sink: &'t mut dyn DownloadSink,
    reporter: &'t dyn Reporter,
    /// Bytes that the sink holds.
    position: u64,
    /// The most it ever held, and so the most that was reported.
    farthest: u64,
    announced: bool,
    /// The server's name for the file's state, from the try that brought `position` bytes.
    validator: Option<String>,
    resumed: bool,
}

impl Transfer<'_> {
    fn attempt(&mut self, client: &Client) -> Result<(), Failure> {
        if self.validator.is_none() {
            self.restart()?;
        }
        // Encoded bytes would have other offsets and another digest.
        let mut headers = vec![("accept", "*/*"), ("accept-encoding", "identity")];
        let range = format!("bytes={}-", self.position);
        let validator = self.validator.clone().unwrap_or_default();
        if self.position > 0 {
            headers.extend([("range", range.as_str()), ("if-range", validator.as_str())]);
        }
        let mut answer = client.get(self.address, &headers)?;
        match answer.response.status().as_u16() {
            206 if self.position > 0 => {
                let start = header(answer.response.headers(), &CONTENT_RANGE).and_then(range_start);
                if start != Some(self.position) {
                    self.validator = None;
                    return Err(Failure::Passing(Passing::WrongPart, None));
                }
                self.resumed = true;
            }
            200 => self.restart()?,
            416 if self.position > 0 => {
                self.validator = None;
                return Err(Failure::Passing(Passing::WrongPart, None));
            }
            status => {
                let address = answer.address;
                return Err(ClientError::Status {
                    address,
                    status,
                    tries: 1,
                }
                .into());
            }
        }
        let total = answer
            .response
            .body()
            .content_length()
            .map(|rest| self.position + rest);
        // An answer without a length was unpacked on the way or may end anywhere.
        self.validator = total.and_then(|_| validator_of(answer.response.headers()));
        if total.is_some_and(|total| total > self.download.limit_bytes) {
            return Err(self.too_large().into());
        }
        self.announce(total);
        let pulled = self.pull(answer.response.body_mut().as_reader());
        let ended_early = match &pulled {
            Ok(()) => true,
            Err(Failure::Passing(Passing::Transport(error), _)) => {
                error.kind() == io::ErrorKind::UnexpectedEof
            }
            Err(_) => false,
        };
        match total {
            Some(expected_bytes) if ended_early && self.position < expected_bytes => {
                let cut = Passing::Cut {
                    seen_bytes: self.position,
                    expected_bytes,
                };
                Err(Failure::Passing(cut, None))
            }
            _ => pulled,
        }
    }

    /// Reads to the end of this connection's bytes.
    fn pull(&mut self, mut reader: impl Read) -> Result<(), Failure> {
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::Passing(Passing::transport(error), None)),
            };
            self.check_stop()?;
            self.take(&buffer[..count])?;
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        let end = self.position + bytes.len() as u64;
        if end > self.download.limit_bytes {
            return Err(self.too_large());
        }
        self.sink
            .write(bytes)
            .map_err(|source| self.write_error(source))?;
        self.position = end;
        if end > self.farthest {
            self.reporter
                .download_advanced(self.download.name, end - self.farthest);
            self.farthest = end;
        }
        Ok(())
    }

    fn copy(mut self, mut file: File) -> Result<Downloaded, ClientError> {
        self.announce(file.metadata().ok().map(|metadata| metadata.len()));
        match self.pull(&mut file) {
            Ok(()) => Ok(self.outcome()),
            Err(Failure::Final(error)) => Err(error),
            Err(Failure::Passing(passing, _)) => Err(passing.into_error(self.address, 1)),
        }
    }

    fn restart(&mut self) -> Result<(), ClientError> {
        self.validator = None;
        self.resumed = false;
        if self.position > 0 {
            self.position = 0;
            self.sink
                .restart()
                .map_err(|source| self.write_error(source))?;
        }
        Ok(())
    }

    fn announce(&mut self, total: Option<u64>) {
        if !self.announced {
            self.announced = true;
            self.reporter.download_started(self.download.name, total);
        }
    }

    /// In slices, so that a failure elsewhere does not have to wait.
    fn sleep(&self, pause: Duration) -> Result<(), ClientError> {
        let end = Instant::now() + pause;
        loop {
            self.check_stop()?;
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }

    fn check_stop(&self) -> Result<(), ClientError> {
        if self.download.stop.load(Ordering::Relaxed) {
            return Err(ClientError::Stopped {
                address: self.address.clone(),
            });
        }
        Ok(())
    }

    fn outcome(&self) -> Downloaded {
        Downloaded {
            bytes: self.position,
            resumed: self.resumed,
        }
    }

    fn too_large(&self) -> ClientError {
        let limit_bytes = self.download.limit_bytes;
        ClientError::TooLarge {
            address: self.address.clone(),
            limit_bytes,
        }
    }

    fn write_error(&self, source: io::Error) -> ClientError {
        ClientError::Write {
            address: self.address.clone(),
            source,
        }
    }
}

/// A strong `ETag`, else the date of the last change: what `If-Range` takes.
fn validator_of(headers: &HeaderMap) -> Option<String> {
    let strong = header(headers, &ETAG).filter(|tag| tag.starts_with('"'));
    strong
        .or_else(|| header(headers, &LAST_MODIFIED))
        .map(str::to_owned)
}

/// The `5` of `bytes 5-9/10`.
fn range_start(text: &str) -> Option<u64> {
    text.trim()
        .strip_prefix("bytes")?
        .trim_start()
        .split('-')
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_strong_validator_joins_two_halves() {
        let check = |headers: &[(&str, &str)], expected: Option<&str>| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                let name = ureq::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
                map.insert(name, value.parse().unwrap());
            }
            assert_eq!(validator_of(&map).as_deref(), expected);
        };
        let date = "Tue, 01 Jan 2030 00:00:00 GMT";
        check(&[("etag", "\"a\""), ("last-modified", date)], Some("\"a\""));
        check(&[("etag", "W/\"a\""), ("last-modified", date)], Some(date));
        check(&[("etag", "W/\"a\"")], None);
    }

    #[test]
    fn content_range_says_where_the_part_starts() {
        assert_eq!(range_start("bytes 5-9/10"), Some(5));
        assert_eq!(range_start("bytes 5-9/*"), Some(5));
        assert_eq!(range_start("bytes */10"), None);
        assert_eq!(range_start("lines 5-9/10"), None);
    }
}
