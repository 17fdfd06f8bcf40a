//! Layers on top of each other, in one root file system.
//!
//! What a layer says is taken as an overlay would: a directory on a directory is one directory,
//! anything else takes the place of what was there. A layer is read twice, first for what it hides
//! and then for what it brings, because whiteouts only concern the layers below, wherever in the
//! archive they stand. The lowest layer hides nothing.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write as _};

use camino::Utf8Path;

mod allowance;
mod archive;
mod decompress;
mod directory;
mod error;
mod name;
mod root;
#[cfg(test)]
mod tests;

pub(crate) use allowance::Amount;
pub use error::UnpackError;

use crate::error::shown;
use allowance::{Meter, Metered};
use archive::{Entry, Kind};
use directory::{Directory, is_directory};
use name::Whiteout;
use root::{Missing, Root};

const BUFFER_BYTES: usize = 128 << 10;

/// Unpacks layers, from the lowest to the highest.
#[derive(Debug)]
pub(crate) struct Unpacker {
    root: Root,
    limit: Amount,
    used: Amount,
    is_empty: bool,
    buffer: Vec<u8>,
}

impl Unpacker {
    /// `rootfs` is a directory that is there, and empty.
    pub(crate) fn new(rootfs: &Utf8Path, limit: Amount) -> io::Result<Self> {
        Ok(Self {
            root: Root::open(rootfs)?,
            limit,
            used: Amount::default(),
            is_empty: true,
            buffer: vec![0; BUFFER_BYTES],
        })
    }

    /// What the layers held so far.
    pub(crate) fn used(&self) -> Amount {
        self.used
    }

    /// Adds a layer. Ends early, with an error, when `stop` says so.
    pub(crate) fn add(
        &mut self,
        mut layer: File,
        stop: &dyn Fn() -> bool,
    ) -> Result<(), UnpackError> {
        if !self.is_empty {
            let again = layer.try_clone().map_err(UnpackError::damaged)?;
            let meter = Meter::new(self.used, self.limit, stop);
            each_entry(again, meter, &mut |entry, _| hide(&self.root, entry))?;
            layer.rewind().map_err(UnpackError::damaged)?;
        }
        self.is_empty = false;
        let meter = Meter::new(self.used, self.limit, stop);
        self.used = each_entry(layer, meter, &mut |entry, content| {
            put(&self.root, entry, content, &mut self.buffer)
        })?;
        Ok(())
    }
}

/// Reads a layer to its end: checksums of compressed bytes stand there. What was used then.
fn each_entry(
    layer: File,
    meter: Meter<'_>,
    visit: &mut dyn FnMut(&Entry, &mut dyn Read) -> Result<(), UnpackError>,
) -> Result<Amount, UnpackError> {
    let mut source = Metered {
        source: decompress::open(layer).map_err(UnpackError::damaged)?,
        meter: &meter,
    };
    let read = archive::read(&mut source, &mut |entry, content| {
        meter.begin(entry)?;
        visit(entry, content)
    });
    let rest =
        read.and_then(|()| io::copy(&mut source, &mut io::sink()).map_err(UnpackError::damaged));
    let used = meter.used.get();
    match (rest, meter.refusal()) {
        (Ok(_), _) => Ok(used),
        // What the meter refuses looks like damage from outside.
        (Err(_), Some(refusal)) => Err(refusal),
        (Err(error), None) => Err(error),
    }
}

/// Removes what the entry hides from the layers below.
fn hide(root: &Root, entry: &Entry) -> Result<(), UnpackError> {
    let parts = name::parts(&entry.name)?;
    let Some((last, parents)) = parts.split_last() else {
        return Ok(());
    };
    let Some(whiteout) = name::whiteout(last)? else {
        return Ok(());
    };
    let directory = match root.enter(parents, Missing::Leave) {
        Ok(Some(directory)) => directory,
        // Nothing is there to be hidden.
        Ok(None) | Err(root::OpenError::NotADirectory) => return Ok(()),
        Err(error) => return Err(UnpackError::open(&entry.name, error)),
    };
    match whiteout {
        Whiteout::Of(hidden) => directory.clear(hidden),
        Whiteout::Opaque => directory.empty(),
        Whiteout::Ignored => Ok(()),
    }
    .map_err(|error| UnpackError::write(&entry.name, error))
}

/// Puts what the entry brings into the root.
fn put(
    root: &Root,
    entry: &Entry,
    content: &mut dyn Read,
    buffer: &mut [u8],
) -> Result<(), UnpackError> {
    let parts = name::parts(&entry.name)?;
    if name::is_whiteout(&parts) || entry.kind == Kind::Special {
        return Ok(());
    }
    let failed = |error: rustix::io::Errno| UnpackError::write(&entry.name, error);
    let parents = &parts[..parts.len().saturating_sub(1)];
    let directory = root.enter(parents, Missing::Make);
    let directory = directory.map_err(|error| UnpackError::open(&entry.name, error))?;
    let directory = directory.expect("what is missing was made");
    let Some(last) = parts.last() else {
        return match entry.kind {
            Kind::Directory => directory.become_like(&entry.attributes).map_err(failed),
            _ => Err(UnpackError::entry(&entry.name, "would be all of the image")),
        };
    };
    match &entry.kind {
        Kind::Directory => directory
            .put_directory(last, &entry.attributes)
            .map_err(failed),
        Kind::File => {
            let file = directory.create(last).map_err(failed)?;
            copy(entry, content, &file, buffer)?;
            directory.seal(&file, &entry.attributes).map_err(failed)
        }
        Kind::Link { target } if target.is_empty() || target.contains(&0) => Err(
            UnpackError::entry(&entry.name, "is a link to what is no name"),
        ),
        Kind::Link { target } => directory
            .put_link(last, target, &entry.attributes)
            .map_err(failed),
        Kind::HardLink { target } => put_hard_link(root, entry, &directory, last, target),
        Kind::Special => Ok(()),
    }
}

fn put_hard_link(
    root: &Root,
    entry: &Entry,
    directory: &Directory<'_>,
    last: &[u8],
    target: &[u8],
) -> Result<(), UnpackError> {
    let failed = |error: rustix::io::Errno| UnpackError::write(&entry.name, error);
    let missing = || {
        let target = shown(target);
        UnpackError::entry(
            &entry.name,
            format!("is a hard link to `{target}`, which is no file of the image"),
        )
    };
    let parts = name::parts(target)?;
    let (from_name, parents) = parts.split_last().ok_or_else(missing)?;
    let from = match root.enter(parents, Missing::Leave) {
        Ok(from) => from.ok_or_else(missing)?,
        Err(root::OpenError::NotADirectory) => return Err(missing()),
        Err(error) => return Err(UnpackError::open(&entry.name, error)),
    };
    let found = from.look(from_name).map_err(failed)?;
    let found = found
        .filter(|stat| !is_directory(stat))
        .ok_or_else(missing)?;
    let there = directory.look(last).map_err(failed)?;
    // A link to itself would lose what it is to keep.
    if there.is_some_and(|there| (there.st_dev, there.st_ino) == (found.st_dev, found.st_ino)) {
        return Ok(());
    }
    directory
        .put_hard_link(last, &from, from_name)
        .map_err(failed)
}

/// Copies the content, and keeps apart what the layer and what the disk is to blame for.
fn copy(
    entry: &Entry,
    content: &mut dyn Read,
    mut file: &File,
    buffer: &mut [u8],
) -> Result<(), UnpackError> {
    let mut left_bytes = entry.bytes;
    while left_bytes > 0 {
        let count = match content.read(buffer) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result,
        };
        let count = count.map_err(UnpackError::damaged)?;
        file.write_all(&buffer[..count])
            .map_err(|error| UnpackError::write(&entry.name, error))?;
        left_bytes -= count as u64;
    }
    Ok(())
}
