//! A sandbox: one process tree in namespaces of its own, seeing nothing but what its spec names.
//!
//! ```text
//! start ─▶ clone ─▶ maps ─▶ ground, spec ──wire──▶ child: mounts ─▶ privileges ─▶ the function
//!                                        ◀──────  listening, started, failed, obeyed, ended
//! ```
//!
//! `start`, `maps` and `cgroup` run in the parent, `child`, `mounts`, `network` and `privileges`
//! in the child; `spec` and `wire` are what both know.

mod accounts;
pub mod cgroup;
pub mod child;
mod clone;
mod error;
pub mod host;
pub mod layout;
mod maps;
mod mounts;
mod network;
mod privileges;
mod root_fs;
pub mod spec;
mod start;
mod wire;

use crate::processes::End;
pub use error::SandboxError;
pub use layout::{Base, Trees};
pub use root_fs::{BOOTSTRAP, RootFs, RootFsError};
pub use spec::Network;
pub use start::{Io, Sandbox, Spare, Started};

/// The name under which the program starts itself as a sandbox's first process.
pub const CHILD_NAME: &str = "barrow-sandbox";

/// Whether this host lends the sandbox a second user, so that what is ours is not the function's.
pub fn lends_a_second_user() -> bool {
    maps::Users::of_this_process().identity() == spec::Identity::Two
}

/// Starts a sandbox in which nothing is done, to see whether this host lets us.
pub fn trial(network: Network) -> Result<(), SandboxError> {
    let spec = |identity| spec::Spec {
        steps: vec![layout::scratch(1 << 20)],
        identity,
        program: spec::Program {
            arguments: vec!["/bin/true".to_owned()],
            variables: Vec::new(),
            directory: "/tmp".into(),
            terminal: false,
        },
    };
    run(spec, Io::Captured, None, network).map(drop)
}

/// Starts a sandbox and waits until its program ends.
pub(crate) fn run(
    spec: impl FnOnce(spec::Identity) -> spec::Spec,
    io: Io,
    image: Option<&RootFs>,
    network: Network,
) -> Result<End, SandboxError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .map_err(|source| SandboxError::Speak { source })?;
    runtime.block_on(async {
        let mut started = Spare::new(io, image, network)?.start(spec, None)?;
        Ok(started.sandbox.ended().await)
    })
}
