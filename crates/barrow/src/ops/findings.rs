//! Packages as the checks look at them, and what a build makes of it.

use barrow_check::report::Rules;
use barrow_check::{Area, Finding, Level, Package, Scene, checks};
use barrow_model::Target;
use jiff::tz::TimeZone;

use crate::outcome::{Failure, Result};
use crate::settings::{Job, Kind};

/// Packages to be looked at together, and how sure it is what Lambda will call.
#[derive(Debug)]
pub(super) struct Look<'a> {
    pub(super) scene: Scene<'a>,
    /// Nobody named the handler: Lambda may be told to call another one.
    pub(super) handler_is_assumed: bool,
}

impl<'a> Look<'a> {
    /// A package of any kind, with the layers that a function uses.
    pub(super) fn new(package: &'a Package, layers: Vec<&'a Package>, target: Target) -> Self {
        let scene = match package.kind {
            barrow_check::Kind::Function => Scene::new(Some(package), layers, target, today()),
            barrow_check::Kind::Layer => {
                let all = std::iter::once(package).chain(layers).collect();
                Scene::new(None, all, target, today())
            }
        };
        Self {
            scene,
            handler_is_assumed: false,
        }
    }

    /// A package of the project. Dependencies to which code comes later have no handler.
    pub(super) fn of_job(job: &'a Job, package: &'a Package, layers: Vec<&'a Package>) -> Self {
        let mut look = Self::new(package, layers, job.target);
        if let Kind::Function {
            handler,
            handler_is_assumed,
            ..
        } = &job.kind
            && job.source.is_some()
        {
            look.scene.handler = Some(handler.as_str());
            look.handler_is_assumed = *handler_is_assumed;
        }
        look
    }

    /// Runs all checks. What is wrong with a handler that is only assumed is a warning.
    pub(super) fn findings(&self, rules: &Rules) -> Vec<Finding> {
        let mut findings = checks::run(&self.scene, rules);
        if self.handler_is_assumed {
            for finding in &mut findings {
                if finding.check.area == Area::Handler && finding.level == Level::Error {
                    finding.level = Level::Warning;
                }
            }
            findings.sort_by_key(|finding| finding.level);
        }
        findings
    }
}

/// Errors stop a build, with nothing written.
pub(super) fn refuse(findings: &[Finding]) -> Result<()> {
    let errors = findings
        .iter()
        .filter(|finding| finding.level == Level::Error)
        .count();
    let them = match errors {
        0 => return Ok(()),
        1 => "1 error".to_owned(),
        _ => format!("{errors} errors"),
    };
    let first = findings[0].check.name;
    Err(
        Failure::input(format_args!("the checks found {them}; nothing was written"))
            .hint(format!(
                "`barrow check --explain {first}` says more; `allow = [\"{first}\"]` in \
                 `[tool.barrow.check]` passes over it"
            ))
            .hint("`--force` writes the package all the same"),
    )
}

/// What end-of-support dates are compared with.
fn today() -> barrow_check::scene::Date {
    let today = jiff::Timestamp::now().to_zoned(TimeZone::UTC).date();
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    (
        u16::try_from(today.year()).unwrap_or_default(),
        part(today.month()),
        part(today.day()),
    )
}
