//! Where functions run: their trees, their interpreter, their sandbox.

#[cfg(target_os = "linux")]
use barrow_local::environment::InSandbox;
use barrow_local::environment::{OnHost, Place, Spare};
#[cfg(target_os = "linux")]
use barrow_local::sandbox::{self, Base, Trees};
use barrow_local::tree::{self, Package};
use barrow_model::Target;
use barrow_model::limits::LAYERS_LIMIT;
use camino::Utf8PathBuf;

#[cfg(target_os = "linux")]
use super::images::{self, absolute};
use super::{Context, runtimes};
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

/// What to run, and what it may see of this machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    pub(super) target: Target,
    pub(super) package: &'a Package,
    /// In the order in which Lambda lays them over one another.
    pub(super) layers: &'a [Package],
    pub(super) surroundings: &'a Surroundings,
}

/// The same for all functions of a command.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub python: Option<Utf8PathBuf>,
    /// A container image in place of this machine's interpreter and libraries.
    pub image: Option<String>,
    pub network: Network,
    pub isolation: Isolation,
    /// What a function in a sandbox sees as its user's home.
    pub home: Option<Utf8PathBuf>,
}

impl Surroundings {
    /// A sandbox to be filled later: its ground is laid while the project is built. What is wrong
    /// with it is said when it is needed.
    #[cfg(target_os = "linux")]
    pub(super) fn spare(&self) -> Option<Spare> {
        if self.isolation == Isolation::None || self.image.is_some() {
            return None;
        }
        Spare::new(sandbox::Io::Captured, None, self.network.into()).ok()
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn spare(&self) -> Option<Spare> {
        None
    }
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

pub(super) fn place(wish: Wish<'_>, context: &Context) -> Result<Place> {
    if wish.layers.len() > LAYERS_LIMIT {
        return Err(Failure::input(format_args!(
            "{} layers; a function has at most {LAYERS_LIMIT}",
            wish.layers.len()
        )));
    }
    match wish.surroundings.isolation {
        Isolation::Full => sandboxed(wish, context),
        Isolation::None if wish.surroundings.image.is_some() => Err(Failure::input(
            "an image needs a sandbox: its files are not where this machine's are",
        )
        .hint("leave out `--isolation none`")),
        Isolation::None => on_host(wish, context).map(Place::Host),
    }
}

#[cfg(target_os = "linux")]
fn sandboxed(wish: Wish<'_>, context: &Context) -> Result<Place> {
    let Target { runtime, arch } = wish.target;
    let base = if let Some(image) = &wish.surroundings.image {
        let stored = images::Freshness::Stored;
        Base::Image(images::root_fs(image, runtime, arch, stored, context)?)
    } else {
        let interpreter =
            runtimes::interpreter(runtime, wish.surroundings.python.as_deref(), context)?;
        let installed = runtimes::install(runtime, &interpreter, context)?;
        let site_packages = installed.site_packages.as_deref();
        Base::Host {
            interpreter,
            runtime: absolute(&installed.runtime)?,
            site_packages: site_packages.map(absolute).transpose()?,
        }
    };
    let unpacked = unpacked(wish, sandbox::lends_a_second_user(), context)?;
    Ok(Place::Sandbox(InSandbox {
        base,
        trees: Trees {
            task: absolute(&unpacked.task)?,
            opt: unpacked.opt.as_deref().map(absolute).transpose()?,
            home: wish.surroundings.home.clone(),
        },
        network: wish.surroundings.network.into(),
    }))
}

#[cfg(not(target_os = "linux"))]
fn sandboxed(_: Wish<'_>, _: &Context) -> Result<Place> {
    Err(Failure::from(anyhow::anyhow!(
        "sandboxes are made of Linux namespaces, which this system does not have"
    ))
    .hint("`--isolation none` runs the function as a plain process"))
}

fn on_host(wish: Wish<'_>, context: &Context) -> Result<OnHost> {
    let runtime = wish.target.runtime;
    let interpreter = runtimes::interpreter(runtime, wish.surroundings.python.as_deref(), context)?;
    let installed = runtimes::install(runtime, &interpreter, context)?;
    let Unpacked { task, opt } = unpacked(wish, false, context)?;
    Ok(OnHost {
        interpreter,
        task,
        opt,
        runtime: installed.runtime,
        site_packages: installed.site_packages,
    })
}

/// `second_user` says whether the function's user is another than the packages' owner.
fn unpacked(wish: Wish<'_>, second_user: bool, context: &Context) -> Result<Unpacked> {
    let unpack = |packages: &[Package]| {
        tree::unpacked(packages, &context.cache, second_user).map_err(explained)
    };
    Ok(Unpacked {
        task: unpack(std::slice::from_ref(wish.package))?,
        opt: match wish.layers {
            [] => None,
            layers => Some(unpack(layers)?),
        },
    })
}
