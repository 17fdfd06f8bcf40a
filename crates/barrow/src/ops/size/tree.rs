//! Every file of a package below its distribution and its folders.

use super::Weight;
use super::kind::Kind;

/// Folders below folders are told apart so far, which real packages never reach. Of what lies
/// deeper, the rest of the path is the file's name.
const DEEPEST: usize = 48;

/// The files, in an order in which those of a folder follow each other. A tree of maps would be
/// the obvious thing, and takes gigabytes of a hostile zip.
#[derive(Debug, Default)]
pub struct Tree {
    files: Vec<Leaf>,
}

/// A file, with the name of its distribution as the first part of its path.
#[derive(Debug)]
struct Leaf {
    path: String,
    kind: Kind,
    weight: Weight,
}

/// A place in the tree, as a walk comes by.
#[derive(Debug, PartialEq, Eq)]
pub struct Node<'t> {
    /// 0 for a distribution.
    pub depth: usize,
    pub name: &'t str,
    /// `None` for a folder.
    pub file: Option<(Kind, Weight)>,
}

impl Tree {
    pub(crate) fn add(&mut self, owner: &str, path: &str, kind: Kind, weight: Weight) {
        self.files.push(Leaf {
            path: format!("{}/{path}", owner.replace('/', "_")),
            kind,
            weight,
        });
    }

    #[must_use]
    pub(crate) fn finish(mut self) -> Self {
        self.files.sort_by(|a, b| a.parts().cmp(b.parts()));
        self
    }

    /// Each folder before what it holds, in the order of names.
    pub fn walk(&self, mut visit: impl FnMut(Node<'_>)) {
        let mut open: Vec<&str> = Vec::new();
        for leaf in &self.files {
            let mut folders: Vec<&str> = leaf.parts().collect();
            let name = folders.pop().unwrap_or_default();
            let shared = open
                .iter()
                .zip(&folders)
                .take_while(|(a, b)| a == b)
                .count();
            for (depth, name) in folders.iter().enumerate().skip(shared) {
                visit(Node {
                    depth,
                    name,
                    file: None,
                });
            }
            visit(Node {
                depth: folders.len(),
                name,
                file: Some((leaf.kind, leaf.weight)),
            });
            open = folders;
        }
    }
}

impl Leaf {
    fn parts(&self) -> impl Iterator<Item = &str> {
        self.path.splitn(DEEPEST, '/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(paths: &[&str], expected: &[&str]) {
        let mut tree = Tree::default();
        for path in paths {
            tree.add("a 1.0", path, Kind::Python, Weight::default());
        }
        let mut seen = Vec::new();
        tree.finish().walk(|node| {
            let end = if node.file.is_none() { "/" } else { "" };
            seen.push(format!("{}{}{end}", "  ".repeat(node.depth), node.name));
        });
        assert_eq!(seen, expected);
    }

    #[test]
    fn each_folder_comes_once_and_before_what_it_holds() {
        check(
            &["x/b.py", "x-y/c.py", "x/a/d.py", "z.py", "x/b/e.py"],
            &[
                "a 1.0/",
                "  x/",
                "    a/",
                "      d.py",
                "    b/",
                "      e.py",
                "    b.py",
                "  x-y/",
                "    c.py",
                "  z.py",
            ],
        );
    }

    #[test]
    fn what_lies_too_deep_keeps_its_path() {
        let deep = "a/".repeat(1000) + "b.py";
        let mut tree = Tree::default();
        tree.add("x", &deep, Kind::Python, Weight::default());
        let mut depths = Vec::new();
        tree.finish()
            .walk(|node| depths.push((node.depth, node.name.len())));
        assert_eq!(depths.len(), DEEPEST);
        assert_eq!(
            depths[DEEPEST - 1],
            (DEEPEST - 1, 2 * (1000 - DEEPEST + 2) + 4)
        );
    }

    #[test]
    fn a_name_that_occurs_twice_is_two_files() {
        check(
            &["x.py", "x.py", "x.py/y"],
            &["a 1.0/", "  x.py", "  x.py", "  x.py/", "    y"],
        );
    }
}
