//! A package as its checks see it, whatever it was read from.

use barrow_model::EntryPath;

use crate::facts::Facts;
use crate::facts::elf::Elf;
use crate::facts::secret::Secret;
use crate::finding::Place;
use crate::link::Link;
use crate::survey::Flaw;
use crate::survey::flaw::Oddity;

/// A zip, a folder or a plan, with what is known of each of its files.
#[derive(Debug)]
pub struct Package {
    /// What the user calls it: `app.zip`, `.venv`, `thumbs`.
    pub name: String,
    pub kind: Kind,
    pub form: Form,
    /// Ordered by path, each path once.
    files: Vec<File>,
    /// Entries that stand for a folder, ordered by path.
    folders: Vec<Folder>,
    /// What is wrong with the archive as such, and files that could not become a [`File`].
    pub flaws: Vec<Flaw>,
    /// Symbolic links, ordered by path. What they lead to inside the package is among its files as
    /// well.
    pub links: Vec<Link>,
}

/// Where Lambda puts the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Under `/var/task`.
    Function,
    /// Under `/opt`.
    Layer,
}

/// What the package was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A zip of this many bytes.
    Zip { bytes: u64 },
    /// A folder, or an installed environment: no zip yet, so its modes are those of this machine.
    Folder,
    /// What `barrow build` is about to write.
    Plan,
}

/// A file of a package.
#[derive(Debug, Clone)]
pub struct File {
    pub path: EntryPath,
    pub unzipped_bytes: u64,
    /// As it lies in the zip; of a folder or a plan, where that is not known, the same as unzipped.
    pub zipped_bytes: u64,
    /// Permission bits. `None` where the zip was made on a system without them: Lambda then gives
    /// everyone the right to read and nobody the right to execute.
    pub mode: Option<u32>,
    /// Seconds since 1970, as a zip has it: without a time zone, in steps of two.
    pub modified: Option<i64>,
    pub facts: Facts,
    /// What in it looks like a key or a password.
    pub secrets: Vec<Secret>,
}

/// An entry that stands for a folder.
#[derive(Debug, Clone)]
pub struct Folder {
    pub path: EntryPath,
    pub mode: Option<u32>,
}

impl Package {
    /// Puts files and folders in order. Of two with one path, the later stays, as when unzipping.
    pub fn new(
        name: String,
        kind: Kind,
        form: Form,
        mut files: Vec<File>,
        mut folders: Vec<Folder>,
        flaws: Vec<Flaw>,
    ) -> Self {
        files.reverse();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|later, earlier| later.path == earlier.path);
        folders.sort_by(|a, b| a.path.cmp(&b.path));
        Self {
            name,
            kind,
            form,
            files,
            folders,
            flaws,
            links: Vec::new(),
        }
    }

    /// Adds what is seen through links, in place of the links themselves.
    pub(crate) fn add_seen(&mut self, files: Vec<File>) {
        self.files.splice(0..0, files);
        // Stable, so that what is seen through a link comes before the link.
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.files
            .dedup_by(|later, earlier| later.path == earlier.path);
    }

    /// The names of the entries whose flaws `pick` takes, each once.
    pub fn names_with<'a>(&'a self, pick: impl Fn(&'a Flaw) -> Option<&'a str>) -> Vec<&'a str> {
        let mut names: Vec<_> = self.flaws.iter().filter_map(pick).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names of the entries that are odd in this way, each once.
    pub fn odd(&self, oddity: Oddity) -> Vec<&str> {
        self.names_with(|flaw| match flaw {
            Flaw::Odd { name, oddity: seen } if *seen == oddity => Some(name),
            _ => None,
        })
    }

    /// Places in this package.
    pub fn places<'a, P: ToString>(
        &'a self,
        paths: impl IntoIterator<Item = P, IntoIter: 'a>,
    ) -> impl Iterator<Item = Place> + 'a {
        paths
            .into_iter()
            .map(|path| Place::new(self, path.to_string()))
    }

    /// Whether its files could be made out, so that looking at them makes sense.
    pub fn is_legible(&self) -> bool {
        let is_read = |flaw: &Flaw| !matches!(flaw, Flaw::Unreadable { .. } | Flaw::Excessive(_));
        !self.files.is_empty() && self.flaws.iter().all(is_read)
    }

    pub fn files(&self) -> &[File] {
        &self.files
    }

    pub fn folders(&self) -> &[Folder] {
        &self.folders
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        let found = self
            .files
            .binary_search_by(|file| file.path.as_str().cmp(path));
        found.ok().map(|at| &self.files[at])
    }

    /// The symbolic link of this path.
    pub fn link(&self, path: &str) -> Option<&Link> {
        let found = self
            .links
            .binary_search_by(|link| link.path.as_str().cmp(path));
        found.ok().map(|at| &self.links[at])
    }

    /// Whether a path leads through a link to a folder.
    pub fn is_behind_link(&self, path: &str) -> bool {
        let mut folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        !self.links.is_empty() && folders.any(|folder| self.link(folder).is_some())
    }

    /// All files whose path starts with `folder` and a `/`; all files for the empty path.
    pub fn files_under(&self, folder: &str) -> &[File] {
        if folder.is_empty() {
            return &self.files;
        }
        let start = format!("{folder}/");
        let end = format!("{folder}0"); // `0` follows `/`.
        let from = self
            .files
            .partition_point(|file| file.path.as_str() < start.as_str());
        let to = self
            .files
            .partition_point(|file| file.path.as_str() < end.as_str());
        &self.files[from..to]
    }

    /// Files with other files under them; no links, under which is what they lead to.
    pub fn files_that_are_folders(&self) -> Vec<&str> {
        let is_link = |path: &str| self.link(path).is_some();
        let mut both = Vec::new();
        let mut last = "";
        for file in &self.files {
            let (folder, _) = file.path.as_str().rsplit_once('/').unwrap_or_default();
            // Files are in order, so most lie in the folder of the one before.
            if folder == last {
                continue;
            }
            last = folder;
            let ends = folder.match_indices('/').map(|(end, _)| end);
            let folders = ends.chain([folder.len()]).map(|end| &folder[..end]);
            both.extend(folders.filter(|path| self.file(path).is_some() && !is_link(path)));
        }
        both.sort_unstable();
        both.dedup();
        both
    }

    /// Whether any file lies under this folder.
    pub fn has_folder(&self, folder: &str) -> bool {
        !self.files_under(folder).is_empty()
    }

    pub fn unzipped_bytes(&self) -> u64 {
        // Sizes of what was refused unread may be made up.
        let sizes = self.files.iter().map(|file| file.unzipped_bytes);
        sizes.fold(0, u64::saturating_add)
    }
}

impl File {
    /// Of a binary for Linux, what its loader sees.
    pub fn elf(&self) -> Option<&Elf> {
        match &self.facts {
            Facts::Elf(elf) => Some(elf),
            _ => None,
        }
    }

    /// Whether the user that functions run as, who owns nothing in a package, can read it.
    pub fn is_readable_by_all(&self) -> bool {
        self.mode.is_none_or(|mode| mode & 0o004 != 0)
    }

    /// Whether that user can execute it.
    pub fn is_executable_by_all(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o001 != 0)
    }
}
