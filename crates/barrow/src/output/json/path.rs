//! What `barrow path --json` prints.

use serde::Serialize;

/// Where the function looks for modules, and what it finds.
#[derive(Debug, Serialize)]
pub struct PathDocument {
    pub runtime: String,
    pub architecture: String,
    /// `sys.path`, in order.
    pub entries: Vec<PathEntry>,
    /// Every top-level module of the packages, by name.
    pub modules: Vec<ModuleDocument>,
    /// `.pth` files that Python reads at the start.
    pub path_files: Vec<PathFileDocument>,
}

/// An entry of `sys.path`.
#[derive(Debug, Serialize)]
pub struct PathEntry {
    pub path: String,
    pub holds: HoldsDocument,
    /// The packages that have modules there, a later layer over an earlier one.
    pub packages: Vec<String>,
    /// Top-level modules of the packages.
    pub modules: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldsDocument {
    Packages,
    /// The AWS SDK, as the runtime brings it.
    Sdk,
    /// The runtime's client.
    Client,
    StandardLibrary,
    Nothing,
}

/// A name that can be imported.
#[derive(Debug, Serialize)]
pub struct ModuleDocument {
    pub name: String,
    pub kind: ModuleKind,
    /// The copy that is imported; of a namespace, all folders that it is made of.
    pub found: Vec<CopyDocument>,
    /// The interpreter or the runtime's client has imported it already, whatever the packages hold.
    pub is_fixed: bool,
    /// Copies that are there for nothing.
    pub hidden: Vec<CopyDocument>,
    /// Layers that have files of it in one folder, the later over the earlier.
    pub mixed_from: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModuleKind {
    /// A file.
    Module,
    /// A folder with `__init__`.
    Package,
    /// Folders without.
    Namespace,
    /// The interpreter's own.
    Standard,
    /// The runtime's client or SDK.
    Runtime,
}

/// One place that has a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopyDocument {
    /// The file as the function sees it, or the folder.
    pub path: String,
    /// Which of the packages brings it.
    pub package: Option<String>,
    /// `numpy 2.1.3`.
    pub distribution: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct PathFileDocument {
    pub path: String,
    /// Folders that it adds to the end of `sys.path`.
    pub adds: Vec<String>,
    /// Lines of code that it runs.
    pub runs: usize,
}
