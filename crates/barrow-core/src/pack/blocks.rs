//! Large writes, hashed on a second thread while they are written.
//!
//! Writing 60 MB to the page cache and hashing them take about as long as each other, so doing
//! one after the other would double the time of a build.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{Scope, ScopedJoinHandle};

use barrow_model::Sha256;
use sha2::Digest as _;

use crate::ReadAt;
use crate::zip::write::CopyError;

/// Measured on 60 MB with 2 cores: 256 KiB to 1 MiB are alike, 64 KiB and 4 MiB a tenth slower.
const BLOCK_BYTES: usize = 512 << 10;
/// One that is filled, one that is written, and some for the hasher to fall behind.
const BLOCKS: usize = 6;

/// Gathers what is written into blocks; each goes to the output and to the hasher.
pub(super) struct Blocks<'scope, W> {
    output: W,
    block: Block,
    allocated: usize,
    to_hasher: SyncSender<Arc<Block>>,
    spare: Receiver<Block>,
    hasher: ScopedJoinHandle<'scope, Sha256>,
}

struct Block {
    bytes: Box<[u8]>,
    filled: usize,
}

impl<'scope, W: Write> Blocks<'scope, W> {
    pub(super) fn new<'env>(scope: &'scope Scope<'scope, 'env>, output: W) -> Self {
        let (to_hasher, blocks) = mpsc::sync_channel(BLOCKS);
        let (recycled, spare) = mpsc::channel();
        let hasher = scope.spawn(move || hash(&blocks, &recycled));
        Self {
            output,
            block: Block::new(),
            allocated: 1,
            to_hasher,
            spare,
            hasher,
        }
    }

    /// Copies from `source` without a stop in between.
    pub(super) fn splice(
        &mut self,
        source: &dyn ReadAt,
        mut offset: u64,
        mut bytes: u64,
    ) -> Result<(), CopyError> {
        while bytes > 0 {
            let room = self.room().map_err(CopyError::Write)?;
            let count = bytes.min(room.len() as u64);
            source
                .read_exact_at(&mut room[..count as usize], offset)
                .map_err(CopyError::Read)?;
            self.block.filled += count as usize;
            offset += count;
            bytes -= count;
        }
        Ok(())
    }

    /// Writes what is left and gives the digest of everything written.
    pub(super) fn finish(mut self) -> io::Result<Sha256> {
        self.hand_over()?;
        self.output.flush()?;
        drop(self.to_hasher);
        Ok(self.hasher.join().expect("hashing has no way to panic"))
    }

    /// The free part of the current block; never empty.
    fn room(&mut self) -> io::Result<&mut [u8]> {
        if self.block.filled == BLOCK_BYTES {
            self.hand_over()?;
            self.block = self.next_block();
        }
        Ok(&mut self.block.bytes[self.block.filled..])
    }

    /// Writes the current block while the hasher looks at it, and leaves none.
    fn hand_over(&mut self) -> io::Result<()> {
        let block = Arc::new(std::mem::replace(&mut self.block, Block::none()));
        self.to_hasher
            .send(Arc::clone(&block))
            .expect("the hasher listens until we are done");
        self.output.write_all(block.content())?;
        if let Some(block) = Arc::into_inner(block) {
            self.block = block;
        }
        Ok(())
    }

    fn next_block(&mut self) -> Block {
        let mut block = std::mem::replace(&mut self.block, Block::none());
        if block.bytes.is_empty() {
            block = match self.spare.try_recv() {
                Ok(block) => block,
                Err(_) if self.allocated < BLOCKS => {
                    self.allocated += 1;
                    Block::new()
                }
                Err(_) => self
                    .spare
                    .recv()
                    .expect("the hasher gives every block back"),
            };
        }
        block.filled = 0;
        block
    }
}

impl<W: Write> Write for Blocks<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.room()?;
        let count = bytes.len().min(room.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.block.filled += count;
        Ok(count)
    }

    /// Blocks go out when they are full, and at the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Block {
    fn new() -> Self {
        Self {
            bytes: vec![0; BLOCK_BYTES].into(),
            filled: 0,
        }
    }

    fn none() -> Self {
        Self {
            bytes: Box::default(),
            filled: 0,
        }
    }

    fn content(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

fn hash(blocks: &Receiver<Arc<Block>>, recycled: &Sender<Block>) -> Sha256 {
    let mut digest = sha2::Sha256::new();
    for block in blocks {
        digest.update(block.content());
        // Whoever lets go last keeps the block in use. Nobody wants it back at the very end.
        if let Some(block) = Arc::into_inner(block) {
            let _ = recycled.send(block);
        }
    }
    Sha256::new(digest.finalize().into())
}
