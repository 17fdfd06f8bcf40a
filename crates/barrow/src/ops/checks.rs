//! What is known of a plan before it is packed: what Lambda would refuse, and what would not start.

use barrow_core::Plan;
use barrow_model::limits::{ENTRIES_WITHOUT_ZIP64, UNZIPPED_LIMIT_BYTES};
use barrow_model::{Bytes, EntryPath};

use super::describe::distributions;
use super::files;
use super::resolve::Wheels;
use crate::outcome::{Failure, Result};
use crate::output::human;
use crate::output::json::Package;
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

/// The hard limits, which `--force` passes over.
pub(super) fn limits(plan: &Plan, wheels: &Wheels, layers: &[&Package]) -> Result<()> {
    let own = plan.unzipped_bytes();
    let of_layers: Bytes = layers.iter().map(|layer| Bytes(layer.unzipped_bytes)).sum();
    let limit = Bytes(UNZIPPED_LIMIT_BYTES);
    if plan.entries().len() > ENTRIES_WITHOUT_ZIP64 {
        return Err(Failure::input(format_args!(
            "{} files; a zip that Lambda is known to accept lists at most {ENTRIES_WITHOUT_ZIP64}",
            plan.entries().len()
        ))
        .hint("`--force` writes it all the same"));
    }
    let total = own + of_layers;
    if total < limit {
        return Ok(());
    }
    let with_layers = match layers.len() {
        0 => String::new(),
        1 => format!(", {of_layers} of them in a layer"),
        count => format!(", {of_layers} of them in {count} layers"),
    };
    let largest = human::largest(&distributions(plan, wheels));
    Err(Failure::input(format_args!(
        "{total} unzipped ({} bytes{with_layers}); expected less than {limit} \
         ({UNZIPPED_LIMIT_BYTES} bytes), function and layers together",
        total.0
    ))
    .detail(largest)
    .hint("leave out what the function does not import; a container image may hold 10 GB")
    .hint("`--force` writes the package all the same"))
}
