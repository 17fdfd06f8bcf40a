//! Where a function looks for modules, for a terminal.

use std::fmt::Write as _;

use super::json::path::{
    CopyDocument, HoldsDocument, ModuleDocument, ModuleKind, PathDocument, PathEntry,
};
use super::text;

/// The longest path, in characters.
const PATH_WIDTH: usize = 100;

/// The longest name of a module, in characters.
const NAME_WIDTH: usize = 32;

/// `all` also lists modules of which there is one copy.
pub fn search_path(document: &PathDocument, all: bool) -> String {
    let mut shown = format!(
        "sys.path for {} on {}\n",
        document.runtime, document.architecture
    );
    let paths = document.entries.iter().map(|entry| entry.path.len());
    let width = paths.max().unwrap_or_default();
    for (number, entry) in (1..).zip(&document.entries) {
        let _ = writeln!(
            shown,
            "  {number}  {:<width$}  {}",
            entry.path,
            holds(entry)
        );
    }
    for file in &document.path_files {
        let _ = writeln!(shown, "\n{}", text::clipped(&file.path, PATH_WIDTH));
        for path in &file.adds {
            let _ = writeln!(shown, "  adds {}", text::clipped(path, PATH_WIDTH));
        }
        if file.runs > 0 {
            let _ = writeln!(shown, "  runs {} of code", text::counted(file.runs, "line"));
        }
    }
    shown.push_str(&modules(document, all));
    shown
}

fn holds(entry: &PathEntry) -> String {
    match entry.holds {
        HoldsDocument::Packages => {
            let packages: Vec<String> = entry
                .packages
                .iter()
                .map(|name| text::visible(name))
                .collect();
            format!(
                "{} of {}",
                text::counted(entry.modules, "module"),
                packages.join(", ")
            )
        }
        HoldsDocument::Sdk => "the AWS SDK, in the runtime's version".to_owned(),
        HoldsDocument::Client => "the runtime's client".to_owned(),
        HoldsDocument::StandardLibrary => "the standard library".to_owned(),
        HoldsDocument::Nothing => "nothing".to_owned(),
    }
}

fn modules(document: &PathDocument, all: bool) -> String {
    let several =
        |module: &&ModuleDocument| !module.hidden.is_empty() || !module.mixed_from.is_empty();
    let listed: Vec<&ModuleDocument> = document
        .modules
        .iter()
        .filter(|module| all || several(module))
        .collect();
    if listed.is_empty() {
        let count = text::counted(document.modules.len(), "module");
        return format!("\n{count}, each there once\n");
    }
    let heading = if all {
        "modules"
    } else {
        "modules that are there more than once"
    };
    let mut shown = format!("\n{heading}\n");
    let names = listed.iter().map(|module| module.name.chars().count());
    let width = names.max().unwrap_or_default().min(NAME_WIDTH);
    for module in listed {
        let mut name = text::clipped(&module.name, NAME_WIDTH);
        for line in lines(module) {
            let _ = writeln!(shown, "  {name:<width$}  {line}");
            name.clear();
        }
    }
    shown
}

/// What there is to say of a module: the copy that is imported first.
fn lines(module: &ModuleDocument) -> Vec<String> {
    let note = match module.kind {
        _ if module.is_fixed => "; imported before the function is",
        ModuleKind::Namespace if module.found.len() > 1 => {
            "; one of several folders of a namespace"
        }
        _ => "",
    };
    let found = module
        .found
        .iter()
        .map(|found| format!("{}{note}", copy(found)));
    let hidden = module
        .hidden
        .iter()
        .map(|hidden| format!("not {}", copy(hidden)));
    let mut lines: Vec<String> = found.chain(hidden).collect();
    if !module.mixed_from.is_empty() {
        let layers: Vec<String> = module
            .mixed_from
            .iter()
            .map(|name| text::visible(name))
            .collect();
        lines.push(format!(
            "mixed from {}, the later over the earlier",
            layers.join(", ")
        ));
    }
    lines
}

fn copy(copy: &CopyDocument) -> String {
    let path = text::clipped(&copy.path, PATH_WIDTH);
    let from = [copy.distribution.as_deref(), copy.package.as_deref()];
    let from: Vec<String> = from.into_iter().flatten().map(text::visible).collect();
    if from.is_empty() {
        return path;
    }
    format!("{path}  ({})", from.join(", "))
}
