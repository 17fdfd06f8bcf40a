//! Writing below one directory, and nowhere else.
//!
//! The system is only ever given a directory that is open and one name without a `/`, and told
//! not to follow a link. Links on the way are read and followed here, as a program would see them
//! whose root this is: absolute ones begin at the root, and `..` ends there. So nothing that a
//! layer says can lead out, on any kernel and without a race. `openat2` would follow links just
//! so, but is not there before Linux 5.6 and makes no directories on the way.

use std::io;

use camino::Utf8Path;
use rustix::fd::OwnedFd;
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;

use super::directory::Directory;

/// As many as the kernel follows.
const LINK_LIMIT: usize = 40;

/// Every directory on the way is held open, and whoever removes a tree holds as many open again;
/// a process can usually have 1024 files open.
const DEPTH_LIMIT: usize = 200;

pub(super) const OPEN_DIRECTORY: OFlags = OFlags::DIRECTORY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// The directory that everything stays below.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) top: OwnedFd,
    /// Only the superuser may give files away.
    pub(super) keeps_owners: bool,
}

/// What becomes of a directory that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Make,
    Leave,
}

/// Why a directory could not be opened.
#[derive(Debug, Clone, Copy)]
pub(super) enum OpenError {
    NotADirectory,
    /// More than anybody follows.
    Links,
    Depth,
    System(Errno),
}

impl From<Errno> for OpenError {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}

impl Root {
    pub(super) fn open(path: &Utf8Path) -> io::Result<Self> {
        Ok(Self {
            top: rustix::fs::openat(CWD, path.as_str(), OPEN_DIRECTORY, Mode::empty())?,
            keeps_owners: rustix::process::geteuid().is_root(),
        })
    }

    /// Opens a directory by the parts of its name. `None` where it is not there and not made.
    pub(super) fn enter(
        &self,
        parts: &[&[u8]],
        missing: Missing,
    ) -> Result<Option<Directory<'_>>, OpenError> {
        let mut here = Directory::top(self);
        let mut links = 0;
        let mut ahead: Vec<Vec<u8>> = parts.iter().rev().map(|part| part.to_vec()).collect();
        while let Some(part) = ahead.pop() {
            match part.as_slice() {
                b"" | b"." => continue,
                b".." => {
                    here.below.pop();
                    continue;
                }
                _ => {}
            }
            match rustix::fs::openat(&here, &*part, OPEN_DIRECTORY, Mode::empty()) {
                Ok(directory) => here.below.push(directory),
                Err(Errno::NOENT) if missing == Missing::Make => {
                    let directory = here.make(&part)?;
                    rustix::fs::fchmod(&directory, Mode::from_raw_mode(0o755))?;
                    here.below.push(directory);
                }
                Err(Errno::NOENT) => return Ok(None),
                Err(Errno::LOOP | Errno::NOTDIR) => {
                    links += 1;
                    if links > LINK_LIMIT {
                        return Err(OpenError::Links);
                    }
                    let target = match rustix::fs::readlinkat(&here, &*part, Vec::new()) {
                        Ok(target) => target.into_bytes(),
                        Err(Errno::INVAL) => return Err(OpenError::NotADirectory),
                        Err(error) => return Err(error.into()),
                    };
                    if target.starts_with(b"/") {
                        here.below.clear();
                    }
                    let parts = target.split(|byte| *byte == b'/').rev();
                    ahead.extend(parts.map(<[u8]>::to_vec));
                }
                Err(error) => return Err(error.into()),
            }
            if here.below.len() > DEPTH_LIMIT {
                return Err(OpenError::Depth);
            }
        }
        Ok(Some(here))
    }
}
