//! What Lambda takes, and what would only fail when the function is called: packages are looked at
//! behind the requests that bring them, and what is found goes to the journal.

use std::collections::HashSet;
use std::fs::File;
use std::sync::{Mutex, MutexGuard, PoisonError};

use barrow_check::report::Rules;
use barrow_check::survey::survey_zip;
use barrow_check::{Finding, Kind, Level, Package, Scene, checks};
use barrow_model::Target;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::journal::Found;
use crate::lambda::{Code, Configuration, Function, Qualified};
use crate::service::Service;

/// How many different packages are remembered as looked at.
const REMEMBERED: usize = 1024;

/// Looks at one package at a time.
#[derive(Debug, Default)]
pub(crate) struct Inspector {
    seen: Mutex<HashSet<Subject>>,
    looking: tokio::sync::Mutex<()>,
}

/// All that findings depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Subject {
    runtime: String,
    architecture: String,
    handler: Option<String>,
    code: String,
    layers: Vec<String>,
}

impl Inspector {
    fn seen(&self) -> MutexGuard<'_, HashSet<Subject>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is new.
    fn remember(&self, subject: &Subject) -> bool {
        let mut seen = self.seen();
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(subject.clone())
    }
}

impl Subject {
    fn of(told: &Configuration) -> Self {
        let layers = told.layers.iter();
        Self {
            runtime: told.runtime.clone().unwrap_or_default(),
            architecture: told.architecture.clone(),
            handler: told.handler.clone(),
            code: told.code.sha256.clone(),
            layers: layers.map(|used| used.code.sha256.clone()).collect(),
        }
    }

    /// Of what runs Python; of other runtimes nothing is known here.
    fn target(&self) -> Option<Target> {
        Some(Target {
            runtime: self.runtime.parse().ok()?,
            arch: self.architecture.parse().ok()?,
        })
    }
}

/// Has what a function now is looked at, if anybody wants to hear of it.
pub(crate) fn later(service: &Service, named: &Qualified) {
    let Some(journal) = &service.options.journal else {
        return;
    };
    if !journal.hears(crate::journal::Level::Warning) {
        return;
    }
    let (task, named) = (service.clone(), named.unqualified());
    service.spawn(async move {
        let _alone = task.inspector.looking.lock().await;
        let service = task.clone();
        let looked = tokio::task::spawn_blocking(move || look(&service, &named));
        let _ = looked.await;
    });
}

fn look(service: &Service, named: &Qualified) {
    let read = service
        .store
        .read(|records| records.get::<Function>(&named.scope, "", &named.name));
    let Ok(Some(function)) = read else { return };
    let told = &function.latest;
    let subject = Subject::of(told);
    let (Some(target), Some(journal)) = (subject.target(), &service.options.journal) else {
        return;
    };
    if !service.inspector.remember(&subject) {
        return;
    }
    for finding in findings(service, target, told) {
        journal.found(&Found {
            at: Timestamp::now(),
            account: &named.scope.account,
            region: &named.scope.region,
            function: &named.name,
            level: finding.level.as_str(),
            check: finding.check.name,
            message: &finding.message,
        });
    }
}

/// Errors and warnings; what is merely worth knowing is not for a log.
fn findings(service: &Service, target: Target, told: &Configuration) -> Vec<Finding> {
    let survey = |name: &str, kind: Kind, code: &Code| -> Option<Package> {
        let file = File::open(service.codes.path(&code.sha256)).ok()?;
        Some(survey_zip(name.to_owned(), kind, &file, target))
    };
    let layers: Option<Vec<Package>> = told
        .layers
        .iter()
        .map(|used| survey(&used.arn, Kind::Layer, &used.code))
        .collect();
    let package = survey("the package", Kind::Function, &told.code);
    let (Some(package), Some(layers)) = (package, layers) else {
        return Vec::new();
    };
    let layers = layers.iter().collect();
    let mut scene = Scene::new(Some(&package), layers, target, today());
    scene.handler = told.handler.as_deref();
    let mut findings = checks::run(&scene, &Rules::default());
    findings.retain(|finding| finding.level != Level::Note);
    findings
}

fn today() -> barrow_check::scene::Date {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    (
        u16::try_from(today.year()).unwrap_or_default(),
        part(today.month()),
        part(today.day()),
    )
}
