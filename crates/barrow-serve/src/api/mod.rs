//! Lambda's API as data, and what follows from it alone.
//!
//! ```text
//! request ─▶ route ─▶ bind ─▶ validate ─▶ (operation) ─▶ shape of the answer
//! ```
//!
//! The models (`model/*.json`) are the ones that the SDKs are made from, without their
//! documentation. Where the service itself is known to differ, `deviations` says so.

mod bind;
mod constraint;
mod deviations;
mod form;
mod model;
mod refusal;
mod route;
mod validate;
mod xml;

pub(crate) use bind::{bind, bind_document};
pub(crate) use deviations::CREATABLE_RUNTIMES;
pub(crate) use form::bind_form;
pub(crate) use model::{Model, Operation, Shape};
pub(crate) use refusal::Refusal;
pub(crate) use route::Route;
pub(crate) use validate::validate;
pub(crate) use xml::{Xml, result as xml_result};

/// A text of a client's as it may be repeated to them.
pub(crate) fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(100)]
}
