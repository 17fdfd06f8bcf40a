//! What `barrow build` is about to write, as a package.

use barrow_core::Plan;
use barrow_core::plan::{Content, PlannedEntry};

use crate::facts::Known;
use crate::package::{File, Form, Kind, Package};

/// `known` tells what is known of an entry's content; it is asked once for each entry, in order.
pub fn survey_plan(
    name: String,
    kind: Kind,
    plan: &Plan,
    mut known: impl FnMut(&PlannedEntry) -> Known,
) -> Package {
    let files = plan.entries().iter().map(|entry| {
        let unzipped_bytes = entry.content.unzipped_bytes().0;
        let zipped_bytes = match &entry.content {
            Content::Spliced { span, .. } => span.compressed_bytes,
            Content::File { .. } | Content::Fresh(_) => unzipped_bytes,
        };
        let Known { facts, secrets } = known(entry);
        File {
            path: entry.path.clone(),
            unzipped_bytes,
            zipped_bytes,
            mode: Some(if entry.executable { 0o755 } else { 0o644 }),
            modified: None,
            facts,
            secrets,
        }
    });
    let files = files.collect();
    Package::new(name, kind, Form::Plan, files, Vec::new(), Vec::new())
}
