//! Pools of real environments: sandboxes, an interpreter of this machine, a small runtime client.
//!
//! A sandbox's first process is the program that makes it, so this program has a `main` of its own.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]
#![expect(
    clippy::print_stdout,
    reason = "what a host does not let us test is said"
)]

mod function;
mod gate;
mod host;
mod limits;
mod loss;
mod makeup;
mod reuse;
mod room;

use std::process::ExitCode;

use barrow_local::sandbox;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    if std::env::args_os()
        .next()
        .is_some_and(|name| name == sandbox::CHILD_NAME)
    {
        return sandbox::child::main();
    }
    // Some count what this process has left behind, so there is one at a time.
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let tests = [
        reuse::tests(),
        limits::tests(),
        loss::tests(),
        makeup::tests(),
        room::tests(),
    ]
    .concat();
    let trials = tests.into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            if host::allows_sandboxes() {
                test();
            }
            Ok::<(), Failed>(())
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// A name and what it stands for.
pub(crate) type Test = (&'static str, fn());

/// Lists the tests of a module under its name.
#[macro_export]
macro_rules! tests {
    ($module:literal: $($name:ident)*) => {
        pub(crate) fn tests() -> Vec<$crate::Test> {
            vec![$((concat!($module, "::", stringify!($name)), || $crate::host::block_on($name()))),*]
        }
    };
}
