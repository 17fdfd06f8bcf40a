//! `sys.path` as a function will see it, and which copy of each module it gets.

use barrow_check::facts::Facts;
use barrow_check::imports::SearchPath;
use barrow_check::imports::search::{Found, Holds, Root, mounted};
use barrow_check::{Kind, Package, Scene, distributions};
use barrow_model::{Arch, Runtime};
use camino::{Utf8Path, Utf8PathBuf};

use super::findings::Look;
use super::packages;
use super::platform::Platform;
use crate::outcome::Result;
use crate::output::json::path::{
    CopyDocument, HoldsDocument, ModuleDocument, ModuleKind, PathDocument, PathEntry,
    PathFileDocument,
};

mod contributors;

use contributors::Contributors;

/// What to look at, and for what.
#[derive(Debug)]
pub struct Request {
    pub package: Utf8PathBuf,
    /// In the order of the function's layers.
    pub layers: Vec<Utf8PathBuf>,
    /// Otherwise as the packages' own files say.
    pub runtime: Option<Runtime>,
    pub arch: Option<Arch>,
}

pub fn path(request: &Request) -> Result<PathDocument> {
    // Which modules there are does not depend on what the survey's target is.
    let target = Platform::default().target(request.runtime, request.arch);
    let open = |path: &Utf8Path, kind| packages::survey_legible(path, kind, target);
    let mut package = open(&request.package, Kind::Function)?;
    package.kind = packages::guess_kind(&package);
    let layers = request.layers.iter().map(|layer| open(layer, Kind::Layer));
    let layers = layers.collect::<Result<Vec<Package>>>()?;

    let platform = Platform::of(std::iter::once(&package).chain(&layers));
    let target = platform.target(request.runtime, request.arch);
    let look = Look::new(&package, layers.iter().collect(), target);
    let scene = &look.scene;
    let search = SearchPath::of(scene);
    let contributors = Contributors::of(scene);
    Ok(PathDocument {
        runtime: target.runtime.to_string(),
        architecture: target.arch.to_string(),
        entries: entries(scene, &search, &contributors),
        modules: modules(scene, &search, &contributors),
        path_files: path_files(scene),
    })
}

fn entries(
    scene: &Scene<'_>,
    search: &SearchPath<'_>,
    contributors: &Contributors<'_>,
) -> Vec<PathEntry> {
    let entries = search.roots().iter().map(|root| {
        let names = search.names_of(root);
        PathEntry {
            path: root.path.clone(),
            holds: match root.holds {
                Holds::Files(_) if names.is_empty() => HoldsDocument::Nothing,
                Holds::Files(_) => HoldsDocument::Packages,
                Holds::Sdk => HoldsDocument::Sdk,
                Holds::Client => HoldsDocument::Client,
                Holds::Standard => HoldsDocument::StandardLibrary,
                Holds::Nothing => HoldsDocument::Nothing,
            },
            packages: contributors.of_modules(&root.path, &names, scene),
            modules: names.len(),
        }
    });
    entries.collect()
}

fn modules(
    scene: &Scene<'_>,
    search: &SearchPath<'_>,
    contributors: &Contributors<'_>,
) -> Vec<ModuleDocument> {
    let all = search.copies().into_iter().filter_map(|copies| {
        let name = copies.name;
        let found = search.find_top(name)?;
        let kind = match &found {
            Found::Module(_) => ModuleKind::Module,
            Found::Package { .. } => ModuleKind::Package,
            Found::Namespace(_) => ModuleKind::Namespace,
            Found::Standard => ModuleKind::Standard,
            Found::Runtime => ModuleKind::Runtime,
        };
        let of_entry = |path: &String| {
            let root = search.roots().iter().find(|root| root.path == *path);
            root.map(|root| copies_in(scene, search, root, name))
                .unwrap_or_default()
        };
        let mut places = copies.places.iter().map(of_entry).collect::<Vec<_>>();
        // Folders without `__init__` give way to whatever comes behind them and has one.
        if kind != ModuleKind::Namespace {
            let is_portion = |place: &InEntry| place.is_portion;
            places.sort_by_key(is_portion);
        }
        let mixed = copies
            .places
            .first()
            .map(|place| contributors.of_module(place, name));
        let (mut shown, mut hidden) = (Vec::new(), Vec::new());
        for (at, place) in places.into_iter().enumerate() {
            let wins = at == 0 || kind == ModuleKind::Namespace;
            if wins { &mut shown } else { &mut hidden }.extend(place.copy);
            hidden.extend(place.hidden);
        }
        Some(ModuleDocument {
            name: name.to_owned(),
            kind,
            found: shown,
            is_fixed: search.is_fixed(name),
            hidden,
            mixed_from: match mixed {
                Some(many) if many.len() > 1 => {
                    many.iter().map(|package| package.name.clone()).collect()
                }
                _ => Vec::new(),
            },
        })
    });
    all.collect()
}

/// What one entry of `sys.path` has under a name.
#[derive(Debug, Default)]
struct InEntry {
    copy: Option<CopyDocument>,
    /// `name.py` beside a folder `name/` that Python takes instead.
    hidden: Option<CopyDocument>,
    is_portion: bool,
}

fn copies_in(scene: &Scene<'_>, search: &SearchPath<'_>, root: &Root, name: &str) -> InEntry {
    let file = |package: &Package, path: &str| {
        let owner = scene.distributions().owner(package, path);
        CopyDocument {
            path: mounted(package, path),
            package: Some(package.name.clone()),
            distribution: owner.map(ToString::to_string),
        }
    };
    let folder = |path: String| CopyDocument {
        path,
        package: None,
        distribution: None,
    };
    match search.entry_of(root, name) {
        Some(Found::Module(located)) => InEntry {
            copy: Some(file(located.package, located.file.path.as_str())),
            ..InEntry::default()
        },
        Some(Found::Package { init, .. }) => {
            let beside = search.hidden_by_package(root, name);
            InEntry {
                copy: Some(file(init.package, init.file.path.as_str())),
                hidden: beside.map(|other| file(other.package, other.file.path.as_str())),
                is_portion: false,
            }
        }
        Some(_) => InEntry {
            copy: Some(folder(format!("{}/{name}", root.path))),
            hidden: None,
            is_portion: true,
        },
        // The interpreter's or the runtime's.
        None => InEntry {
            copy: Some(folder(root.path.clone())),
            ..InEntry::default()
        },
    }
}

/// Those in folders that Python looks into.
fn path_files(scene: &Scene<'_>) -> Vec<PathFileDocument> {
    let mut all = Vec::new();
    for package in scene.packages() {
        for root in distributions::roots(package.kind, scene.target.runtime) {
            for file in package.files_under(&root) {
                let path = file.path.as_str();
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                if let Facts::PathFile(facts) = &file.facts
                    && folder == root
                {
                    all.push(PathFileDocument {
                        path: mounted(package, path),
                        adds: facts.paths.iter().map(|line| line.text.clone()).collect(),
                        runs: facts.imports.len(),
                    });
                }
            }
        }
    }
    all
}
