//! Lambda's API as data, and what follows from it alone.
//!
//! ```text
//! request ─▶ route ─▶ bind ─▶ validate ─▶ (operation) ─▶ shape of the answer
//! ```
//!
//! The model (`model/lambda.json`) is the one that the SDKs are made from, without its
//! documentation. Where the service itself is known to differ, `deviations` says so.

mod bind;
mod constraint;
mod deviations;
mod model;
mod refusal;
mod route;
mod validate;

pub(crate) use bind::bind;
pub(crate) use deviations::CREATABLE_RUNTIMES;
pub(crate) use model::{Model, Operation, Shape};
pub(crate) use refusal::Refusal;
pub(crate) use validate::validate;
