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
use s3s::Body;
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
    pipe: Pipe,
    rest: Vec<Bytes>,
}

impl Arrived {
    /// Writes the rest. Waits for the disk.
    pub(crate) fn finish(self) -> Result<Received, Refusal> {
        let sink = self.pipe.write(&self.rest)?.sink;
        sink.map(|sink| sink.finish()).ok_or(Refusal::Stopped)
    }
}

/// Where batches go. Most bodies fit into one, and need no file until the whole is there.
struct Pipe {
    files: Arc<Files>,
    checksum: Option<Algorithm>,
    sink: Option<Box<Sink>>,
}

impl Pipe {
    fn write(mut self, batch: &[Bytes]) -> Result<Self, Refusal> {
        let mut sink = match self.sink.take() {
            Some(sink) => sink,
            None => Box::new(Sink::open(&self.files, self.checksum)?),
        };
        for bytes in batch {
            sink.write(bytes)?;
        }
        self.sink = Some(sink);
        Ok(self)
    }
}

/// A pipe that is free, or one that writes.
enum Flow {
    Free(Pipe),
    Writing(JoinHandle<Result<Pipe, Refusal>>),
}

impl Flow {
    async fn free(self) -> Result<Pipe, Refusal> {
        match self {
            Self::Free(pipe) => Ok(pipe),
            Self::Writing(writing) => writing.await.unwrap_or(Err(Refusal::Stopped)),
        }
    }
}

pub(crate) async fn receive(
    files: &Arc<Files>,
    body: Option<StreamingBlob>,
    expected_bytes: Option<u64>,
    checksum: Option<Algorithm>,
) -> Result<Arrived, Refusal> {
    let mut flow = Flow::Free(Pipe {
        files: Arc::clone(files),
        checksum,
        sink: None,
    });
    let mut batch = Vec::new();
    let mut batched_bytes = 0;
    let mut size_bytes = 0;
    let mut body = body.unwrap_or_else(|| Body::empty().into());
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
            let pipe = flow.free().await?;
            flow = Flow::Writing(tokio::task::spawn_blocking(move || pipe.write(&full)));
        }
    }
    if expected_bytes.is_some_and(|expected| expected != size_bytes) {
        return Err(Refusal::IncompleteBody);
    }
    Ok(Arrived {
        pipe: flow.free().await?,
        rest: batch,
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
