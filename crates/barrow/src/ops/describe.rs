//! What there is to say about a package that was made.

use barrow_check::Finding;
use barrow_core::pack::Packed;
use barrow_core::plan::{Plan, Source};
use barrow_model::Bytes;
use barrow_model::limits::DIRECT_UPLOAD_LIMIT_BYTES;

use super::planned::Planned;
use super::resolve::Wheels;
use crate::output::findings::FindingDocument;
use crate::output::json::{Distribution, Package};
use crate::settings::{Job, Kind};

pub(super) fn package(
    job: &Job,
    packed: &Packed,
    planned: &Planned,
    findings: &[Finding],
) -> Package {
    let Planned { plan, wheels, .. } = planned;
    let mut notes = planned.notes.clone();
    if packed.zipped_bytes >= DIRECT_UPLOAD_LIMIT_BYTES {
        notes.push(format!(
            "{} zipped is too large for a direct upload; upload it through an S3 bucket",
            Bytes(packed.zipped_bytes)
        ));
    }
    Package {
        name: job.name.clone(),
        kind: match job.kind {
            Kind::Function { .. } => "function",
            Kind::Layer => "layer",
        }
        .to_owned(),
        path: job.output.to_string(),
        runtime: job.target.runtime.to_string(),
        architecture: job.target.arch.to_string(),
        zipped_bytes: packed.zipped_bytes,
        unzipped_bytes: packed.unzipped_bytes,
        entries: plan.entries().len(),
        sha256: packed.sha256.to_hex(),
        code_sha256: packed.sha256.to_code_sha256(),
        unchanged: false,
        // Whoever times the whole build fills it in.
        seconds: 0.0,
        distributions: distributions(plan, wheels),
        warnings: planned.warnings.clone(),
        notes,
        findings: findings.iter().map(FindingDocument::from).collect(),
    }
}

/// What each wheel brought into the plan, by name.
pub(super) fn distributions(plan: &Plan, wheels: &Wheels) -> Vec<Distribution> {
    let mut distributions: Vec<Distribution> = plan
        .shares()
        .into_iter()
        .filter_map(|share| {
            let Source::Wheel(id) = share.source else {
                return None;
            };
            let wheel = &wheels.stored[id.0 as usize].wheel;
            Some(Distribution {
                name: wheel.name.name().to_string(),
                version: wheel.version.clone(),
                file: wheel.name.to_string(),
                zipped_bytes: share.zipped_bytes.0,
                unzipped_bytes: share.unzipped_bytes.0,
            })
        })
        .collect();
    distributions.sort_by(|a, b| a.name.cmp(&b.name));
    distributions
}
