//! Lambda: one file per resource, one function per operation.
//!
//! An operation is given what was bound and validated, reads and writes records, and gives the
//! answer. It does not wait: what takes time goes on behind it.

mod aliases;
mod answer;
mod asynchronous;
mod call;
mod code;
mod configuration;
mod describe;
mod functions;
mod layers;
mod names;
mod pages;
mod revision;
mod settings;
mod source;
mod tags;
mod update;
mod versions;

pub(crate) use answer::{Answer, Body};
pub(crate) use asynchronous::{Asynchronous, asynchronous};
pub(crate) use call::Call;
pub(crate) use code::Codes;
pub(crate) use configuration::{Code, Configuration, Function, Published, State, Update};
pub(crate) use names::{FunctionName, Qualified};
pub(crate) use revision::new as new_revision;
pub(crate) use versions::{Found, Version, find};

use crate::api::Refusal;

type Operation = fn(&Call<'_>) -> Result<Answer, Refusal>;

/// What carries out an operation that needs records only.
pub(crate) fn operation(name: &str) -> Option<Operation> {
    Some(match name {
        "CreateFunction" => functions::create,
        "GetFunction" => functions::get,
        "GetFunctionConfiguration" => functions::get_configuration,
        "ListFunctions" => functions::list,
        "DeleteFunction" => functions::delete,
        "UpdateFunctionCode" => update::code,
        "UpdateFunctionConfiguration" => update::configuration,
        "PublishVersion" => versions::publish,
        "ListVersionsByFunction" => versions::list,
        "CreateAlias" => aliases::create,
        "GetAlias" => aliases::get,
        "UpdateAlias" => aliases::update,
        "DeleteAlias" => aliases::delete,
        "ListAliases" => aliases::list,
        _ => return None,
    })
}
