//! Which distributions a scene's packages hold, and whose each file is.

use std::collections::HashMap;
use std::fmt;

use barrow_model::Runtime;

use crate::facts::Facts;
use crate::facts::distribution::Metadata;
use crate::package::{Kind, Package};

/// Every distribution whose metadata lies in some package of a scene.
#[derive(Debug, Default)]
pub struct Distributions<'a> {
    /// By package, and within it by the path of the metadata.
    all: Vec<Distribution<'a>>,
    /// Those that can be imported, by their normalised names.
    by_name: HashMap<&'a str, Vec<Id>>,
    /// Of each package: what each distribution owns there.
    owned: Vec<(&'a Package, HashMap<String, Id>)>,
    /// The folders that Python looks into.
    roots: Vec<(&'a Package, String)>,
}

/// A place in [`Distributions::all`].
type Id = usize;

/// One distribution where it is installed: `orjson 3.11.4`.
#[derive(Debug, Clone, Copy)]
pub struct Distribution<'a> {
    pub package: &'a Package,
    /// The folder that it was installed into: empty for the package's root, `python` in a layer.
    pub root: &'a str,
    /// Its `.dist-info` or `.egg-info`, with the root.
    pub info: &'a str,
    pub metadata: &'a Metadata,
    /// Whether Python looks into its root, so that what is in it can be imported.
    pub is_importable: bool,
}

/// The folders of a package that are on `sys.path`, in their order.
pub fn roots(kind: Kind, runtime: Runtime) -> Vec<String> {
    match kind {
        Kind::Function => vec![String::new()],
        Kind::Layer => vec![
            format!("python/lib/{runtime}/site-packages"),
            "python".to_owned(),
        ],
    }
}

impl<'a> Distributions<'a> {
    pub fn new(packages: impl IntoIterator<Item = &'a Package>, runtime: Runtime) -> Self {
        let mut distributions = Self::default();
        for package in packages {
            distributions.add(package, runtime);
        }
        distributions
    }

    fn add(&mut self, package: &'a Package, runtime: Runtime) {
        let roots = roots(package.kind, runtime);
        let mut owned = HashMap::new();
        for file in package.files() {
            let Facts::Metadata(metadata) = &file.facts else {
                continue;
            };
            let path = file.path.as_str();
            let info = match path.rsplit_once('/') {
                Some((folder, _)) if !path.ends_with(".egg-info") => folder,
                _ => path,
            };
            let root = info.rsplit_once('/').map_or("", |(root, _)| root);
            let distribution = Distribution {
                package,
                root,
                info,
                metadata,
                is_importable: roots.iter().any(|folder| folder == root),
            };
            for path in distribution.owns() {
                // Of two with one path, the one that is listed first.
                owned.entry(path).or_insert(self.all.len());
            }
            if distribution.is_importable {
                let same_name = self.by_name.entry(&metadata.name).or_default();
                same_name.push(self.all.len());
            }
            self.all.push(distribution);
        }
        self.owned.push((package, owned));
        self.roots
            .extend(roots.into_iter().map(|root| (package, root)));
    }

    /// By package, and within it by path.
    pub fn all(&self) -> &[Distribution<'a>] {
        &self.all
    }

    /// Those that can be imported and have this normalised name, in the order of the packages.
    pub fn named<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s Distribution<'a>> {
        let ids = self.by_name.get(name).into_iter().flatten();
        ids.map(|id| &self.all[*id])
    }

    /// Whether something that can be imported bears this distribution's name, or that of its
    /// module: packages without any `.dist-info` are common.
    pub fn has_module_of(&self, name: &str) -> bool {
        let module = module_of(name);
        self.roots.iter().any(|(package, root)| {
            let path = inside(root, &module);
            package.has_folder(&path) || package.file(&format!("{path}.py")).is_some()
        })
    }

    /// The distribution that brought this file; `None` for the user's own.
    pub fn owner(&self, package: &Package, path: &str) -> Option<&Distribution<'a>> {
        let mut packages = self.owned.iter();
        let (_, owned) = packages.find(|(of, _)| std::ptr::eq(*of, package))?;
        let folders = path.rmatch_indices('/').map(|(end, _)| &path[..end]);
        let id = std::iter::once(path)
            .chain(folders)
            .find_map(|path| owned.get(path))?;
        self.all.get(*id)
    }
}

impl<'a> Distribution<'a> {
    /// Folders and files of the package that are this distribution's.
    fn owns(&self) -> Vec<String> {
        let record = self
            .package
            .file(&format!("{}/RECORD", self.info))
            .map(|file| &file.facts);
        let mut owned: Vec<String> = match record {
            Some(Facts::Record(record)) if !record.owned.is_empty() => {
                record.owned.iter().map(|path| self.inside(path)).collect()
            }
            _ => self.guessed(),
        };
        owned.push(self.info.to_owned());
        owned
    }

    /// Without a `RECORD`: what bears the distribution's name, and is there.
    fn guessed(&self) -> Vec<String> {
        let name = self.metadata.name.replace('-', "_");
        let bare = name.strip_prefix("python_").unwrap_or(&name).to_owned();
        let libraries = format!("{name}.libs");
        let folders = [name, bare, libraries];
        let folders = folders
            .iter()
            .map(|folder| self.inside(folder))
            .filter(|folder| self.package.has_folder(folder));
        let module = self.inside(&format!("{}.py", self.metadata.name.replace('-', "_")));
        let module = self.package.file(&module).map(|_| module.clone());
        folders.chain(module).collect()
    }

    fn inside(&self, path: &str) -> String {
        inside(self.root, path)
    }

    pub fn name(&self) -> &'a str {
        &self.metadata.name
    }

    pub fn version(&self) -> &'a str {
        &self.metadata.version
    }
}

fn inside(root: &str, path: &str) -> String {
    match root {
        "" => path.to_owned(),
        root => format!("{root}/{path}"),
    }
}

/// The module that is imported: mostly the name itself. The rest is well known.
fn module_of(name: &str) -> String {
    let module = match name {
        "attrs" => "attr",
        "beautifulsoup4" => "bs4",
        "opencv-contrib-python"
        | "opencv-contrib-python-headless"
        | "opencv-python"
        | "opencv-python-headless" => "cv2",
        "pillow" => "PIL",
        "psycopg2-binary" => "psycopg2",
        "pycryptodome" => "Crypto",
        "pyjwt" => "jwt",
        "pyopenssl" => "OpenSSL",
        "python-dateutil" => "dateutil",
        "python-dotenv" => "dotenv",
        "pyyaml" => "yaml",
        "scikit-learn" => "sklearn",
        "setuptools" => "pkg_resources",
        name => return name.replace('-', "_"),
    };
    module.to_owned()
}

/// As messages name it.
impl fmt::Display for Distribution<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.metadata.name, self.metadata.version)
    }
}

#[cfg(test)]
mod tests;
