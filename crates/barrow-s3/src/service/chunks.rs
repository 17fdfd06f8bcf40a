//! `aws-chunked`: the body in pieces, each after a line with its length, and headers after the last.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use s3s::{Body, StdError, TrailingHeaders};

/// Lengths, signatures and trailing headers are all short.
const LONGEST_LINE_BYTES: usize = 4096;

/// Checksums are the only trailing headers there are.
const MOST_TRAILERS: usize = 16;

#[derive(Debug, thiserror::Error)]
#[error("the aws-chunked body is malformed")]
pub(super) struct Malformed;

/// The headers after a body. They are there when the body has been read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trailers {
    read_here: Arc<Mutex<Headers>>,
    read_by_s3s: Option<TrailingHeaders>,
}

impl Trailers {
    pub(crate) fn with(mut self, read_by_s3s: Option<TrailingHeaders>) -> Self {
        self.read_by_s3s = read_by_s3s;
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        if let Some(trailers) = &self.read_by_s3s {
            return trailers
                .read(|headers| Some(headers.get(name)?.to_str().ok()?.trim().to_owned()))
                .flatten();
        }
        let trailers = self
            .read_here
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let found = trailers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }
}

/// The body without its lines. What follows the body ends up in `trailers`.
pub(super) fn decoded(
    body: Body,
    trailers: Trailers,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + Sync + 'static {
    let start = (body, Decoder::new(), VecDeque::new(), trailers);
    stream::try_unfold(
        start,
        |(mut body, mut decoder, mut ready, trailers)| async move {
            loop {
                if let Some(piece) = ready.pop_front() {
                    return Ok(Some((piece, (body, decoder, ready, trailers))));
                }
                match body.next().await {
                    Some(Ok(bytes)) => decoder.push(bytes, &mut ready).map_err(into_io)?,
                    Some(Err(error)) => return Err(into_io(error)),
                    None => {
                        let read = decoder.finish().map_err(into_io)?;
                        *trailers
                            .read_here
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner) = read;
                        return Ok(None);
                    }
                }
            }
        },
    )
}

fn into_io(error: impl Into<StdError>) -> std::io::Error {
    std::io::Error::other(error)
}

/// Names and values.
type Headers = Vec<(String, String)>;

#[derive(Debug)]
struct Decoder {
    state: State,
    /// The beginning of a line of which the end has not come.
    line: BytesMut,
    trailers: Headers,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Length,
    Data {
        left: u64,
    },
    /// The line end after a piece.
    DataEnd,
    Trailers,
    Done,
}

impl Decoder {
    fn new() -> Self {
        Self {
            state: State::Length,
            line: BytesMut::new(),
            trailers: Vec::new(),
        }
    }

    fn push(&mut self, mut bytes: Bytes, ready: &mut VecDeque<Bytes>) -> Result<(), Malformed> {
        while !bytes.is_empty() {
            match self.state {
                State::Data { left } => {
                    let here = left.min(bytes.len() as u64);
                    ready.push_back(bytes.split_to(usize::try_from(here).map_err(|_| Malformed)?));
                    self.state = match left - here {
                        0 => State::DataEnd,
                        left => State::Data { left },
                    };
                }
                State::Length => {
                    if let Some(line) = self.line(&mut bytes)? {
                        self.state = match length(&line)? {
                            0 => State::Trailers,
                            left => State::Data { left },
                        };
                    }
                }
                State::DataEnd => {
                    if let Some(line) = self.line(&mut bytes)? {
                        if !line.is_empty() {
                            return Err(Malformed);
                        }
                        self.state = State::Length;
                    }
                }
                State::Trailers => {
                    if let Some(line) = self.line(&mut bytes)? {
                        self.trailer(&line)?;
                    }
                }
                State::Done => return Err(Malformed),
            }
        }
        Ok(())
    }

    fn trailer(&mut self, line: &[u8]) -> Result<(), Malformed> {
        if line.is_empty() {
            self.state = State::Done;
            return Ok(());
        }
        let text = std::str::from_utf8(line).map_err(|_| Malformed)?;
        let (name, value) = text.split_once(':').ok_or(Malformed)?;
        if self.trailers.len() == MOST_TRAILERS {
            return Err(Malformed);
        }
        self.trailers
            .push((name.trim().to_owned(), value.trim().to_owned()));
        Ok(())
    }

    /// The next line without its end, once that is there.
    fn line(&mut self, bytes: &mut Bytes) -> Result<Option<BytesMut>, Malformed> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let here = end.map_or(bytes.len(), |end| end + 1);
        if self.line.len() + here > LONGEST_LINE_BYTES {
            return Err(Malformed);
        }
        self.line.extend_from_slice(&bytes[..here]);
        bytes.advance(here);
        if end.is_none() {
            return Ok(None);
        }
        let mut line = self.line.split();
        line.truncate(line.len() - 1);
        if line.ends_with(b"\r") {
            line.truncate(line.len() - 1);
        }
        Ok(Some(line))
    }

    /// Says what came after the body. The empty line at the very end is left out by some.
    fn finish(mut self) -> Result<Headers, Malformed> {
        if self.state == State::Trailers {
            let rest = self.line.split();
            self.trailer(rest.trim_ascii())?;
            self.state = State::Done;
        }
        match self.state {
            State::Done => Ok(self.trailers),
            _ => Err(Malformed),
        }
    }
}

/// `1f4;chunk-signature=…`: the length in hexadecimal.
fn length(line: &[u8]) -> Result<u64, Malformed> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
    let digits = std::str::from_utf8(digits).map_err(|_| Malformed)?.trim();
    u64::from_str_radix(digits, 16).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(input: &[u8], step: usize) -> Result<(Vec<u8>, Headers), Malformed> {
        let mut decoder = Decoder::new();
        let mut ready = VecDeque::new();
        for piece in input.chunks(step) {
            decoder.push(Bytes::copy_from_slice(piece), &mut ready)?;
        }
        let body = ready.iter().flatten().copied().collect();
        Ok((body, decoder.finish()?))
    }

    #[test]
    fn pieces_may_be_cut_anywhere() {
        let input: &[u8] =
            b"5;chunk-signature=ab\r\nhello\r\n7\r\n, world\r\n0;chunk-signature=cd\r\n\
            x-amz-checksum-crc32:AAAAAA==\r\n\r\n";
        for step in 1..input.len() {
            let (body, trailers) = decode(input, step).unwrap();
            assert_eq!(body, b"hello, world");
            let expected = ("x-amz-checksum-crc32".to_owned(), "AAAAAA==".to_owned());
            assert_eq!(trailers, [expected]);
        }
    }

    #[test]
    fn an_end_without_trailers_is_an_end() {
        for input in [&b"1\r\nx\r\n0\r\n\r\n"[..], b"1\r\nx\r\n0\r\n"] {
            assert_eq!(decode(input, 3).unwrap(), (b"x".to_vec(), vec![]));
        }
    }

    #[test]
    fn what_is_cut_off_or_wrong_is_malformed() {
        for input in [
            &b"5\r\nhel"[..],
            b"5\r\nhello",
            b"5\r\nhello\r\n",
            b"z\r\n",
            b"1\r\nxy\r\n0\r\n\r\n",
            b"-1\r\n",
            b"0\r\nno colon\r\n\r\n",
            b"0\r\n\r\nmore",
            b"",
        ] {
            assert!(decode(input, 2).is_err(), "{input:?}");
        }
        let long = [b'1'; LONGEST_LINE_BYTES + 1];
        assert!(decode(&long, 100).is_err());
    }
}
