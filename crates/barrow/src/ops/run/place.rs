//! Where the function runs: its trees, its interpreter, its sandbox.

#[cfg(target_os = "linux")]
use barrow_local::environment::InSandbox;
use barrow_local::environment::{OnHost, Place, Spare};
#[cfg(target_os = "linux")]
use barrow_local::sandbox::{self, Base, Trees};
use barrow_local::tree::{self, Package};
#[cfg(target_os = "linux")]
use barrow_model::Target;
use barrow_model::limits::LAYERS_LIMIT;
use camino::Utf8PathBuf;

use super::Options;
use super::package::Function;
#[cfg(target_os = "linux")]
use crate::ops::images::{self, absolute};
use crate::ops::{Context, runtimes};
use crate::outcome::{Failure, Result, explained};

/// What keeps the function from the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Isolation {
    /// Namespaces, no privileges, a filter of system calls
    Full,
    /// Nothing: a plain process of yours
    None,
}

/// What the function can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Network {
    /// What this machine reaches
    Host,
    /// Itself only
    None,
}

#[cfg(target_os = "linux")]
impl From<Network> for sandbox::Network {
    fn from(network: Network) -> Self {
        match network {
            Network::Host => Self::Host,
            Network::None => Self::None,
        }
    }
}

/// A sandbox to be filled later: its ground is laid while the project is built. What is wrong with
/// it is said when it is needed.
#[cfg(target_os = "linux")]
pub(super) fn spare(options: &Options) -> Option<Spare> {
    if options.isolation == Isolation::None || options.image.is_some() {
        return None;
    }
    Spare::new(sandbox::Io::Captured, None, options.network.into()).ok()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn spare(_: &Options) -> Option<Spare> {
    None
}

/// Layers that flags name.
pub(super) fn layers(paths: &[Utf8PathBuf]) -> Result<Vec<Package>> {
    paths
        .iter()
        .map(|path| {
            if path.is_dir() {
                return Err(Failure::input(format_args!(
                    "`{path}` is a folder; expected the .zip of a layer"
                ))
                .hint("`barrow build --layer` makes one"));
            }
            Package::read(path.clone()).map_err(explained)
        })
        .collect()
}

/// What the function is given, unpacked.
struct Unpacked {
    task: Utf8PathBuf,
    opt: Option<Utf8PathBuf>,
}

pub(super) fn place(function: &Function, options: &Options, context: &Context) -> Result<Place> {
    if function.layers.len() > LAYERS_LIMIT {
        return Err(Failure::input(format_args!(
            "{} layers; a function has at most {LAYERS_LIMIT}",
            function.layers.len()
        )));
    }
    match options.isolation {
        Isolation::Full => sandboxed(function, options, context),
        Isolation::None if options.image.is_some() => Err(Failure::input(
            "an image needs a sandbox: its files are not where this machine's are",
        )
        .hint("leave out `--isolation none`")),
        Isolation::None => on_host(function, options, context).map(Place::Host),
    }
}

#[cfg(target_os = "linux")]
fn sandboxed(function: &Function, options: &Options, context: &Context) -> Result<Place> {
    let Target { runtime, arch } = function.target;
    let base = if let Some(image) = &options.image {
        let stored = images::Freshness::Stored;
        Base::Image(images::root_fs(image, runtime, arch, stored, context)?)
    } else {
        let interpreter = runtimes::interpreter(runtime, options.python.as_deref(), context)?;
        let installed = runtimes::install(runtime, &interpreter, context)?;
        let site_packages = installed.site_packages.as_deref();
        Base::Host {
            interpreter,
            runtime: absolute(&installed.runtime)?,
            site_packages: site_packages.map(absolute).transpose()?,
        }
    };
    let unpacked = unpacked(function, sandbox::lends_a_second_user(), context)?;
    Ok(Place::Sandbox(InSandbox {
        base,
        trees: Trees {
            task: absolute(&unpacked.task)?,
            opt: unpacked.opt.as_deref().map(absolute).transpose()?,
        },
        network: options.network.into(),
    }))
}

#[cfg(not(target_os = "linux"))]
fn sandboxed(_: &Function, _: &Options, _: &Context) -> Result<Place> {
    Err(Failure::from(anyhow::anyhow!(
        "sandboxes are made of Linux namespaces, which this system does not have"
    ))
    .hint("`--isolation none` runs the function as a plain process"))
}

fn on_host(function: &Function, options: &Options, context: &Context) -> Result<OnHost> {
    let runtime = function.target.runtime;
    let interpreter = runtimes::interpreter(runtime, options.python.as_deref(), context)?;
    let installed = runtimes::install(runtime, &interpreter, context)?;
    let Unpacked { task, opt } = unpacked(function, false, context)?;
    Ok(OnHost {
        interpreter,
        task,
        opt,
        runtime: installed.runtime,
        site_packages: installed.site_packages,
    })
}

/// `second_user` says whether the function's user is another than the packages' owner.
fn unpacked(function: &Function, second_user: bool, context: &Context) -> Result<Unpacked> {
    let unpack = |packages: &[Package]| {
        tree::unpacked(packages, &context.cache, second_user).map_err(explained)
    };
    Ok(Unpacked {
        task: unpack(std::slice::from_ref(&function.package))?,
        opt: match &function.layers[..] {
            [] => None,
            layers => Some(unpack(layers)?),
        },
    })
}
