//! What a `pyproject.toml` asks for, as the roots of a lock that does not keep them.

use barrow_model::PackageName;
use camino::Utf8Path;
use toml::{Table, Value};

use super::Lock;
use super::reach::Edge;
use crate::requirement::Selection;
use crate::select::Markers;

/// The requirements of the main group, of `groups` and of `extras`.
pub(super) fn roots(pyproject: &Utf8Path, groups: &[String], extras: &[String]) -> Vec<Edge> {
    roots_of(&read(pyproject), groups, extras)
}

/// What a project asks for on the target and its lock does not have, because it was changed since.
///
/// What refers to the project itself, to take its extras, needs no place in the lock.
pub fn not_locked(
    pyproject: &Utf8Path,
    selection: &Selection,
    lock: &Lock,
    markers: &Markers,
) -> Vec<PackageName> {
    let project = read(pyproject);
    let own = project.get("project").and_then(|table| table.get("name"));
    let own = own
        .and_then(Value::as_str)
        .and_then(|name| PackageName::parse(name).ok());
    let is_known = |name: &PackageName| {
        own.as_ref() == Some(name) || lock.packages.iter().any(|package| package.name == *name)
    };
    let counts = |edge: &Edge| {
        let marker = edge.marker.as_deref();
        marker.is_none_or(|marker| markers.holds(marker).unwrap_or(false))
    };
    let mut missing: Vec<PackageName> = roots_of(&project, &selection.groups, &selection.extras)
        .into_iter()
        .filter(|edge| edge.behind.is_empty() && counts(edge) && !is_known(&edge.name))
        .map(|edge| edge.name)
        .collect();
    missing.sort();
    missing.dedup();
    missing
}

/// A project that cannot be read asks for nothing.
fn read(pyproject: &Utf8Path) -> Table {
    let text = std::fs::read_to_string(pyproject).unwrap_or_default();
    text.parse().unwrap_or_default()
}

fn roots_of(project: &Table, groups: &[String], extras: &[String]) -> Vec<Edge> {
    let mut roots = Vec::new();
    let at = |path: &[&str]| {
        path.iter()
            .try_fold(None, |value: Option<&Value>, key| {
                Some(Some(match value {
                    None => project.get(*key)?,
                    Some(value) => value.get(key)?,
                }))
            })
            .flatten()
    };
    let mut add = |value: Option<&Value>| {
        let texts = value.and_then(Value::as_array).into_iter().flatten();
        roots.extend(texts.filter_map(Value::as_str).filter_map(Edge::parse));
    };
    add(at(&["project", "dependencies"]));
    for extra in extras {
        add(at(&["project", "optional-dependencies", extra]));
        add(at(&["tool", "poetry", "extras", extra]));
    }
    for group in groups {
        add(at(&["dependency-groups", group]));
        add(at(&["tool", "pdm", "dev-dependencies", group]));
    }
    let mut tables = vec![at(&["tool", "poetry", "dependencies"])];
    tables.extend(
        groups
            .iter()
            .map(|group| at(&["tool", "poetry", "group", group, "dependencies"])),
    );
    for table in tables.into_iter().flatten().filter_map(Value::as_table) {
        let dependencies = table.iter().filter(|(name, _)| *name != "python");
        roots.extend(dependencies.flat_map(|(name, value)| poetry_edges(name, value)));
    }
    roots
}

/// A dependency as poetry writes it, in projects and in locks: a version, a table, or several.
pub(super) fn poetry_edges(name: &str, value: &Value) -> Vec<Edge> {
    if let Some(values) = value.as_array() {
        return values
            .iter()
            .flat_map(|value| poetry_edges(name, value))
            .collect();
    }
    let Some(mut edge) = Edge::parse(name) else {
        return Vec::new();
    };
    let Some(table) = value.as_table() else {
        return vec![edge];
    };
    let marker = table.get("markers").and_then(Value::as_str);
    edge.marker = marker.map(str::to_owned);
    let extras = table
        .get("extras")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    edge.extras = extras
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let is_optional = table
        .get("optional")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let asks_for_extra = edge
        .marker
        .as_deref()
        .is_some_and(|marker| marker.contains("extra"));
    if is_optional && !asks_for_extra {
        // Which extra brings it stands elsewhere; whoever knows puts it in.
        edge.behind = vec![String::new()];
    }
    vec![edge]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(project: &str, groups: &[&str], extras: &[&str], expected: &[&str]) {
        let owned = |names: &[&str]| {
            names
                .iter()
                .map(|&name| name.to_owned())
                .collect::<Vec<_>>()
        };
        let roots = roots_of(&project.parse().unwrap(), &owned(groups), &owned(extras));
        let shown: Vec<String> = roots
            .iter()
            .filter(|edge| edge.behind.is_empty())
            .map(|edge| format!("{}{:?}", edge.name, edge.extras).replace("[]", ""))
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_the_lock_does_not_have_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("pyproject.toml");
        let project = "[project]\nname = 'shop'\ndependencies = ['six', 'IDNA', \
                       \"colorama; sys_platform == 'win32'\", 'shop[x]']\n\
                       [project.optional-dependencies]\nx = ['orjson']\ny = ['anyio']\n";
        std::fs::write(&file, project).unwrap();
        let target = barrow_model::Target {
            runtime: "python3.12".parse().unwrap(),
            arch: barrow_model::Arch::X86_64,
        };
        let selection = Selection {
            groups: Vec::new(),
            extras: vec!["x".to_owned()],
        };
        let markers = Markers::new(target, &selection.extras, &[]);
        let missing = not_locked(&file, &selection, &Lock::default(), &markers);
        let names: Vec<_> = missing.iter().map(PackageName::as_str).collect();
        assert_eq!(names, ["idna", "orjson", "six"]);
    }

    #[test]
    fn both_ways_to_state_requirements_are_read() {
        let standard = "[project]\ndependencies = ['six>1', 'a[b]']\n\
                        [project.optional-dependencies]\nx = ['idna']\n\
                        [dependency-groups]\ndev = ['pytest', {include-group = 'lint'}]\n";
        check(standard, &[], &[], &["six", "a[\"b\"]"]);
        check(
            standard,
            &["dev"],
            &["x"],
            &["six", "a[\"b\"]", "idna", "pytest"],
        );
        let poetry = "[tool.poetry.dependencies]\npython = '^3.11'\nsix = '^1'\n\
                      a = { version = '*', extras = ['b'] }\nopt = { version = '1', optional = true }\n\
                      [tool.poetry.extras]\nx = ['opt']\n\
                      [tool.poetry.group.dev.dependencies]\npytest = '*'\n";
        check(poetry, &["main"], &[], &["a[\"b\"]", "six"]);
        check(
            poetry,
            &["dev"],
            &["x"],
            &["opt", "a[\"b\"]", "six", "pytest"],
        );
    }
}
