//! How a function's runtime is updated, whether it may call itself, and how it scales.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::functions::{existing, put};
use super::{Answer, Call, versions};
use crate::api::Refusal;
use crate::store::Record;

/// The owner is the function, the key `$LATEST` or a version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RuntimeManagement {
    /// `Auto`, `FunctionUpdate` or `Manual`.
    pub update_on: String,
    pub runtime_version: Option<String>,
}

impl Record for RuntimeManagement {
    const KIND: &'static str = "runtime-management";
}

impl RuntimeManagement {
    fn shown(&self, arn: &str) -> serde_json::Value {
        let mut shown = json!({"UpdateRuntimeOn": self.update_on, "FunctionArn": arn});
        if let Some(version) = &self.runtime_version {
            shown["RuntimeVersionArn"] = version.as_str().into();
        }
        shown
    }
}

pub(crate) fn put_runtime(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    let update_on = call.text("UpdateRuntimeOn").unwrap_or_default();
    let runtime_version = call.text("RuntimeVersionArn");
    if update_on == "Manual" && runtime_version.is_none() {
        return Err(Refusal::invalid(
            "RuntimeVersionArn is required when UpdateRuntimeOn is set to Manual.",
        ));
    }
    if update_on != "Manual" && runtime_version.is_some() {
        return Err(Refusal::invalid(
            "RuntimeVersionArn can only be specified when UpdateRuntimeOn is set to Manual.",
        ));
    }
    call.service.store.write(|records| {
        versions::find(records, &named)?;
        let management = RuntimeManagement {
            update_on: update_on.to_owned(),
            runtime_version: runtime_version.map(str::to_owned),
        };
        let key = named.qualifier_or_latest();
        records.put(&named.scope, &named.name, key, &management)?;
        Ok(Answer::json(management.shown(&named.arn())))
    })
}

pub(crate) fn get_runtime(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    call.service.store.read(|records| {
        versions::find(records, &named)?;
        let key = named.qualifier_or_latest();
        let management = records.get(&named.scope, &named.name, key)?;
        let management = management.unwrap_or(RuntimeManagement {
            update_on: "Auto".to_owned(),
            runtime_version: None,
        });
        Ok(Answer::json(management.shown(&named.arn())))
    })
}

pub(crate) fn put_recursion(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let wanted = call.text("RecursiveLoop").map(str::to_owned);
    call.service.store.write(|records| {
        let mut function = existing(records, &named)?;
        let answer = json!({"RecursiveLoop": wanted});
        function.recursive_loop = wanted;
        put(records, &named, &function)?;
        Ok(Answer::json(answer))
    })
}

pub(crate) fn get_recursion(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    call.service.store.read(|records| {
        let function = existing(records, &named)?;
        let wanted = function.recursive_loop.as_deref().unwrap_or("Terminate");
        Ok(Answer::json(json!({"RecursiveLoop": wanted})))
    })
}

pub(crate) fn get_scaling(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    call.service.store.read(|records| {
        versions::find(records, &named)?;
        Ok(Answer::json(json!({"FunctionArn": named.arn()})))
    })
}

/// Functions scale by themselves; only those on a capacity provider can be told how.
pub(crate) fn put_scaling(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    call.service
        .store
        .read(|records| versions::find(records, &named).map(drop))?;
    Err(Refusal::invalid(
        "FunctionScalingConfig is only supported for functions with a CapacityProviderConfig.",
    ))
}
