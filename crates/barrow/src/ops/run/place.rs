//! Where the function runs: its trees, its interpreter, its sandbox.

use barrow_local::environment::Place;
#[cfg(target_os = "linux")]
use barrow_local::sandbox::{self, Base, Trees};
use barrow_local::tree::{self, Package};
use barrow_model::limits::LAYERS_LIMIT;
use camino::{Utf8Path, Utf8PathBuf};

use super::Options;
use super::package::Function;
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

pub(super) fn place(function: &Function, options: &Options, context: &Context) -> Result<Place> {
    if function.layers.len() > LAYERS_LIMIT {
        return Err(Failure::input(format_args!(
            "{} layers; a function has at most {LAYERS_LIMIT}",
            function.layers.len()
        )));
    }
    let runtime = function.target.runtime;
    let interpreter = runtimes::interpreter(runtime, options.python.as_deref(), context)?;
    let installed = runtimes::install(runtime, &interpreter, context)?;
    let unpack = |packages: &[Package]| -> Result<Utf8PathBuf> {
        tree::unpacked(packages, &context.cache, function_is_another_user(options))
            .map_err(explained)
    };
    let task = unpack(std::slice::from_ref(&function.package))?;
    let opt = match &function.layers[..] {
        [] => None,
        layers => Some(unpack(layers)?),
    };
    let place = match options.isolation {
        #[cfg(target_os = "linux")]
        Isolation::Full => Place::Sandbox {
            base: Base::Host(interpreter),
            trees: Trees {
                task: absolute(&task)?,
                opt: opt.as_deref().map(absolute).transpose()?,
                runtime: absolute(&installed.runtime)?,
                site_packages: installed
                    .site_packages
                    .as_deref()
                    .map(absolute)
                    .transpose()?,
            },
            network: match options.network {
                Network::Host => sandbox::Network::Host,
                Network::None => sandbox::Network::None,
            },
            group: sandbox::cgroup::Parent::find(),
        },
        #[cfg(not(target_os = "linux"))]
        Isolation::Full => {
            return Err(Failure::from(anyhow::anyhow!(
                "sandboxes are made of Linux namespaces, which this system does not have"
            ))
            .hint("`--isolation none` runs the function as a plain process"));
        }
        Isolation::None => Place::Bare {
            interpreter,
            task,
            opt,
            runtime: installed.runtime,
            site_packages: installed.site_packages,
        },
    };
    Ok(place)
}

/// Whether the host lends the sandbox a second user, to whom the package does not belong.
fn function_is_another_user(options: &Options) -> bool {
    #[cfg(target_os = "linux")]
    if options.isolation == Isolation::Full {
        return sandbox::lends_a_second_user();
    }
    let _ = options;
    false
}

/// Mounts have absolute sources, behind all links.
#[cfg(target_os = "linux")]
fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf> {
    path.canonicalize_utf8().map_err(|error| {
        Failure::from(anyhow::Error::from(error).context(format!("cannot find `{path}`")))
    })
}
