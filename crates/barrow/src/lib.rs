//! Barrow carries Python wheels to AWS Lambda.
//!
//! The command line and what stands behind it. `cli` reads flags, `settings` turns flags,
//! environment and `[tool.barrow]` into jobs, `ops` does them, `output` shows them. The way of the
//! data is in [`ops::build`]: project → requirements → lock → wheels → plan → package.

pub mod cli;
pub mod ops;
pub mod outcome;
pub mod output;
pub mod project;
pub mod runtime;
pub mod settings;
