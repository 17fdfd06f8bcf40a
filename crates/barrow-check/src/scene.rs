//! Everything that the checks look at: the packages of one function, and what they are for.

use std::sync::OnceLock;

use barrow_model::Target;

use crate::distributions::Distributions;
use crate::imports::{self, Imports};
use crate::package::{Kind, Package};

/// A function's package, its layers, and what will run them. Or layers alone.
#[derive(Debug)]
pub struct Scene<'a> {
    pub function: Option<&'a Package>,
    /// In the order in which Lambda unpacks them; a later one wins.
    pub layers: Vec<&'a Package>,
    pub target: Target,
    /// As configured; checks judge whether Lambda could call it. `None` where it is not known.
    pub handler: Option<&'a str>,
    /// `2026-11-21`: what deprecation dates are compared with.
    pub today: Date,
    /// Whether the package goes up through an S3 bucket.
    pub by_bucket: bool,
    distributions: Distributions<'a>,
    imports: OnceLock<Imports<'a>>,
}

/// A day, as `(year, month, day)`.
pub type Date = (u16, u8, u8);

impl<'a> Scene<'a> {
    /// Without a handler, uploaded as it is.
    pub fn new(
        function: Option<&'a Package>,
        layers: Vec<&'a Package>,
        target: Target,
        today: Date,
    ) -> Self {
        let packages = function.into_iter().chain(layers.iter().copied());
        let distributions = Distributions::new(packages, target.runtime);
        Self {
            function,
            layers,
            target,
            handler: None,
            today,
            by_bucket: false,
            distributions,
            imports: OnceLock::new(),
        }
    }

    /// What is installed in the packages.
    pub fn distributions(&self) -> &Distributions<'a> {
        &self.distributions
    }

    /// What importing the handler comes to; without a handler, everything that looks as if it were
    /// meant to be imported. Found out when a check first asks.
    pub fn imports(&self) -> &Imports<'a> {
        self.imports
            .get_or_init(|| Imports::of(self, &imports::roots(self)))
    }

    /// The function first, then the layers.
    pub fn packages(&self) -> impl Iterator<Item = &'a Package> {
        self.function.into_iter().chain(self.layers.iter().copied())
    }

    /// Where a package's files are once Lambda has unpacked it.
    pub fn mount(package: &Package) -> &'static str {
        match package.kind {
            Kind::Function => "/var/task",
            Kind::Layer => "/opt",
        }
    }
}
