//! Every import of a forest, with those that led to it.

use super::Import;

/// Visits each import before its children, in order; beside it, its importers, outermost first.
///
/// Does not recurse: nesting is up to who made the forest.
pub fn walk<'t>(imports: &'t [Import], mut visit: impl FnMut(&[&'t Import], &'t Import)) {
    let mut importers: Vec<&Import> = Vec::new();
    let mut levels = vec![imports.iter()];
    while let Some(level) = levels.last_mut() {
        if let Some(import) = level.next() {
            visit(&importers, import);
            importers.push(import);
            levels.push(import.children.iter());
        } else {
            levels.pop();
            importers.pop();
        }
    }
}
