//! From a surveyed zip to the plan of a better one.

use std::collections::BTreeMap;
use std::sync::Arc;

use barrow_core::plan::{Content, PlannedEntry, Source, WheelId};
use barrow_core::zip::{Directory, DosTime, Span};
use barrow_core::{Plan, ReadAt};
use barrow_model::{EntryPath, Target};

use super::error::FixError;
use super::mend::Mend;
use super::obstacle;
use crate::bytecode::{Location, locate};
use crate::checks::program_without_x;
use crate::facts::Facts;
use crate::facts::bytecode::{self, Bytecode, Validity};
use crate::layout::{self, Wrapping};
use crate::link::Leads;
use crate::package::{File, Form, Package};
use crate::survey::Flaw;
use crate::survey::flaw::Oddity;
use crate::survey::name::Named;

/// The only archive that takes part.
const OLD: WheelId = WheelId(0);

/// A better package, not yet written.
pub struct Fix {
    pub(super) package: String,
    pub(super) source: Arc<dyn ReadAt>,
    pub(super) plan: Plan,
    pub(super) timestamp: DosTime,
    mends: Vec<Mend>,
}

impl Fix {
    /// `source` is what `package` was surveyed from. Every file of the new package gets the same
    /// time, `timestamp`.
    pub fn new(
        package: &Package,
        source: Arc<dyn ReadAt>,
        target: Target,
        handler: Option<&str>,
        timestamp: DosTime,
    ) -> Result<Self, FixError> {
        let name = || package.name.clone();
        if !matches!(package.form, Form::Zip { .. }) {
            return Err(FixError::NoZip { package: name() });
        }
        let obstacles = obstacle::all(package);
        if !obstacles.is_empty() {
            return Err(FixError::Unmendable {
                package: name(),
                obstacles,
            });
        }
        let directory = Directory::read(&*source).map_err(|source| FixError::Read {
            package: name(),
            source,
        })?;
        let mut mender = Mender {
            package,
            target,
            timestamp,
            unwrapped: match layout::wrapping(package, handler) {
                Some(Wrapping::Certain(folder)) => Some(format!("{folder}/")),
                Some(Wrapping::Likely(_)) | None => None,
            },
            mends: Vec::new(),
        };
        mender.of_archive(&directory);
        let spans = mender.take_entries(&directory, &*source);
        let plan = mender.plan(&spans);
        Ok(Self {
            package: name(),
            source,
            plan,
            timestamp,
            mends: mender.mends,
        })
    }

    /// What the new package has otherwise. Besides, all its files have one time, their records no
    /// comments and no extra fields, and they are in order.
    pub fn mends(&self) -> &[Mend] {
        &self.mends
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}

impl std::fmt::Debug for Fix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fix")
            .field("package", &self.package)
            .field("mends", &self.mends)
            .finish_non_exhaustive()
    }
}

struct Mender<'p> {
    package: &'p Package,
    target: Target,
    timestamp: DosTime,
    /// With a slash behind it.
    unwrapped: Option<String>,
    mends: Vec<Mend>,
}

impl Mender<'_> {
    /// What is mended by writing an archive anew.
    fn of_archive(&mut self, directory: &Directory) {
        let bytes = directory.prepended_bytes() + directory.end().trailing_bytes;
        if bytes > 0 {
            self.mends.push(Mend::Around { bytes });
        }
        for oddity in [
            Oddity::OverstatedVersion,
            Oddity::StoredStream,
            Oddity::NeedlessZip64,
            Oddity::UnmarkedName,
            Oddity::UnknownName,
        ] {
            match self.package.odd(oddity).len() {
                0 => {}
                files => self.mends.push(Mend::Records { oddity, files }),
            }
        }
        self.mends
            .extend(self.package.flaws.iter().filter_map(|flaw| match flaw {
                Flaw::Name {
                    name,
                    meant: Some(path),
                    ..
                } => Some(Mend::Renamed {
                    from: name.clone(),
                    to: path.clone(),
                }),
                Flaw::NeedlessZip64End => Some(Mend::Zip64End),
                _ => None,
            }));
        match directory
            .entries()
            .iter()
            .filter(|entry| entry.is_dir())
            .count()
        {
            0 => {}
            dropped => self.mends.push(Mend::Folders { dropped }),
        }
    }

    /// Where each file's data lies, by the path under which it was surveyed.
    fn take_entries(
        &mut self,
        directory: &Directory,
        source: &dyn ReadAt,
    ) -> BTreeMap<EntryPath, Span> {
        let examination = directory.examine(source);
        let mut spans = BTreeMap::new();
        let mut repeated: BTreeMap<EntryPath, usize> = BTreeMap::new();
        for (entry, span) in directory.entries().iter().zip(examination.spans) {
            let named = Named::of(entry);
            let (Some(path), Some(span), false) = (named.path, span, named.is_folder) else {
                continue;
            };
            if spans.insert(path.clone(), span).is_some() {
                *repeated.entry(path).or_default() += 1;
            }
        }
        let repeated = repeated.into_iter();
        self.mends
            .extend(repeated.map(|(path, dropped)| Mend::Duplicate { path, dropped }));
        spans
    }

    fn plan(&mut self, spans: &BTreeMap<EntryPath, Span>) -> Plan {
        let mut entries = Vec::new();
        let mut unwrapped = 0;
        for file in self.package.files() {
            let Some(span) = self.span(file, spans) else {
                continue;
            };
            if self.is_useless_bytecode(file) {
                let path = file.path.clone();
                self.mends.push(Mend::Bytecode { path });
                continue;
            }
            let mut path = file.path.clone();
            if let Some(folder) = &self.unwrapped
                && let Some(inside) = path.as_str().strip_prefix(folder.as_str())
                && let Ok(inside) = EntryPath::parse(inside)
            {
                path = inside;
                unwrapped += 1;
            }
            let executable = self.mend_mode(file, &path);
            entries.push(PlannedEntry {
                path,
                source: Source::Wheel(OLD),
                executable,
                content: Content::Spliced { wheel: OLD, span },
            });
        }
        if let Some(folder) = &self.unwrapped {
            let folder = folder.trim_end_matches('/').to_owned();
            let files = unwrapped;
            self.mends.insert(0, Mend::Unwrapped { folder, files });
        }
        entries.into_iter().collect()
    }

    /// The data of a file, or of what a link shows in its place. `None` for a link to a folder,
    /// whose files stand for themselves.
    fn span(&mut self, file: &File, spans: &BTreeMap<EntryPath, Span>) -> Option<Span> {
        let path = file.path.as_str();
        let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        let mut shown_by = folders.chain([path]);
        let Some(link) = shown_by.find_map(|path| self.package.link(path)) else {
            return spans.get(&file.path).copied();
        };
        let rest = &path[link.path.as_str().len()..];
        if rest.is_empty() {
            self.mends.push(Mend::Link {
                path: link.path.clone(),
                target: link.target.clone(),
            });
        }
        match (&link.leads, rest) {
            (Leads::File(target), "") => spans.get(target).copied(),
            (Leads::Folder(folder), rest) if !rest.is_empty() => {
                let target = format!("{folder}{rest}");
                match self.package.link(&target) {
                    None => spans.get(target.as_str()).copied(),
                    Some(inner) => spans.get(inner.leads.file()?).copied(),
                }
            }
            _ => None,
        }
    }

    /// Whether the target's Python would compile the source again. It goes by the source's time,
    /// which becomes another here.
    fn is_useless_bytecode(&self, file: &File) -> bool {
        let is_cached = file.path.parts().any(|part| part == "__pycache__");
        let Facts::Bytecode(Bytecode { magic, validity }) = file.facts else {
            return false;
        };
        let fits = match validity {
            Validity::CheckedHash | Validity::UncheckedHash => true,
            Validity::Source { modified, bytes } => {
                self.timestamp.to_unix_seconds() == Some(modified.into())
                    && self.source_bytes(file) == Some(bytes)
            }
            Validity::Unknown => false,
        };
        is_cached && !(fits && magic == Some(bytecode::magic_number(self.target.runtime)))
    }

    /// The size of the source that bytecode was made from, as bytecode keeps it: modulo 2^32.
    fn source_bytes(&self, file: &File) -> Option<u32> {
        let Some(Location::Cache { source, .. }) = locate(file.path.as_str()) else {
            return None;
        };
        Some(self.package.file(&source)?.unzipped_bytes as u32)
    }

    fn mend_mode(&mut self, file: &File, path: &EntryPath) -> bool {
        let executable = file.mode.is_some_and(|mode| mode & 0o111 != 0)
            || program_without_x::importance(self.package, path, file).is_some();
        let to = if executable { 0o755 } else { 0o644 };
        // Without modes a file is as good as 0644.
        let is_link = self.package.link(file.path.as_str()).is_some();
        if file.mode.unwrap_or(0o644) != to && !is_link {
            self.mends.push(Mend::Mode {
                path: path.clone(),
                from: file.mode,
                to,
            });
        }
        executable
    }
}
