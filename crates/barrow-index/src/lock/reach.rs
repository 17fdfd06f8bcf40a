//! Which locked packages a project needs, where the lock does not say.
//!
//! poetry before 2.0 and PDM with its uv resolver lock everything together; what belongs to the
//! main requirements is found by following dependencies from the project, on the target.

use std::collections::{BTreeMap, BTreeSet};

use barrow_model::PackageName;

use crate::select::Markers;

/// A dependency of the project or of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub name: PackageName,
    /// Extras of the package that is depended on.
    pub extras: Vec<String>,
    /// A marker, which may ask for an extra of the package that depends.
    pub marker: Option<String>,
    /// The extras of the package that depends, one of which must be asked for; none means always.
    pub behind: Vec<String>,
}

impl Edge {
    /// Takes `name[extra] >=1 ; marker` apart; `None` if that is not what it is.
    pub(super) fn parse(requirement: &str) -> Option<Self> {
        let (head, marker) = match requirement.split_once(';') {
            Some((head, marker)) => (head, Some(marker.trim().to_owned())),
            None => (requirement, None),
        };
        let head = head.trim();
        let end = head.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
        let (name, rest) = head.split_at(end.unwrap_or(head.len()));
        let extras = rest
            .trim_start()
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'));
        let extras = extras.map(|(list, _)| list.split(',').map(|one| one.trim().to_owned()));
        Some(Self {
            name: PackageName::parse(name).ok()?,
            extras: extras.into_iter().flatten().collect(),
            marker: marker.filter(|marker| !marker.is_empty()),
            behind: Vec::new(),
        })
    }
}

pub(super) type Edges = BTreeMap<PackageName, Vec<Edge>>;

/// Every package that `roots` lead to on the target.
///
/// A marker that nobody understands counts as true: one package too many does less harm than one
/// too few.
pub(super) fn reach(roots: Vec<Edge>, edges: &Edges, markers: &Markers) -> BTreeSet<PackageName> {
    let mut reached: BTreeMap<PackageName, BTreeSet<String>> = BTreeMap::new();
    let mut open: Vec<(Edge, BTreeSet<String>)> = roots
        .into_iter()
        .map(|edge| (edge, BTreeSet::new()))
        .collect();
    while let Some((edge, extras)) = open.pop() {
        let is_behind = !edge.behind.is_empty() && !edge.behind.iter().any(|e| extras.contains(e));
        let holds = edge
            .marker
            .as_ref()
            .is_none_or(|marker| markers.holds_with(marker, &extras).unwrap_or(true));
        if is_behind || !holds {
            continue;
        }
        let is_new = !reached.contains_key(&edge.name);
        let known = reached.entry(edge.name.clone()).or_default();
        let before = known.len();
        known.extend(edge.extras);
        // Extras that were not asked for before may lead further.
        if is_new || known.len() > before {
            let known = known.clone();
            let next = edges.get(&edge.name).into_iter().flatten();
            open.extend(next.map(|edge| (edge.clone(), known.clone())));
        }
    }
    reached.into_keys().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_target_and_the_extras_need_is_reached() {
        let name = |name: &str| PackageName::parse(name).unwrap();
        let edge = |text: &str| Edge::parse(text).unwrap();
        let mut edges = Edges::new();
        edges.insert(
            name("a"),
            vec![
                edge("b>=1"),
                edge("win; sys_platform == 'win32'"),
                edge("mail (>=2); extra == 'email'"),
                Edge {
                    behind: vec!["fast".to_owned()],
                    ..edge("quick")
                },
            ],
        );
        edges.insert(name("b"), vec![edge("a[email]"), edge("c ; nonsense")]);
        let target = barrow_model::Target {
            runtime: "python3.12".parse().unwrap(),
            arch: barrow_model::Arch::Arm64,
        };
        let markers = Markers::new(target, &[], &[]);
        let check = |roots: &[&str], expected: &[&str]| {
            let roots = roots.iter().map(|root| edge(root)).collect();
            let reached = reach(roots, &edges, &markers);
            let reached: Vec<&str> = reached.iter().map(PackageName::as_str).collect();
            assert_eq!(reached, expected);
        };
        check(&["a"], &["a", "b", "c", "mail"]);
        check(&["a[fast]"], &["a", "b", "c", "mail", "quick"]);
        check(&["c", "d; python_version < '3'"], &["c"]);
        assert_eq!(Edge::parse("@"), None);
    }
}
