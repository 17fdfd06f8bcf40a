//! Packages as directories: unpacked once, kept by digest, shown to functions read-only.
//!
//! Lambda extracts a package with the modes that it has, as another user than the function's. What
//! the function could not read there, it cannot read here.

pub mod shelf;

use std::collections::HashSet;
use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};

use barrow_core::zip::{
    CheckZipError, Directory, Entry, InflateError, Inflater, ReadZipError, Span,
};
use barrow_model::{EntryPath, Explain, Fault, Sha256};
use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use sha2::Digest as _;

/// Where trees are kept, below the cache.
pub const FOLDER: &str = "trees";

/// Changes when the same packages would give other trees.
const GENERATION: u8 = 1;

/// A package, known by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub path: Utf8PathBuf,
    pub sha256: Sha256,
}

impl Package {
    /// Reads all of it. Whoever has just made a package knows its digest already.
    pub fn read(path: Utf8PathBuf) -> Result<Self, UnpackError> {
        let hashed = || -> io::Result<Sha256> {
            let mut hasher = sha2::Sha256::new();
            let mut file = File::open(&path)?;
            let mut bytes = vec![0; 256 << 10];
            loop {
                match file.read(&mut bytes)? {
                    0 => return Ok(Sha256::new(hasher.finalize().into())),
                    count => hasher.update(&bytes[..count]),
                }
            }
        };
        match hashed() {
            Ok(sha256) => Ok(Self { path, sha256 }),
            Err(source) => Err(UnpackError::Open {
                package: path,
                source,
            }),
        }
    }
}

/// Why a package could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("cannot read `{package}`")]
    Open {
        package: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{package}` is not a zip that can be read")]
    Directory {
        package: Utf8PathBuf,
        source: ReadZipError,
    },
    #[error("`{package}` is not a zip that every reader reads alike")]
    Spans {
        package: Utf8PathBuf,
        source: CheckZipError,
    },
    #[error("`{package}` has `{entry}`, which {why}")]
    Entry {
        package: Utf8PathBuf,
        entry: String,
        why: String,
    },
    #[error("`{package}` has `{entry}`, whose data is damaged")]
    Inflate {
        package: Utf8PathBuf,
        entry: String,
        source: InflateError,
    },
    #[error("cannot write `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

impl Explain for UnpackError {
    fn fault(&self) -> Fault {
        match self {
            Self::Open { .. } | Self::Write { .. } => Fault::Machine,
            _ => Fault::Input,
        }
    }
}

/// The directory that has what these packages have, the later ones over the earlier ones.
///
/// `identity_differs` says whether the function's user is another than ours. Where it is not, we
/// own what it must not be able to read, so that is taken from the owner too.
pub fn unpacked(
    packages: &[Package],
    cache: &Utf8Path,
    identity_differs: bool,
) -> Result<Utf8PathBuf, UnpackError> {
    let mut name = sha2::Sha256::new();
    name.update([GENERATION, u8::from(identity_differs)]);
    for package in packages {
        name.update(package.sha256.as_bytes());
    }
    let name = Sha256::new(name.finalize().into()).to_hex();
    let folder = cache.join(FOLDER);
    let tree = folder.join(&name);
    if tree.is_dir() {
        shelf::touch(&tree);
        return Ok(tree);
    }
    let write = |path: &Utf8Path| {
        let path = path.to_owned();
        |source| UnpackError::Write { path, source }
    };
    fs::create_dir_all(&folder).map_err(write(&folder))?;
    let new = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(&folder)
        .map_err(write(&folder))?;
    let root = Utf8Path::from_path(new.path()).expect("our folder has a name in UTF-8");
    for package in packages {
        Unpacking {
            package: &package.path,
            root,
            identity_differs,
        }
        .unpack()?;
    }
    fs::set_permissions(root, Permissions::from_mode(0o755)).map_err(write(root))?;
    match fs::rename(root, &tree) {
        // Its guard has nothing left to remove.
        Ok(()) => drop(new.keep()),
        // Another process was quicker; its tree is the same.
        Err(_) if tree.is_dir() => {}
        Err(source) => return Err(write(&tree)(source)),
    }
    Ok(tree)
}

/// Unpacks a package of ours into a new directory, to be read by everyone.
pub fn unpack(package: &Utf8Path, root: &Utf8Path) -> Result<(), UnpackError> {
    fs::create_dir_all(root).map_err(|source| UnpackError::Write {
        path: root.to_owned(),
        source,
    })?;
    Unpacking {
        package,
        root,
        identity_differs: true,
    }
    .unpack()
}

/// One package on its way into a directory that is ours alone.
struct Unpacking<'a> {
    package: &'a Utf8Path,
    root: &'a Utf8Path,
    identity_differs: bool,
}

impl Unpacking<'_> {
    fn unpack(&self) -> Result<(), UnpackError> {
        let package = || self.package.to_owned();
        let file = File::open(self.package).map_err(|source| UnpackError::Open {
            package: package(),
            source,
        })?;
        let directory = Directory::read(&file).map_err(|source| UnpackError::Directory {
            package: package(),
            source,
        })?;
        let spans = directory
            .spans(&file)
            .map_err(|source| UnpackError::Spans {
                package: package(),
                source,
            })?;
        let members = self.members(directory.entries(), spans)?;
        self.make_folders(&members)?;

        let (links, files): (Vec<_>, Vec<_>) =
            members.iter().partition(|member| member.entry.is_symlink());
        files
            .par_iter()
            .filter(|member| !member.entry.is_dir())
            .try_for_each_init(Inflater::new, |inflater, member| {
                self.write(member, &file, inflater)
            })?;
        // Last, so that nothing is written through one.
        let mut inflater = Inflater::new();
        for member in links {
            self.link(member, &file, &mut inflater)?;
        }
        self.set_folder_modes(&members)
    }

    /// Every entry with its place; whatever has none is refused.
    fn members<'e>(
        &self,
        entries: &'e [Entry],
        spans: Vec<Span>,
    ) -> Result<Vec<Member<'e>>, UnpackError> {
        let mut members = Vec::with_capacity(entries.len());
        for (entry, span) in entries.iter().zip(spans) {
            let name = entry.name.trim_end_matches('/');
            let path = EntryPath::parse(name).map_err(|error| self.refused(entry, error))?;
            members.push(Member { entry, span, path });
        }
        Ok(members)
    }

    fn make_folders(&self, members: &[Member<'_>]) -> Result<(), UnpackError> {
        let mut made = HashSet::new();
        for member in members {
            let path = self.root.join(member.path.as_str());
            let folder = if member.entry.is_dir() {
                path.as_path()
            } else {
                path.parent().unwrap_or(self.root)
            };
            if made.insert(folder.to_owned()) {
                fs::create_dir_all(folder).map_err(|source| {
                    // A name that is a file and a folder.
                    self.refused(member.entry, format!("cannot be made: {source}"))
                })?;
            }
        }
        Ok(())
    }

    fn write(
        &self,
        member: &Member<'_>,
        source: &File,
        inflater: &mut Inflater,
    ) -> Result<(), UnpackError> {
        let path = self.root.join(member.path.as_str());
        let failed = |source| UnpackError::Write {
            path: path.clone(),
            source,
        };
        // A layer below may have the same name.
        match fs::symlink_metadata(&path) {
            Ok(metadata) if !metadata.is_dir() => fs::remove_file(&path).map_err(failed)?,
            _ => {}
        }
        let mut file = io::BufWriter::new(File::create_new(&path).map_err(failed)?);
        let mut written = Ok(());
        inflater
            .copy_verified(source, &member.span, &mut |bytes| {
                if written.is_ok() {
                    written = file.write_all(bytes);
                }
            })
            .map_err(|source| self.damaged(member.entry, source))?;
        written.map_err(failed)?;
        let file = file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        file.set_permissions(Permissions::from_mode(self.mode(member, 0o644)))
            .map_err(failed)
    }

    fn link(
        &self,
        member: &Member<'_>,
        source: &File,
        inflater: &mut Inflater,
    ) -> Result<(), UnpackError> {
        let mut target = Vec::new();
        inflater
            .copy_verified(source, &member.span, &mut |bytes| {
                target.extend_from_slice(bytes);
            })
            .map_err(|source| self.damaged(member.entry, source))?;
        let target = String::from_utf8(target)
            .map_err(|_| self.refused(member.entry, "is a link to a name that is not UTF-8"))?;
        let path = self.root.join(member.path.as_str());
        let _ = fs::remove_file(&path);
        symlink(target, &path).map_err(|source| UnpackError::Write { path, source })
    }

    /// Innermost first: afterwards we may not be able to enter some of them ourselves.
    fn set_folder_modes(&self, members: &[Member<'_>]) -> Result<(), UnpackError> {
        let mut folders: Vec<&Member<'_>> = members
            .iter()
            .filter(|member| member.entry.is_dir())
            .collect();
        folders.sort_by_key(|member| std::cmp::Reverse(member.path.as_str().len()));
        for member in folders {
            let path = self.root.join(member.path.as_str());
            fs::set_permissions(&path, Permissions::from_mode(self.mode(member, 0o755)))
                .map_err(|source| UnpackError::Write { path, source })?;
        }
        Ok(())
    }

    /// What the entry says, else what Lambda gives.
    fn mode(&self, member: &Member<'_>, usual: u32) -> u32 {
        let mode = match member.entry.unix_mode() {
            None | Some(0) => usual,
            Some(mode) => mode & 0o777,
        };
        if self.identity_differs {
            return mode;
        }
        // The function's user is the owner here, and must not be able to do more than others.
        let of_others = mode & 0o007;
        mode & (0o077 | of_others << 6)
    }

    fn refused(&self, entry: &Entry, why: impl std::fmt::Display) -> UnpackError {
        UnpackError::Entry {
            package: self.package.to_owned(),
            entry: entry.label(),
            why: format!("cannot be unpacked: {why}"),
        }
    }

    fn damaged(&self, entry: &Entry, source: InflateError) -> UnpackError {
        UnpackError::Inflate {
            package: self.package.to_owned(),
            entry: entry.label(),
            source,
        }
    }
}

/// An entry of a package, and where it goes.
struct Member<'e> {
    entry: &'e Entry,
    span: Span,
    path: EntryPath,
}
