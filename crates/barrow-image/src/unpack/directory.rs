//! What is done in one directory of the root, by names that have no `/`.

use std::fs::File;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, Dir, FileType, Gid, Mode, OFlags, Stat, Timespec, Timestamps, UTIME_OMIT, Uid,
};
use rustix::io::Errno;

use super::root::{OPEN_DIRECTORY, Root};

/// Setuid and setgid are left out: nobody is to gain anything by a file of an image.
const FILE_MODE: u32 = 0o777;

/// The sticky bit stays.
const DIRECTORY_MODE: u32 = 0o1777;

/// The owner can always enter and empty a directory, so that an image can be removed.
const OWNER_MODE: u32 = 0o700;

/// What an entry says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) mode: u32,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) modified_seconds: i64,
}

/// A directory in the root, and those that lead to it.
#[derive(Debug)]
pub(super) struct Directory<'r> {
    root: &'r Root,
    pub(super) below: Vec<OwnedFd>,
}

impl AsFd for Directory<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.below.last().unwrap_or(&self.root.top).as_fd()
    }
}

impl<'r> Directory<'r> {
    pub(super) fn top(root: &'r Root) -> Self {
        Self {
            root,
            below: Vec::new(),
        }
    }

    /// What has this name, a link as such.
    pub(super) fn look(&self, name: &[u8]) -> rustix::io::Result<Option<Stat>> {
        match rustix::fs::statat(self, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes whatever has this name, with all that is below it.
    pub(super) fn clear(&self, name: &[u8]) -> rustix::io::Result<()> {
        match self.look(name)? {
            Some(stat) if is_directory(&stat) => remove_tree(self.as_fd(), name),
            Some(_) => rustix::fs::unlinkat(self, name, AtFlags::empty()),
            None => Ok(()),
        }
    }

    /// Removes all that is in this directory.
    pub(super) fn empty(&self) -> rustix::io::Result<()> {
        remove_children(self.as_fd())
    }

    /// Makes a directory, or takes the one that is there.
    pub(super) fn put_directory(
        &self,
        name: &[u8],
        attributes: &Attributes,
    ) -> rustix::io::Result<()> {
        let directory = if self.look(name)?.is_some_and(|stat| is_directory(&stat)) {
            rustix::fs::openat(self, name, OPEN_DIRECTORY, Mode::empty())?
        } else {
            self.clear(name)?;
            self.make(name)?
        };
        self.give(directory, attributes, directory_mode(attributes))
    }

    /// A new directory; only its owner can enter it yet.
    pub(super) fn make(&self, name: &[u8]) -> rustix::io::Result<OwnedFd> {
        rustix::fs::mkdirat(self, name, Mode::from_raw_mode(OWNER_MODE))?;
        rustix::fs::openat(self, name, OPEN_DIRECTORY, Mode::empty())
    }

    /// Gives this directory the attributes.
    pub(super) fn become_like(&self, attributes: &Attributes) -> rustix::io::Result<()> {
        self.give(self, attributes, directory_mode(attributes))
    }

    /// A new file in place of whatever has this name; only its owner can read it yet.
    pub(super) fn create(&self, name: &[u8]) -> rustix::io::Result<File> {
        self.clear(name)?;
        let flags =
            OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(self, name, flags, Mode::from_raw_mode(0o600)).map(File::from)
    }

    /// Gives a file the attributes once it is written. Bytecode is only used where its source
    /// has the time that it was compiled from.
    pub(super) fn seal(&self, file: &File, attributes: &Attributes) -> rustix::io::Result<()> {
        let times = Timestamps {
            last_access: Timespec {
                tv_sec: 0,
                tv_nsec: UTIME_OMIT,
            },
            last_modification: Timespec {
                tv_sec: attributes.modified_seconds.clamp(0, u32::MAX.into()),
                tv_nsec: 0,
            },
        };
        rustix::fs::futimens(file, &times)?;
        self.give(file, attributes, attributes.mode & FILE_MODE)
    }

    pub(super) fn put_link(
        &self,
        name: &[u8],
        target: &[u8],
        attributes: &Attributes,
    ) -> rustix::io::Result<()> {
        self.clear(name)?;
        rustix::fs::symlinkat(target, self, name)?;
        if self.root.keeps_owners {
            let (uid, gid) = attributes.owner();
            let flags = AtFlags::SYMLINK_NOFOLLOW;
            tolerant(rustix::fs::chownat(self, name, uid, gid, flags))?;
        }
        Ok(())
    }

    /// A second name for a file. The file itself, were it a link, and not what it leads to.
    pub(super) fn put_hard_link(
        &self,
        name: &[u8],
        from: &Directory<'_>,
        from_name: &[u8],
    ) -> rustix::io::Result<()> {
        self.clear(name)?;
        rustix::fs::linkat(from, from_name, self, name, AtFlags::empty())
    }

    fn give(&self, file: impl AsFd, attributes: &Attributes, mode: u32) -> rustix::io::Result<()> {
        if self.root.keeps_owners {
            // Changes the mode too, so it comes first.
            let (uid, gid) = attributes.owner();
            tolerant(rustix::fs::fchown(&file, uid, gid))?;
        }
        rustix::fs::fchmod(file, Mode::from_raw_mode(mode))
    }
}

impl Attributes {
    /// `-1` would mean to leave the owner as it is.
    fn owner(&self) -> (Option<Uid>, Option<Gid>) {
        let id = |id: u64| u32::try_from(id).ok().filter(|id| *id != u32::MAX);
        (
            id(self.uid).map(Uid::from_raw),
            id(self.gid).map(Gid::from_raw),
        )
    }
}

pub(super) fn is_directory(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Directory
}

fn directory_mode(attributes: &Attributes) -> u32 {
    attributes.mode & DIRECTORY_MODE | OWNER_MODE
}

/// The superuser of a user namespace has few users to give files to.
fn tolerant(result: rustix::io::Result<()>) -> rustix::io::Result<()> {
    match result {
        Err(Errno::PERM | Errno::INVAL) => Ok(()),
        result => result,
    }
}

fn remove_tree(parent: BorrowedFd<'_>, name: &[u8]) -> rustix::io::Result<()> {
    let directory = rustix::fs::openat(parent, name, OPEN_DIRECTORY, Mode::empty())?;
    remove_children(directory.as_fd())?;
    rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR)
}

fn remove_children(directory: BorrowedFd<'_>) -> rustix::io::Result<()> {
    let names = Dir::read_from(directory)?
        .map(|entry| entry.map(|entry| entry.file_name().to_bytes().to_vec()))
        .collect::<rustix::io::Result<Vec<_>>>()?;
    for name in names {
        if matches!(name.as_slice(), b"." | b"..") {
            continue;
        }
        let stat = rustix::fs::statat(directory, &*name, AtFlags::SYMLINK_NOFOLLOW)?;
        if is_directory(&stat) {
            remove_tree(directory, &name)?;
        } else {
            rustix::fs::unlinkat(directory, &*name, AtFlags::empty())?;
        }
    }
    Ok(())
}
