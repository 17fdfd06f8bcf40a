//! A package that is there, whoever made it.

use barrow_check::report::Rules;
use barrow_check::{Kind, Package};
use barrow_model::{Arch, Runtime, Target};
use camino::Utf8Path;

use super::fix::{self, Broken};
use super::{Checked, Request, report};
use crate::ops::Context;
use crate::ops::findings::Look;
use crate::ops::packages::{self, Surveyed};
use crate::outcome::{Result, explained};
use crate::settings::file;

/// A package that is there.
pub(super) fn check(path: &Utf8Path, request: &Request, context: &Context) -> Result<Checked> {
    let file = file::read(Utf8Path::new(".")).map_err(explained)?;
    let section = file.section.and_then(|section| section.check);
    let section = section.unwrap_or_default();
    let question = Question {
        request,
        target: Target {
            runtime: request.runtime.unwrap_or_else(Runtime::recommended),
            arch: request.arch.unwrap_or(Arch::X86_64),
        },
        rules: section.with(&request.allow, &request.deny).rules()?,
        layers: Vec::new(),
    };
    let question = question.with_layers()?;
    let Some(destination) = &request.fix else {
        return Ok(question.look(path, &question.survey(path)?));
    };
    let Surveyed { package, source } = packages::open(path, Kind::Function, question.target)?;
    let package = question.of_its_kind(package);
    let handler = Handler::of(&package, request.handler.as_deref());
    let broken = Broken {
        path,
        package: &package,
        source,
        target: question.target,
        handler: handler.map(|handler| handler.name),
        timestamp: context.environment.timestamp()?,
    };
    let fixed = fix::write(broken, destination)?;
    // What is said of it is what is true of the new package.
    let path = Utf8Path::new(&fixed.path);
    let mut checked = question.look(path, &question.survey(path)?);
    checked.document.fixed = Some(fixed);
    Ok(checked)
}

/// How packages are looked at.
struct Question<'r> {
    request: &'r Request,
    target: Target,
    rules: Rules,
    layers: Vec<Package>,
}

impl Question<'_> {
    fn with_layers(mut self) -> Result<Self> {
        for layer in &self.request.layers {
            let layer = packages::survey(layer, Kind::Layer, self.target)?;
            self.layers.push(layer);
        }
        Ok(self)
    }

    fn survey(&self, path: &Utf8Path) -> Result<Package> {
        let package = packages::survey(path, Kind::Function, self.target)?;
        Ok(self.of_its_kind(package))
    }

    fn of_its_kind(&self, mut package: Package) -> Package {
        let kind = self.request.kind;
        package.kind = kind.unwrap_or_else(|| packages::guess_kind(&package));
        package
    }

    fn look(&self, path: &Utf8Path, package: &Package) -> Checked {
        let mut look = Look::new(package, self.layers.iter().collect(), self.target);
        if let Some(handler) = Handler::of(package, self.request.handler.as_deref()) {
            look.scene.handler = Some(handler.name);
            look.handler_is_assumed = handler.is_assumed;
        }
        look.scene.by_bucket = self.request.by_bucket;
        let findings = look.findings(&self.rules);
        report(path.as_str(), &look.scene, findings)
    }
}

/// What Lambda is told to call, and whether anybody said so.
struct Handler<'a> {
    name: &'a str,
    is_assumed: bool,
}

impl<'a> Handler<'a> {
    /// None for a layer. Without a word, the handler of Lambda's guides, if its file is there.
    fn of(package: &Package, named: Option<&'a str>) -> Option<Self> {
        if package.kind == Kind::Layer {
            return None;
        }
        if let Some(name) = named {
            return Some(Self {
                name,
                is_assumed: false,
            });
        }
        package.file("lambda_function.py").map(|_| Self {
            name: barrow_model::Handler::DEFAULT,
            is_assumed: true,
        })
    }
}
