//! Where in the package the files of wheels go.

use barrow_model::entry_path::EntryPathError;
use barrow_model::{EntryPath, PackageName, Runtime};

use crate::wheel::Scheme;

/// The two folders that wheels are laid out under.
///
/// | | importable files | programs, headers, data |
/// |---|---|---|
/// | a function | the root | the root |
/// | a layer | `python/` | `python/` |
/// | a layer for one version | `python/lib/python3.x/site-packages/` | `python/` |
///
/// With one folder for both, the layout is that of `pip install --target`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    site: Prefix,
    root: Prefix,
}

/// A folder of the package; `None` is its root.
type Prefix = Option<EntryPath>;

impl Layout {
    /// A function's package: everything from the root on.
    pub fn function() -> Self {
        Self {
            site: None,
            root: None,
        }
    }

    /// A function's package with its dependencies in a folder.
    pub fn folder(folder: EntryPath) -> Self {
        Self {
            site: Some(folder.clone()),
            root: Some(folder),
        }
    }

    /// A layer, for whichever Python version finds it.
    pub fn layer() -> Self {
        Self::folder(fixed("python"))
    }

    /// A layer whose files one Python version finds and all others pass over.
    pub fn versioned_layer(runtime: Runtime) -> Self {
        let site = fixed(&format!("python/lib/{runtime}/site-packages"));
        Self {
            site: Some(site),
            root: Some(fixed("python")),
        }
    }

    /// The path in the package of an importable file that is not from a wheel.
    pub fn importable(&self, path: &EntryPath) -> Result<EntryPath, EntryPathError> {
        EntryPath::parse(&join(&self.site, path.as_str()))
    }

    /// Whether everything shares a folder, as for `pip install --target`.
    pub(super) fn is_one_folder(&self) -> bool {
        self.site == self.root
    }

    /// The path in the package of a wheel's file, given as [`Scheme::of`] takes it apart.
    pub(super) fn place(&self, scheme: Scheme, rest: &str, name: &PackageName) -> String {
        match scheme {
            Scheme::Library => join(&self.site, rest),
            Scheme::Scripts => join(&self.root, &format!("bin/{rest}")),
            Scheme::Headers => join(&self.root, &format!("include/python/{name}/{rest}")),
            Scheme::Data => join(&self.root, rest),
        }
    }

    /// The path of an entry as `RECORD` gives it: relative to the importable files.
    pub(super) fn record_path(&self, path: &EntryPath) -> String {
        let Some(site) = &self.site else {
            return path.as_str().to_owned();
        };
        let shared = path
            .parts()
            .zip(site.parts())
            .take_while(|(a, b)| a == b)
            .count();
        let up = site.parts().count() - shared;
        let parts = std::iter::repeat_n("..", up).chain(path.parts().skip(shared));
        parts.collect::<Vec<_>>().join("/")
    }

    /// The outermost part of a wheel's path, seen from the folder that everything shares.
    pub(super) fn top_of<'p>(&self, path: &'p EntryPath) -> &'p str {
        let path = path.as_str();
        let inside = match &self.root {
            None => path,
            Some(root) => path
                .strip_prefix(root.as_str())
                .and_then(|rest| rest.strip_prefix('/'))
                .unwrap_or(path),
        };
        inside.split('/').next().unwrap_or(inside)
    }
}

fn join(prefix: &Prefix, path: &str) -> String {
    match prefix {
        None => path.to_owned(),
        Some(prefix) => format!("{prefix}/{path}"),
    }
}

fn fixed(path: &str) -> EntryPath {
    EntryPath::parse(path).expect("the folders of a layer are plain names")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [(Scheme, &str); 4] = [
        (Scheme::Library, "a/x.py"),
        (Scheme::Scripts, "a"),
        (Scheme::Headers, "a.h"),
        (Scheme::Data, "share/a"),
    ];

    fn check(layout: &Layout, places: [&str; 4], recorded: [&str; 4]) {
        let name = PackageName::parse("A.B").unwrap();
        for (((scheme, rest), place), recorded) in PLACES.iter().zip(places).zip(recorded) {
            let path = layout.place(*scheme, rest, &name);
            assert_eq!(path, place);
            assert_eq!(
                layout.record_path(&EntryPath::parse(&path).unwrap()),
                recorded
            );
        }
    }

    #[test]
    fn a_function_takes_everything_from_the_root_on() {
        let places = ["a/x.py", "bin/a", "include/python/a-b/a.h", "share/a"];
        check(&Layout::function(), places, places);
    }

    #[test]
    fn a_layer_takes_everything_under_python() {
        check(
            &Layout::layer(),
            [
                "python/a/x.py",
                "python/bin/a",
                "python/include/python/a-b/a.h",
                "python/share/a",
            ],
            ["a/x.py", "bin/a", "include/python/a-b/a.h", "share/a"],
        );
    }

    #[test]
    fn a_layer_for_one_version_records_the_way_out_of_site_packages() {
        check(
            &Layout::versioned_layer("python3.12".parse().unwrap()),
            [
                "python/lib/python3.12/site-packages/a/x.py",
                "python/bin/a",
                "python/include/python/a-b/a.h",
                "python/share/a",
            ],
            [
                "a/x.py",
                "../../../bin/a",
                "../../../include/python/a-b/a.h",
                "../../../share/a",
            ],
        );
    }
}
