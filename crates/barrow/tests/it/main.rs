//! The binary as a user runs it: arguments in, files, words and an exit code out.
//!
//! Most tests resolve against an index on loopback that the test itself starts; `real_index` uses
//! the index that the machine's own clients use.

#![expect(
    clippy::print_stdout,
    reason = "what a host does not let us test is said"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod build;
mod cache;
mod check;
mod diff;
mod faults;
mod foreign_lock;
mod generated;
#[cfg(target_os = "linux")]
mod handlers;
#[cfg(target_os = "linux")]
#[expect(
    dead_code,
    reason = "shared with the tests of images, which use more of it"
)]
#[path = "../../../barrow-image/tests/it/build.rs"]
mod image;
mod index;
mod init;
mod inputs;
mod inspect;
mod layers;
mod lock;
mod path;
mod project;
mod real_index;
#[cfg(target_os = "linux")]
#[expect(
    dead_code,
    reason = "shared with the tests of images, which use more of it"
)]
#[path = "../../../barrow-image/tests/it/registry.rs"]
mod registry;
#[cfg(target_os = "linux")]
mod run;
#[cfg(target_os = "linux")]
mod run_handlers;
#[cfg(target_os = "linux")]
mod run_image;
#[cfg(target_os = "linux")]
mod run_refused;
#[cfg(target_os = "linux")]
mod run_streams;
#[cfg(target_os = "linux")]
mod sandbox;
#[cfg(target_os = "linux")]
mod serve;
mod size;
mod zips;
