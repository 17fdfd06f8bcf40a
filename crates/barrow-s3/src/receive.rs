//! A body on its way from a client to the disk, hashed as it passes.
//!
//! A batch is gathered while the one before it is written, so there are never more than two of
//! them in memory.

use std::fs::File;
use std::io::Write;
use std::mem;
use std::sync::Arc;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures_util::StreamExt;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::StreamingBlob;
use tokio::task::JoinHandle;

use crate::checksum::{Algorithm, Hasher};
use crate::refusal::Refusal;
use crate::storage::{Files, Incoming};

const BATCH_BYTES: usize = 512 * 1024;

/// What S3 takes in one request: 5 GiB.
pub(crate) const LARGEST_BODY_BYTES: u64 = 5 << 30;

/// How much of an unwanted body is read.
const DISCARDED_BYTES: usize = 4 << 20;

/// A body on the disk that is no object's yet.
pub(crate) struct Received {
    pub(crate) incoming: Incoming,
    pub(crate) size_bytes: u64,
    pub(crate) md5: [u8; 16],
    pub(crate) checksum: Option<(Algorithm, String)>,
}

impl Received {
    pub(crate) fn etag(&self) -> String {
        HEXLOWER.encode(&self.md5)
    }
}

/// Writes and hashes.
pub(crate) struct Sink {
    incoming: Incoming,
    file: File,
    size_bytes: u64,
    md5: Md5,
    checksum: Option<(Algorithm, Hasher)>,
}

impl Sink {
    pub(crate) fn open(files: &Arc<Files>, checksum: Option<Algorithm>) -> Result<Self, Refusal> {
        let (incoming, file) = files.receive()?;
        Ok(Self {
            incoming,
            file,
            size_bytes: 0,
            md5: Md5::new(),
            checksum: checksum.map(|algorithm| (algorithm, algorithm.hasher())),
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.file.write_all(bytes)?;
        self.md5.update(bytes);
        if let Some((_, hasher)) = &mut self.checksum {
            hasher.update(bytes);
        }
        self.size_bytes += bytes.len() as u64;
        Ok(())
    }

    pub(crate) fn finish(self) -> Received {
        Received {
            incoming: self.incoming,
            size_bytes: self.size_bytes,
            md5: self.md5.finalize(),
            checksum: self
                .checksum
                .map(|(algorithm, hasher)| (algorithm, hasher.finish())),
        }
    }
}

/// A body of which the last batch is not written yet.
pub(crate) struct Arrived {
    sink: Writer,
    batch: Vec<Bytes>,
}

impl Arrived {
    /// Writes the rest. Waits for the disk.
    pub(crate) fn finish(self, files: &Arc<Files>) -> Result<Received, Refusal> {
        let mut sink = match self.sink {
            Writer::None(checksum) => Box::new(Sink::open(files, checksum)?),
            Writer::Open(sink) => sink,
        };
        for bytes in &self.batch {
            sink.write(bytes)?;
        }
        Ok(sink.finish())
    }
}

/// Most bodies fit into one batch and need no file until the whole is there.
enum Writer {
    None(Option<Algorithm>),
    Open(Box<Sink>),
}

pub(crate) async fn receive(
    files: &Arc<Files>,
    body: Option<StreamingBlob>,
    expected_bytes: Option<u64>,
    checksum: Option<Algorithm>,
) -> Result<Arrived, Refusal> {
    let mut writer = Writer::None(checksum);
    let mut writing: Option<JoinHandle<Result<Box<Sink>, Refusal>>> = None;
    let mut batch = Vec::new();
    let mut batched_bytes = 0;
    let mut size_bytes = 0;
    if let Some(mut body) = body {
        while let Some(bytes) = body.next().await {
            // What a client sends wrong and what it fails to send end in the same error here.
            let bytes = bytes.map_err(|_| Refusal::IncompleteBody)?;
            size_bytes += bytes.len() as u64;
            if size_bytes > LARGEST_BODY_BYTES {
                return Err(Refusal::EntityTooLarge);
            }
            batched_bytes += bytes.len();
            batch.push(bytes);
            if batched_bytes >= BATCH_BYTES {
                batched_bytes = 0;
                let full = mem::take(&mut batch);
                if let Some(writing) = writing.take() {
                    writer = Writer::Open(writing.await.unwrap_or(Err(Refusal::Stopped))?);
                }
                let files = Arc::clone(files);
                let sink = mem::replace(&mut writer, Writer::None(checksum));
                writing = Some(tokio::task::spawn_blocking(move || {
                    write_batch(&files, sink, &full)
                }));
            }
        }
    }
    if let Some(writing) = writing {
        writer = Writer::Open(writing.await.unwrap_or(Err(Refusal::Stopped))?);
    }
    if expected_bytes.is_some_and(|expected| expected != size_bytes) {
        return Err(Refusal::IncompleteBody);
    }
    Ok(Arrived {
        sink: writer,
        batch,
    })
}

/// Reads on when a request is refused. Clients that write before they read would otherwise find the
/// connection gone before they find the answer. Not those that wait for word.
pub(crate) async fn discard(body: Option<StreamingBlob>, waits_for_word: bool) {
    let Some(mut body) = body.filter(|_| !waits_for_word) else {
        return;
    };
    let mut discarded_bytes = 0;
    while let Some(Ok(bytes)) = body.next().await {
        discarded_bytes += bytes.len();
        if discarded_bytes > DISCARDED_BYTES {
            return;
        }
    }
}

fn write_batch(files: &Arc<Files>, writer: Writer, batch: &[Bytes]) -> Result<Box<Sink>, Refusal> {
    let mut sink = match writer {
        Writer::None(checksum) => Box::new(Sink::open(files, checksum)?),
        Writer::Open(sink) => sink,
    };
    for bytes in batch {
        sink.write(bytes)?;
    }
    Ok(sink)
}
