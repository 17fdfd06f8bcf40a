//! Says before the upload what would fail after it.
//!
//! ```text
//! zip · folder · plan ─▶ survey ─▶ Package ─┐
//!                                  Package ─┼▶ Scene ─▶ checks ─▶ Findings
//!                          target, handler ─┘
//! ```
//!
//! A survey reads every byte of a package once, in parallel, and keeps of each file only the facts
//! that some check asks for. Everything after that is arithmetic on those facts: no check reads,
//! nothing of a package is executed, and the same package gives the same findings in the same
//! order.

pub mod bytecode;
pub mod check;
pub mod checks;
pub mod distributions;
pub mod environments;
pub mod extension;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod imports;
pub mod layout;
pub mod libraries;
pub mod link;
pub mod owners;
pub mod package;
pub mod report;
pub mod requirements;
pub mod scene;
pub mod slimming;
pub mod survey;
pub mod system;
pub mod weight;

pub use check::{Area, Check};
pub use distributions::{Distribution, Distributions};
pub use finding::{Finding, Level, Place};
pub use package::{File, Folder, Form, Kind, Package};
pub use report::Report;
pub use scene::Scene;
