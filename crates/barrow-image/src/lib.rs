//! Container images as root file systems, without Docker.
//!
//! ```text
//! Reference ─▶ Registry ─▶ Manifest for linux/<arch> ─▶ layers on disk, verified ─▶ Unpacker ─▶ Image
//! ```
//!
//! This crate talks to registries and to its store; it needs neither a daemon nor root. An image
//! is hostile input: whatever its layers say, nothing is written outside of the root. It runs
//! nothing and prints nothing: what happens is told to a [`Reporter`].

// Sandboxes that use an image are made of namespaces, so there is no use for one elsewhere.
#![cfg(target_os = "linux")]

mod blocking;
mod error;
mod fetch;
mod image;
mod layers;
mod manifest;
mod pull;
mod reference;
mod registry;
mod reporter;
mod store;
mod unpack;

pub use error::PullError;
pub use image::Image;
pub use pull::{Credentials, PullOptions, pull, pull_blocking};
pub use reference::{ParseReferenceError, Reference};
pub use reporter::{Reporter, Silent};
pub use store::{StoreError, StoredImage, images, remove};
pub use unpack::UnpackError;
