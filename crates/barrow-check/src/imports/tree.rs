//! The modules of all packages, as folders on `sys.path` hold them.

use std::collections::HashMap;

use barrow_model::Arch;
use barrow_model::Target;

use crate::package::{File, Package};

/// A file of some package of the scene.
#[derive(Debug, Clone, Copy)]
pub struct Located<'a> {
    pub package: &'a Package,
    pub file: &'a File,
}

/// A place in [`Tree::folders`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FolderId(u32);

/// Folders with their modules and folders.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    folders: Vec<Folder<'a>>,
    suffixes: [String; 5],
}

#[derive(Debug, Default)]
struct Folder<'a> {
    modules: HashMap<&'a str, (Rank, Located<'a>)>,
    folders: HashMap<&'a str, FolderId>,
}

/// Which of several files for one module Python takes: the lowest.
type Rank = usize;

/// What a folder has under the name of a module.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry<'a> {
    Package(Located<'a>, FolderId),
    Module(Located<'a>),
    /// A folder without `__init__`.
    Portion(FolderId),
}

impl<'a> Tree<'a> {
    pub(super) fn new(target: Target) -> Self {
        let machine = match target.arch {
            Arch::X86_64 => "x86_64",
            Arch::Arm64 => "aarch64",
        };
        let minor = target.runtime.minor();
        Self {
            folders: Vec::new(),
            // `importlib.machinery.all_suffixes`, in the order in which a `FileFinder` tries them.
            suffixes: [
                format!(".cpython-3{minor}-{machine}-linux-gnu.so"),
                ".abi3.so".to_owned(),
                ".so".to_owned(),
                ".py".to_owned(),
                ".pyc".to_owned(),
            ],
        }
    }

    pub(super) fn folder(&mut self) -> FolderId {
        let id = FolderId(u32::try_from(self.folders.len()).unwrap_or(u32::MAX));
        self.folders.push(Folder::default());
        id
    }

    /// Puts the files of one folder of a package below a root. Of two files with one path, the
    /// later stays, as when layers are unpacked over each other.
    pub(super) fn add(&mut self, root: FolderId, package: &'a Package, folder: &str) {
        let skipped = if folder.is_empty() {
            0
        } else {
            folder.len() + 1
        };
        let mut last: (&str, FolderId) = ("", root);
        for file in package.files_under(folder) {
            let path = &file.path.as_str()[skipped..];
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
            if last.0 != parent {
                last = (parent, self.descend(root, parent));
            }
            if let Some((stem, rank)) = self.module(name) {
                let modules = &mut self.folders[last.1.0 as usize].modules;
                let known = modules
                    .entry(stem)
                    .or_insert((rank, Located { package, file }));
                if rank <= known.0 {
                    *known = (rank, Located { package, file });
                }
            }
        }
    }

    fn descend(&mut self, root: FolderId, path: &'a str) -> FolderId {
        let mut at = root;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let known = self.folders[at.0 as usize].folders.get(part).copied();
            at = known.unwrap_or_else(|| {
                let below = self.folder();
                self.folders[at.0 as usize].folders.insert(part, below);
                below
            });
        }
        at
    }

    /// The module that a file of this name is, and the rank among those of the same module.
    fn module<'n>(&self, name: &'n str) -> Option<(&'n str, Rank)> {
        let (rank, suffix) = self
            .suffixes
            .iter()
            .enumerate()
            .find(|(_, suffix)| name.ends_with(suffix.as_str()))?;
        let stem = &name[..name.len() - suffix.len()];
        (!stem.is_empty() && !stem.contains('.')).then_some((stem, rank))
    }

    pub(super) fn find(&self, folder: FolderId, name: &str) -> Option<Entry<'a>> {
        let folder = self.folders.get(folder.0 as usize)?;
        let below = folder.folders.get(name).copied();
        if let Some(below) = below
            && let Some((_, init)) = self.folders[below.0 as usize].modules.get("__init__")
        {
            return Some(Entry::Package(*init, below));
        }
        match folder.modules.get(name) {
            Some((_, located)) => Some(Entry::Module(*located)),
            None => below.map(Entry::Portion),
        }
    }

    /// The module file that a package of the same name in the same folder hides.
    pub(super) fn hidden_by_package(&self, folder: FolderId, name: &str) -> Option<Located<'a>> {
        let folder = self.folders.get(folder.0 as usize)?;
        folder.modules.get(name).map(|(_, located)| *located)
    }

    /// The names that can be imported from a folder, in order.
    pub(super) fn names(&self, folder: FolderId) -> Vec<&'a str> {
        let Some(folder) = self.folders.get(folder.0 as usize) else {
            return Vec::new();
        };
        let with_code = folder
            .folders
            .iter()
            .filter(|(_, below)| self.has_modules(**below))
            .map(|(name, _)| *name);
        let mut names: Vec<&str> = folder.modules.keys().copied().chain(with_code).collect();
        names.retain(|name| is_identifier(name) && *name != "__pycache__");
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether a folder holds modules, at whatever depth.
    fn has_modules(&self, folder: FolderId) -> bool {
        // Paths are at most 4000 bytes, so this goes 2000 deep in the worst case; a loop all the same.
        let mut open = vec![folder];
        while let Some(folder) = open.pop().and_then(|id| self.folders.get(id.0 as usize)) {
            if !folder.modules.is_empty() {
                return true;
            }
            open.extend(folder.folders.values());
        }
        false
    }
}

/// Roughly: enough to tell `numpy` from `numpy.libs` and `my-scripts`.
fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}
