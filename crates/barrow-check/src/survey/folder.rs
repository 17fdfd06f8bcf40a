//! Surveys a folder on disk, or an installed environment.
//!
//! A folder is seen as a zip of it would be, with links that stay links. Of a virtual environment
//! the package is what is installed in it.

use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use barrow_core::ReadAt;
use barrow_core::zip::name::label;
use barrow_model::{EntryPath, Target};
use rayon::prelude::*;

use super::flaw::{Excess, Flaw, Oddity};
use super::zip::ENTRIES_LIMIT;
use super::{FILES_AT_ONCE, content, environment, links};
use crate::facts::Known;
use crate::package::{File, Folder, Form, Kind, Package};
use crate::scene::Scene;

/// Reads all of a folder, on every core that rayon's pool has. Fails only where the folder itself
/// cannot be listed; files that cannot be read are flaws.
pub fn survey_folder(name: String, kind: Kind, root: &Path, target: Target) -> io::Result<Package> {
    let mut found = Found::default();
    match environment::roots(root)? {
        Some(roots) => {
            // Of two with one path, the later stays.
            for root in roots.into_iter().rev() {
                found.take_all(&root, environment::belongs)?;
            }
        }
        None => found.take_all(root, |_| true)?,
    }
    let files = found.files.into_par_iter().with_max_len(FILES_AT_ONCE);
    let read = files.map(|file| file.read(target));
    let mut files = Vec::new();
    for (file, flaw) in read.collect::<Vec<_>>() {
        files.push(file);
        found.flaws.extend(flaw);
    }
    let package = Package::new(name, kind, Form::Folder, files, found.folders, found.flaws);
    let mount = Scene::mount(&package);
    let targets = found
        .links
        .into_iter()
        .map(|link| link.on_lambda(mount))
        .collect();
    Ok(links::follow(package, targets))
}

/// What lies under one or more roots, not yet read.
#[derive(Default)]
struct Found {
    files: Vec<Unread>,
    folders: Vec<Folder>,
    links: Vec<FoundLink>,
    flaws: Vec<Flaw>,
}

struct Unread {
    path: EntryPath,
    place: PathBuf,
    metadata: Metadata,
}

struct FoundLink {
    path: EntryPath,
    target: PathBuf,
    /// The root that it lies under.
    root: PathBuf,
}

impl Found {
    /// Takes what is under `root` and `belongs`, by its path from there.
    fn take_all(&mut self, root: &Path, belongs: fn(&str) -> bool) -> io::Result<()> {
        let mut open = vec![(String::new(), fs::read_dir(root)?)];
        while let Some((folder, mut entries)) = open.pop() {
            let Some(entry) = entries.next() else {
                continue;
            };
            let inner = entry.and_then(|entry| self.take(root, &folder, &entry, belongs));
            open.push((folder, entries));
            match inner {
                Ok(Some(inner)) => open.push(inner),
                Ok(None) => {}
                Err(source) => {
                    let (folder, _) = open.last().expect("pushed above");
                    let name = label(folder);
                    self.flaws.push(Flaw::Closed { name, source });
                }
            }
            let count = self.files.len() + self.folders.len() + self.links.len();
            if count > ENTRIES_LIMIT {
                let limit = ENTRIES_LIMIT;
                let excess = Excess::Entries { count, limit };
                self.flaws.push(Flaw::Excessive(excess));
                self.files.clear();
                return Ok(());
            }
        }
        Ok(())
    }

    /// Takes one entry of `folder`. Gives its own entries, where it is a folder.
    fn take(
        &mut self,
        root: &Path,
        folder: &str,
        entry: &DirEntry,
        belongs: fn(&str) -> bool,
    ) -> io::Result<Option<(String, fs::ReadDir)>> {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        let path = match folder {
            "" => text.clone().into_owned(),
            folder => format!("{folder}/{text}"),
        };
        if !belongs(&path) {
            return Ok(None);
        }
        if name.to_str().is_none() {
            self.flaws.push(Flaw::Odd {
                name: label(&path),
                oddity: Oddity::UnknownName,
            });
        }
        let parsed = match EntryPath::parse(&path) {
            Ok(parsed) => parsed,
            Err(source) => {
                self.flaws.push(Flaw::Name {
                    name: label(&path),
                    source,
                    meant: None,
                });
                return Ok(None);
            }
        };
        let (place, metadata) = (entry.path(), entry.metadata()?);
        if metadata.is_symlink() {
            self.links.push(FoundLink {
                path: parsed,
                target: fs::read_link(&place)?,
                root: root.to_owned(),
            });
        } else if metadata.is_dir() {
            let mode = mode(&metadata);
            self.folders.push(Folder { path: parsed, mode });
            return Ok(Some((path, fs::read_dir(&place)?)));
        } else if metadata.is_file() {
            self.files.push(Unread {
                path: parsed,
                place,
                metadata,
            });
        } else {
            self.flaws.push(Flaw::Odd {
                name: label(&path),
                oddity: Oddity::SpecialFile,
            });
        }
        Ok(None)
    }
}

impl Unread {
    fn read(self, target: Target) -> (File, Option<Flaw>) {
        let bytes = self.metadata.len();
        let read = fs::File::open(&self.place)
            .and_then(|file| content::read_plain(&file as &dyn ReadAt, bytes, &self.path, target));
        let (known, flaw) = match read {
            Ok(known) => (known, None),
            Err(source) => {
                let name = label(self.path.as_str());
                (Known::default(), Some(Flaw::Closed { name, source }))
            }
        };
        let file = File {
            path: self.path,
            unzipped_bytes: bytes,
            zipped_bytes: bytes,
            mode: mode(&self.metadata),
            modified: modified(&self.metadata),
            facts: known.facts,
            secrets: known.secrets,
        };
        (file, flaw)
    }
}

impl FoundLink {
    /// The link as it would be, were its root unpacked at `mount`.
    fn on_lambda(self, mount: &str) -> (EntryPath, String) {
        let target = match self.target.strip_prefix(&self.root) {
            Ok(inside) => Path::new(mount).join(inside),
            Err(_) => self.target,
        };
        (self.path, target.to_string_lossy().into_owned())
    }
}

fn modified(metadata: &Metadata) -> Option<i64> {
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no modes")]
fn mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Some(metadata.mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> Option<u32> {
    None
}
