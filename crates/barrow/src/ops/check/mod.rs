//! Looks at packages as Lambda would, and says what it found.

use barrow_check::{Finding, Kind, Level, Scene};
use barrow_model::{Arch, Runtime};
use camino::Utf8PathBuf;

use super::Context;
use crate::outcome::Result;
use crate::output::findings::{CheckDocument, FindingDocument};

pub mod fix;
mod named;
mod project;

pub use fix::Destination;

/// What to check, as the user said it.
#[derive(Debug)]
pub struct Request {
    /// `None` for what `barrow build` would write.
    pub package: Option<Utf8PathBuf>,
    /// `None` to tell by the package's folders.
    pub kind: Option<Kind>,
    pub runtime: Option<Runtime>,
    pub arch: Option<Arch>,
    pub handler: Option<String>,
    pub layers: Vec<Utf8PathBuf>,
    pub by_bucket: bool,
    pub allow: Vec<String>,
    pub deny: Vec<String>,
    /// Where a mended package goes, if one is wanted.
    pub fix: Option<Destination>,
}

/// A package, and what was found in it.
#[derive(Debug)]
pub struct Checked {
    pub findings: Vec<Finding>,
    pub document: CheckDocument,
}

/// Checks one package, or all that the project in this folder makes.
pub fn check(request: &Request, context: &Context) -> Result<Vec<Checked>> {
    match &request.package {
        Some(path) => Ok(vec![named::check(path, request, context)?]),
        None => project::check(request, context),
    }
}

/// What there is to say about a package that was looked at.
fn report(package: &str, scene: &Scene<'_>, findings: Vec<Finding>) -> Checked {
    let document = CheckDocument {
        package: package.to_owned(),
        kind: match scene.function {
            Some(_) => "function",
            None => "layer",
        },
        runtime: scene.target.runtime.to_string(),
        architecture: scene.target.arch.to_string(),
        handler: scene.handler.map(str::to_owned),
        errors: CheckDocument::count(&findings, Level::Error),
        warnings: CheckDocument::count(&findings, Level::Warning),
        notes: CheckDocument::count(&findings, Level::Note),
        findings: findings.iter().map(FindingDocument::from).collect(),
        fixed: None,
    };
    Checked { findings, document }
}
