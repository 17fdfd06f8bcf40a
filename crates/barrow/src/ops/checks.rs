//! What is known of a plan before it is packed: what Lambda would refuse, and what would not start.

use barrow_core::Plan;
use barrow_model::EntryPath;

use super::files;
use crate::settings::{Job, Kind};

/// A function without the module that Lambda is told to call will not start.
pub(super) fn missing_handler(job: &Job, plan: &Plan) -> Option<String> {
    let Kind::Function { handler, .. } = &job.kind else {
        return None;
    };
    // Without files of its own the package is dependencies only, and code comes later.
    job.source.as_ref()?;
    let module = handler.module_path();
    let is_there = |path: &EntryPath| {
        plan.entries()
            .binary_search_by(|entry| entry.path.cmp(path))
            .is_ok()
    };
    (!files::handler_files(job).iter().any(is_there)).then(|| {
        format!(
            "the handler `{handler}` needs `{module}.py`, which is not in the package; \
             name the right one as `handler` in `[tool.barrow]` or with `--handler`"
        )
    })
}
