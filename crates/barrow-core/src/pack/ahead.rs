//! Deflates what is not spliced, ahead of the writer and on other threads.
//!
//! The writer hands out work in the order of the plan, as far ahead as the budget goes, and takes
//! results in the same order. Which thread did what never shows in the bytes.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;

use super::error::PackError;
use super::origins::Origins;
use crate::plan::{Content, FileId, PlannedEntry};
use crate::zip::Method;
use crate::zip::deflate::Deflater;

/// Files up to this size are deflated in one go; larger ones in parts, which costs about half a
/// per cent of their size and keeps memory flat.
pub(super) const WHOLE_LIMIT_BYTES: u64 = 2 << 20;
const PART_BYTES: u64 = 1 << 20;

/// Uncompressed bytes handed out and not taken back. A result is never larger than its source,
/// so at most twice this is in memory.
const BUDGET_BYTES: u64 = 12 << 20;

/// One entry's data, or a part of a large entry's.
pub(super) struct Piece {
    pub method: Method,
    pub data: Vec<u8>,
    pub crc32: u32,
    pub raw_bytes: u64,
}

/// What one thread does in one go.
#[derive(Clone, Copy)]
enum Work<'plan> {
    Fresh(&'plan [u8]),
    Whole {
        file: FileId,
        bytes: u64,
    },
    Part {
        file: FileId,
        bytes: u64,
        offset: u64,
        part_bytes: u64,
    },
}

type Outcome = Result<Piece, PackError>;

struct Order<'plan> {
    work: Work<'plan>,
    reply: SyncSender<Outcome>,
}

/// Work in progress, oldest first.
pub(super) struct Ahead<'plan> {
    work: VecDeque<Work<'plan>>,
    orders: Option<Sender<Order<'plan>>>,
    replies: VecDeque<(u64, Receiver<Outcome>)>,
    in_flight_bytes: u64,
}

impl<'plan> Ahead<'plan> {
    /// Starts as many threads as there is work for, `threads` at most.
    pub(super) fn new<'scope, 'env: 'scope>(
        scope: &'scope Scope<'scope, 'env>,
        entries: &'plan [PlannedEntry],
        origins: &'env dyn Origins,
        threads: NonZero<usize>,
    ) -> Self
    where
        'plan: 'scope,
    {
        let work: VecDeque<_> = entries
            .iter()
            .flat_map(|entry| work(&entry.content))
            .collect();
        let (sender, receiver) = mpsc::channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..threads.get().min(work.len()) {
            let receiver = Arc::clone(&receiver);
            scope.spawn(move || serve(&receiver, origins));
        }
        Self {
            work,
            orders: Some(sender),
            replies: VecDeque::new(),
            in_flight_bytes: 0,
        }
    }

    /// The next piece in the order of the plan.
    pub(super) fn next(&mut self) -> Outcome {
        self.hand_out();
        let (bytes, reply) = self
            .replies
            .pop_front()
            .expect("as many pieces as were counted");
        let outcome = reply.recv().expect("a thread answers every order");
        self.in_flight_bytes -= bytes;
        self.hand_out();
        outcome
    }

    /// Hands out work as far as the budget goes, and one piece in any case.
    pub(super) fn hand_out(&mut self) {
        while let Some(&work) = self.work.front() {
            let bytes = work.bytes();
            if self.in_flight_bytes + bytes > BUDGET_BYTES && !self.replies.is_empty() {
                return;
            }
            let (reply, outcome) = mpsc::sync_channel(1);
            if let Some(orders) = &self.orders {
                orders
                    .send(Order { work, reply })
                    .expect("the threads listen until we are done");
            }
            self.replies.push_back((bytes, outcome));
            self.in_flight_bytes += bytes;
            self.work.pop_front();
            if self.work.is_empty() {
                // Lets the threads go home.
                self.orders = None;
            }
        }
    }
}

/// How many pieces an entry of this size comes in.
pub(super) fn pieces(content: &Content) -> u64 {
    match content {
        Content::Spliced { .. } => 0,
        Content::File { bytes, .. } if *bytes > WHOLE_LIMIT_BYTES => bytes.div_ceil(PART_BYTES),
        Content::File { .. } | Content::Fresh(_) => 1,
    }
}

fn work(content: &Content) -> impl Iterator<Item = Work<'_>> {
    let pieces = pieces(content);
    (0..pieces).map(move |piece| match *content {
        Content::File { file, bytes } if pieces > 1 => {
            let offset = piece * PART_BYTES;
            Work::Part {
                file,
                bytes,
                offset,
                part_bytes: PART_BYTES.min(bytes - offset),
            }
        }
        Content::File { file, bytes } => Work::Whole { file, bytes },
        Content::Fresh(ref bytes) => Work::Fresh(bytes),
        Content::Spliced { .. } => unreachable!("has no pieces"),
    })
}

impl Work<'_> {
    /// How much this weighs in memory until it is taken back.
    fn bytes(self) -> u64 {
        match self {
            Self::Fresh(bytes) => bytes.len() as u64,
            Self::Whole { bytes, .. } => bytes,
            Self::Part { part_bytes, .. } => part_bytes,
        }
    }

    fn run(self, deflater: &mut Deflater, origins: &dyn Origins) -> Outcome {
        match self {
            Self::Fresh(raw) => Ok(deflate(deflater, raw.to_vec())),
            Self::Whole { file, bytes } => {
                Ok(deflate(deflater, read(origins, file, bytes, 0, bytes)?))
            }
            Self::Part {
                file,
                bytes,
                offset,
                part_bytes,
            } => {
                let raw = read(origins, file, bytes, offset, part_bytes)?;
                let mut data = Vec::new();
                deflater.part(&raw, offset + part_bytes == bytes, &mut data);
                let crc32 = crc32fast::hash(&raw);
                Ok(Piece {
                    method: Method::Deflated,
                    data,
                    crc32,
                    raw_bytes: part_bytes,
                })
            }
        }
    }
}

fn deflate(deflater: &mut Deflater, raw: Vec<u8>) -> Piece {
    let (crc32, raw_bytes) = (crc32fast::hash(&raw), raw.len() as u64);
    match deflater.whole(&raw) {
        Some(data) => Piece {
            method: Method::Deflated,
            data,
            crc32,
            raw_bytes,
        },
        None => Piece {
            method: Method::Stored,
            data: raw,
            crc32,
            raw_bytes,
        },
    }
}

/// A part of a file that is as long as it was when it was planned.
pub(super) fn read(
    origins: &dyn Origins,
    id: FileId,
    planned: u64,
    offset: u64,
    bytes: u64,
) -> Result<Vec<u8>, PackError> {
    let file = || origins.describe_file(id);
    let opened = origins.file(id).map_err(|source| PackError::OpenFile {
        file: file(),
        source,
    })?;
    let read_error = |source| PackError::ReadFile {
        file: file(),
        source,
    };
    let actual = opened.len().map_err(read_error)?;
    if actual != planned {
        return Err(PackError::Resized {
            file: file(),
            actual,
            planned,
        });
    }
    let mut raw = vec![0; bytes as usize];
    opened.read_exact_at(&mut raw, offset).map_err(read_error)?;
    Ok(raw)
}

fn serve(orders: &Mutex<Receiver<Order<'_>>>, origins: &dyn Origins) {
    let mut deflater = Deflater::new();
    loop {
        let order = orders.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Order { work, reply }) = order else {
            return;
        };
        // A writer that failed meanwhile does not wait for the answer.
        let _ = reply.send(work.run(&mut deflater, origins));
    }
}
