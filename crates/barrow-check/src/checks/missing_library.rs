//! Shared libraries that nobody brings.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::distributions::Distribution;
use crate::environments;
use crate::extension;
use crate::facts::elf::{Elf, Kind, Machine};
use crate::finding::{Finding, Level, Place};
use crate::libraries::{Found, Libraries};
use crate::package::{File, Package};
use crate::report::Report;
use crate::scene::Scene;
use crate::system::Presence;

crate::check! {
    /// # Finds
    /// Shared libraries that an extension module, a library or a program needs, and that are neither
    /// in the package, nor in a layer, nor in the runtime's system.
    ///
    /// # Matters because
    /// The loader gives up, and Lambda says `Unable to import module 'app': libGL.so.1: cannot open
    /// shared object file: No such file or directory`. The loader looks where the file itself says
    /// (`RPATH` and `RUNPATH`, with `$ORIGIN` for its folder), then into the system's folders, then
    /// into `/var/task`, `/var/task/lib` and `/opt/lib`.
    ///
    /// # For example
    /// `opencv-python`, which draws windows and needs `libGL.so.1`; a module compiled at home against
    /// the distribution's `libpq.so.5`.
    ///
    /// # To mend it
    /// Take a wheel that brings its libraries, or a variant without them, such as
    /// `opencv-python-headless`. Or put the library into `lib/` of the package or of a layer.
    /// What Lambda's images have is not published. Where a library is not known to be there, nor known
    /// not to be, it is a warning; so is one that lies in the package where the loader does not look.
    pub static MISSING_LIBRARY = "missing-library", Binaries, Error;
}

/// Enough to know the kind.
const NAMES_SHOWN: usize = 4;

type At<'s> = (&'s Package, &'s File);

/// Which message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Absent,
    NotKnown,
    NotSearched,
}

/// What is one finding: of one package, one owner and one verdict.
type Key<'s> = (usize, Option<&'s str>, Verdict);

#[derive(Debug, Default)]
struct Needs<'s> {
    names: BTreeSet<&'s str>,
    files: Vec<At<'s>>,
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let machine = Machine::of(scene.target.arch);
    let libraries = Libraries::new(scene);
    let loaded = loaded_by_modules(scene, &libraries, machine);
    let mut needs: BTreeMap<Key<'_>, Needs<'_>> = BTreeMap::new();
    for (number, package) in scene.packages().enumerate() {
        for file in environments::files_outside(package) {
            let Some(elf) = file.elf().filter(|elf| is_loaded(elf, machine)) else {
                continue;
            };
            let owner = scene.distributions().owner(package, file.path.as_str());
            for name in &elf.needed {
                let Some(verdict) = judge(&libraries, (package, file), elf, name) else {
                    continue;
                };
                let needs = needs
                    .entry((number, owner.map(|it| it.info), verdict))
                    .or_default();
                needs.names.insert(name);
                needs.files.push((package, file));
            }
        }
    }
    for ((_, owner, verdict), mut needs) in needs {
        needs.files.dedup_by(|a, b| std::ptr::eq(a.1, b.1));
        let owner = owner.and_then(|info| {
            let mut all = scene.distributions().all().iter();
            all.find(|it| it.info == info && std::ptr::eq(it.package, needs.files[0].0))
        });
        let subject = match (owner, needs.files.as_slice()) {
            (Some(owner), _) => format!("`{owner}` needs"),
            (None, [(_, file)]) => format!("`{}` needs", file.path),
            (None, files) => format!("{} files need", files.len()),
        };
        let is_certain = verdict == Verdict::Absent
            && needs
                .files
                .iter()
                .any(|(_, file)| loaded.contains(&std::ptr::from_ref(*file)));
        let finding = Finding::new(
            &MISSING_LIBRARY,
            format!(
                "{subject} {}, {}",
                list(&needs.names),
                verdict.says(needs.names.len())
            ),
        )
        .level(if is_certain {
            Level::Error
        } else {
            Level::Warning
        })
        .places(
            needs
                .files
                .iter()
                .map(|(package, file)| Place::new(package, file.path.as_str())),
        );
        report.add(finding.hint(hint(owner.map(Distribution::name), verdict)));
    }
}

impl Verdict {
    fn says(self, names: usize) -> &'static str {
        match (self, names) {
            (Self::Absent, _) => "which neither the package nor the runtime has",
            (Self::NotKnown, 1) => "which is not in the package, nor known to be in the runtime",
            (Self::NotKnown, _) => "which are not in the package, nor known to be in the runtime",
            (Self::NotSearched, 1) => "which is in the package where the loader does not look",
            (Self::NotSearched, _) => "which are in the package where the loader does not look",
        }
    }
}

fn hint(owner: Option<&str>, verdict: Verdict) -> String {
    match (owner, verdict) {
        (Some(owner @ ("opencv-python" | "opencv-contrib-python")), Verdict::Absent) => {
            format!("`{owner}-headless` is the same without windows")
        }
        (_, Verdict::NotSearched) => {
            "the loader looks into `lib/` of the package and of layers".to_owned()
        }
        (_, Verdict::Absent | Verdict::NotKnown) => {
            "libraries in `lib/` of the package or of a layer are found".to_owned()
        }
    }
}

fn judge<'s>(libraries: &Libraries<'s>, at: At<'s>, elf: &Elf, name: &str) -> Option<Verdict> {
    match libraries.find(at, elf, name) {
        Found::Package(_) | Found::System | Found::Nowhere(Presence::Present) => None,
        Found::Nowhere(Presence::Absent) => Some(Verdict::Absent),
        Found::Nowhere(Presence::Unknown) => Some(Verdict::NotKnown),
        // A distribution knows how to load its own, and what it imports may have loaded others'.
        Found::Elsewhere(place) => {
            let is_users = libraries.owner(place).is_none();
            is_users.then_some(Verdict::NotSearched)
        }
    }
}

/// Binaries for another processor or C library fail for that, whatever they need.
fn is_loaded(elf: &Elf, machine: Machine) -> bool {
    elf.machine == machine && elf.kind != Kind::Object && !elf.is_musl()
}

/// Extension modules, and the libraries of the package that are loaded with them. What is in none
/// of these may be a plug-in that is loaded on demand, or a program.
fn loaded_by_modules<'s>(
    scene: &'s Scene<'_>,
    libraries: &Libraries<'s>,
    machine: Machine,
) -> HashSet<*const File> {
    let all = scene
        .packages()
        .flat_map(|package| package.files().iter().map(move |file| (package, file)));
    let mut waiting: Vec<At<'s>> = all
        .filter(|(_, file)| {
            let name = file.path.file_name();
            extension::parse(name).is_some() && !name.starts_with("lib")
        })
        .collect();
    let mut loaded = HashSet::new();
    while let Some((package, file)) = waiting.pop() {
        let Some(elf) = file.elf().filter(|elf| is_loaded(elf, machine)) else {
            continue;
        };
        if !loaded.insert(std::ptr::from_ref(file)) {
            continue;
        }
        for name in &elf.needed {
            if let Found::Package(place) | Found::Elsewhere(place) =
                libraries.find((package, file), elf, name)
            {
                waiting.push(place);
            }
        }
    }
    loaded
}

fn list(names: &BTreeSet<&str>) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(NAMES_SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
