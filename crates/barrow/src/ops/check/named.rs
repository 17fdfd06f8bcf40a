//! A package that is there, whoever made it.

use barrow_check::{Kind, Package};
use barrow_model::{Arch, Runtime, Target};
use camino::Utf8Path;

use super::{Checked, Request, report};
use crate::ops::findings::Look;
use crate::ops::packages;
use crate::outcome::{Result, explained};
use crate::settings::file;

/// A package that is there.
pub(super) fn check(path: &Utf8Path, request: &Request) -> Result<Checked> {
    let target = Target {
        runtime: request.runtime.unwrap_or_else(Runtime::recommended),
        arch: request.arch.unwrap_or(Arch::X86_64),
    };
    let file = file::read(Utf8Path::new(".")).map_err(explained)?;
    let section = file.section.and_then(|section| section.check);
    let section = section.unwrap_or_default();
    let rules = section.with(&request.allow, &request.deny).rules()?;

    let mut package = packages::open(path, Kind::Function, target)?.package;
    let kind = request
        .kind
        .unwrap_or_else(|| packages::guess_kind(&package));
    package.kind = kind;
    let layers = request.layers.iter().map(|layer| {
        let opened = packages::open(layer, Kind::Layer, target)?;
        Ok(opened.package)
    });
    let layers = layers.collect::<Result<Vec<Package>>>()?;

    let handler = match kind {
        Kind::Function => Handler::of(&package, request.handler.as_deref()),
        Kind::Layer => None,
    };
    let mut look = Look::new(&package, layers.iter().collect(), target);
    if let Some(handler) = handler {
        look.scene.handler = Some(handler.name);
        look.handler_is_assumed = handler.is_assumed;
    }
    look.scene.by_bucket = request.by_bucket;
    let findings = look.findings(&rules);
    Ok(report(path.as_str(), &look.scene, findings))
}

/// What Lambda is told to call, and whether anybody said so.
struct Handler<'a> {
    name: &'a str,
    is_assumed: bool,
}

impl<'a> Handler<'a> {
    /// Without a word, the handler of Lambda's guides, if its file is there.
    fn of(package: &Package, named: Option<&'a str>) -> Option<Self> {
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
