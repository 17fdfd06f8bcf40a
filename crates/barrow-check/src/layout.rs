//! Whether a package's files begin where Lambda looks, or one folder too deep.

use crate::package::{Kind, Package};

/// What macOS puts beside the files when its Finder makes a zip.
const FINDER: &str = "__MACOSX/";

/// A folder that everything lies in and nothing should, such as `my-function`, or `home/me/app`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrapping {
    /// What Lambda looks for is there, or nothing could be imported as it is.
    Certain(String),
    /// There are modules there; what Lambda is told to look for is not known.
    Likely(String),
}

impl Wrapping {
    pub fn folder(&self) -> &str {
        match self {
            Self::Certain(folder) | Self::Likely(folder) => folder,
        }
    }
}

/// The folder that everything lies in. `--fix` takes it away where that is certain.
pub fn wrapping(package: &Package, handler: Option<&str>) -> Option<Wrapping> {
    let common = common_folder(package)?;
    let mut folders = ancestors(common);
    if package.kind == Kind::Layer {
        let has_python = |folder: &&str| package.has_folder(&format!("{folder}/python"));
        let folder = folders
            .find(has_python)
            .filter(|_| !is_under_python(common));
        return folder.map(|folder| Wrapping::Certain(folder.to_owned()));
    }
    if let Some(handler) = handler {
        let module = handler
            .rsplit_once('.')
            .map_or(handler, |(module, _)| module);
        let module = module.replace('.', "/");
        if has_module(package, &module) {
            return None;
        }
        let folder = folders.find(|folder| has_module(package, &format!("{folder}/{module}")));
        return folder.map(|folder| Wrapping::Certain(folder.to_owned()));
    }
    // A package's own folder is where it belongs.
    let folder = if has_module(package, common) {
        common.rsplit_once('/')?.0
    } else {
        common
    };
    let has_modules = folder != common || has_modules(package, folder);
    has_modules.then(|| {
        let folder = folder.to_owned();
        if folder.split('/').all(is_identifier) {
            Wrapping::Likely(folder)
        } else {
            // Nobody means to import from `my-function`.
            Wrapping::Certain(folder)
        }
    })
}

fn is_identifier(part: &str) -> bool {
    part.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_under_python(folder: &str) -> bool {
    folder == "python" || folder.starts_with("python/")
}

/// The deepest folder that holds all files; `None` where that is the root.
fn common_folder(package: &Package) -> Option<&str> {
    let mut paths = package
        .files()
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| !path.starts_with(FINDER));
    let first = paths.next()?;
    // Paths are in order, so what the first and the last share, all share.
    let last = paths.next_back().unwrap_or(first);
    let shared = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b);
    let end = first.as_bytes()[..shared.count()]
        .iter()
        .rposition(|&byte| byte == b'/')?;
    Some(&first[..end])
}

/// The folder itself last, the outermost first.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    let ends = folder.match_indices('/').map(|(end, _)| end);
    ends.chain([folder.len()]).map(|end| &folder[..end])
}

/// Whether `import` would find it, were the path dotted.
fn has_module(package: &Package, path: &str) -> bool {
    package.file(&format!("{path}.py")).is_some()
        || package.file(&format!("{path}/__init__.py")).is_some()
}

/// Whether modules or distributions lie directly in the folder.
fn has_modules(package: &Package, folder: &str) -> bool {
    let mut files = package.files_under(folder).iter();
    files.any(
        |file| match file.path.as_str()[folder.len() + 1..].split_once('/') {
            None => file.path.file_name().ends_with(".py"),
            Some((inner, rest)) => inner.ends_with(".dist-info") && rest == "METADATA",
        },
    )
}
