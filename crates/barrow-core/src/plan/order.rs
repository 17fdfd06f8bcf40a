//! The order in which pip installs: what others depend on comes first.
//!
//! It decides who wins where two wheels bring the same path, so it is followed to the letter: a
//! distribution's weight grows with the rounds of leaf-pruning that it survives, extras count as
//! distributions of their own, heavier goes first, and among equals the later name.

use std::collections::HashMap;

use barrow_model::PackageName;

use crate::wheel::Wheel;

/// How often a node inside a cycle is walked through at most. pip's number: more changes nothing
/// in graphs that exist and takes exponential time in those that do not.
const VISITS: usize = 5;

/// The positions of `wheels` in pip's install order.
///
/// `applies` evaluates a marker for the target; its second argument is the extra that is asked
/// for, or empty. Requirements on distributions that are not among `wheels` count for nothing.
pub fn install_order(wheels: &[&Wheel], applies: &dyn Fn(&str, &str) -> bool) -> Vec<usize> {
    let weights = weights(&Graph::new(wheels, applies));
    let mut order: Vec<usize> = (0..wheels.len()).collect();
    order.sort_by(|&a, &b| {
        (weights[b], wheels[b].name.name()).cmp(&(weights[a], wheels[a].name.name()))
    });
    order
}

/// Who depends on whom. The first nodes are the wheels, in their order; the others are a wheel
/// with a set of extras.
struct Graph {
    wheels: usize,
    children: Vec<Vec<usize>>,
}

impl Graph {
    fn new(wheels: &[&Wheel], applies: &dyn Fn(&str, &str) -> bool) -> Self {
        let by_name: HashMap<&str, usize> = wheels
            .iter()
            .enumerate()
            .map(|(i, wheel)| (wheel.name.name().as_str(), i))
            .collect();
        let requirements: Vec<Vec<Requirement<'_>>> = wheels
            .iter()
            .map(|wheel| {
                wheel
                    .requires
                    .iter()
                    .filter_map(|text| Requirement::parse(text))
                    .collect()
            })
            .collect();

        let mut nodes: Vec<(usize, Vec<String>)> =
            (0..wheels.len()).map(|i| (i, Vec::new())).collect();
        let mut known: HashMap<(usize, Vec<String>), usize> = HashMap::new();
        let mut children: Vec<Vec<usize>> = Vec::new();
        while let Some((wheel, extras)) = nodes.get(children.len()).cloned() {
            // With extras, a distribution depends on itself without them. pip's way of saying it.
            let mut needs = if extras.is_empty() {
                Vec::new()
            } else {
                vec![wheel]
            };
            for requirement in &requirements[wheel] {
                let holds = match requirement.marker {
                    None => true,
                    Some(marker) if extras.is_empty() => applies(marker, ""),
                    Some(marker) => extras.iter().any(|extra| applies(marker, extra)),
                };
                let Some(&needed) = by_name.get(requirement.name.as_str()).filter(|_| holds) else {
                    continue;
                };
                if requirement.extras.is_empty() {
                    needs.push(needed);
                    continue;
                }
                let key = (needed, requirement.extras.clone());
                let node = *known.entry(key).or_insert_with_key(|key| {
                    nodes.push(key.clone());
                    nodes.len() - 1
                });
                needs.push(node);
            }
            needs.sort_unstable();
            needs.dedup();
            children.push(needs);
        }
        Self {
            wheels: wheels.len(),
            children,
        }
    }
}

/// One weight for each wheel.
fn weights(graph: &Graph) -> Vec<usize> {
    let count = graph.children.len();
    let mut weights = vec![0; count];
    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (node, children) in graph.children.iter().enumerate() {
        for &child in children {
            parents[child].push(node);
        }
    }

    // Rounds of pruning: what depends on nothing that is left goes.
    let mut open: Vec<usize> = graph.children.iter().map(Vec::len).collect();
    let mut left = count;
    let mut leaves: Vec<usize> = (0..count).filter(|&node| open[node] == 0).collect();
    let mut pruned = vec![false; count];
    while !leaves.is_empty() {
        let mut next = Vec::new();
        for &leaf in &leaves {
            weights[leaf] = left;
            pruned[leaf] = true;
            for &parent in &parents[leaf] {
                open[parent] -= 1;
                if open[parent] == 0 {
                    next.push(parent);
                }
            }
        }
        left -= leaves.len();
        leaves = next;
    }

    weigh_cycles(graph, &pruned, &mut weights);
    weights.truncate(graph.wheels);
    weights
}

/// What is left depends on a cycle, or is one: its weight is the longest way to it.
fn weigh_cycles(graph: &Graph, pruned: &[bool], weights: &mut [usize]) {
    let mut visits = vec![0; pruned.len()];
    let mut on_path = vec![false; pruned.len()];
    // A stack of our own: how deep it gets is up to the wheels' metadata.
    let mut path: Vec<(usize, usize)> = Vec::new();
    for root in (0..graph.wheels).filter(|&node| !pruned[node]) {
        let mut entering = Some(root);
        loop {
            if let Some(node) = entering.take()
                && !pruned[node]
                && !on_path[node]
                && visits[node] < VISITS
            {
                on_path[node] = true;
                path.push((node, 0));
            }
            let Some((node, next)) = path.last_mut() else {
                break;
            };
            if let Some(&child) = graph.children[*node].get(*next) {
                *next += 1;
                entering = Some(child);
            } else {
                let node = *node;
                weights[node] = weights[node].max(path.len());
                visits[node] += 1;
                on_path[node] = false;
                path.pop();
            }
        }
    }
}

/// As much of a `Requires-Dist` line as the order depends on.
struct Requirement<'t> {
    name: PackageName,
    /// Normalised, sorted, each once.
    extras: Vec<String>,
    marker: Option<&'t str>,
}

impl<'t> Requirement<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let text = text.trim_start();
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
            .unwrap_or(text.len());
        let name = PackageName::parse(&text[..end]).ok()?;
        let mut rest = text[end..].trim_start();
        let mut extras = Vec::new();
        if let Some((inside, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        {
            let parse = |extra: &str| PackageName::parse(extra.trim()).ok();
            extras = inside
                .split(',')
                .filter_map(parse)
                .map(|extra| extra.to_string())
                .collect();
            extras.sort_unstable();
            extras.dedup();
            rest = behind.trim_start();
        }
        // A URL may hold a semicolon; a blank before it makes it a marker's.
        let separator = if rest.starts_with('@') { " ;" } else { ";" };
        let marker = rest.split_once(separator).map(|(_, marker)| marker.trim());
        Some(Self {
            name,
            extras,
            marker,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wheel(name: &str, requires: &[&str]) -> Wheel {
        Wheel {
            name: format!("{name}-1-py3-none-any.whl").parse().unwrap(),
            version: "1".to_owned(),
            dist_info: format!("{name}-1.dist-info"),
            requires: requires.iter().map(|&text| text.to_owned()).collect(),
            requires_python: None,
            entries: Vec::new(),
            scripts: Vec::new(),
            record_is_exact: true,
        }
    }

    /// Markers here are `yes`, `no`, or the name of an extra.
    fn check(wheels: &[(&str, &[&str])], expected: &[&str]) {
        let wheels: Vec<_> = wheels
            .iter()
            .map(|(name, requires)| wheel(name, requires))
            .collect();
        let wheels: Vec<_> = wheels.iter().collect();
        let order = install_order(&wheels, &|marker, extra| marker == "yes" || marker == extra);
        let names: Vec<_> = order
            .iter()
            .map(|&i| wheels[i].name.name().as_str())
            .collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn independent_distributions_come_last_name_first() {
        check(&[("a", &[]), ("c", &[]), ("b", &[])], &["c", "b", "a"]);
    }

    #[test]
    fn what_others_need_comes_first() {
        check(
            &[
                ("a", &[]),
                ("b", &["a>=1", "gone"]),
                ("c", &["b (==1)"]),
                ("d", &["a ; yes"]),
            ],
            &["a", "d", "b", "c"],
        );
    }

    #[test]
    fn a_marker_that_does_not_hold_is_no_dependency() {
        check(&[("a", &["b; no"]), ("b", &["a; x"])], &["b", "a"]);
        check(
            &[
                ("a", &["b @ https://index.example/b;x.whl ; yes"]),
                ("b", &[]),
            ],
            &["b", "a"],
        );
        check(
            &[
                ("b", &["c @ https://index.example/c;x.whl ; no"]),
                ("c", &["b"]),
            ],
            &["b", "c"],
        );
    }

    #[test]
    fn an_extra_is_a_step_of_its_own() {
        // `b` needs one step, `z[x]` stands between `a` and `z`, so `a` takes two.
        check(
            &[
                ("a", &["Z[X]"]),
                ("b", &["z"]),
                ("z", &["y; x"]),
                ("y", &[]),
            ],
            &["z", "y", "b", "a"],
        );
    }

    #[test]
    fn cycles_end() {
        check(
            &[("a", &["b"]), ("b", &["a"]), ("c", &["a"]), ("d", &[])],
            &["d", "b", "a", "c"],
        );
        check(&[("a", &["a[x]"])], &["a"]);
    }

    #[test]
    fn a_cycle_of_any_length_ends() {
        // Deeper than a thread's stack would take, were this recursive.
        let names: Vec<String> = (0..50_000).map(|i| format!("a{i}")).collect();
        let requires: Vec<[&str; 1]> = (0..names.len())
            .map(|i| [&*names[(i + 1) % names.len()]])
            .collect();
        let wheels: Vec<_> = names
            .iter()
            .zip(&requires)
            .map(|(name, requires)| wheel(name, requires))
            .collect();
        let wheels: Vec<_> = wheels.iter().collect();
        let order = install_order(&wheels, &|_, _| true);
        // Five walks are allowed. Each weighs what it meets last most, and the fifth begins here.
        assert_eq!((order[0], order[49_999]), (49_999, 4));
    }
}
