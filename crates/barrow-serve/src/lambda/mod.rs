//! Lambda: one file per resource, one function per operation.
//!
//! An operation is given what was bound and validated, reads and writes records, and gives the
//! answer. It does not wait: what takes time goes on behind it.

mod absent;
mod access;
mod account;
mod aliases;
mod answer;
mod asynchronous;
mod call;
mod code;
mod code_signing;
mod concurrency;
mod configuration;
mod describe;
mod event_invoke;
mod event_settings;
mod event_sources;
mod functions;
mod layer_permissions;
mod layer_versions;
mod layers;
mod listed;
mod management;
mod names;
mod pages;
mod permissions;
mod policies;
mod provisioned;
mod revision;
mod runtimes;
mod settings;
mod source;
pub(crate) mod sweep;
mod tags;
mod times;
mod update;
mod urls;
mod variables;
mod versions;
mod vpc;

pub(crate) use access::url_is_open;
pub(crate) use account::unreserved;
pub(crate) use answer::{Answer, Body};
pub(crate) use asynchronous::{Asynchronous, asynchronous};
pub(crate) use call::Call;
pub(crate) use code::Codes;
pub(crate) use configuration::{Code, Configuration, Function, Published, State, Update};
pub(crate) use describe::runtime_version_arn;
pub(crate) use listed::Listed;
pub(crate) use names::{FunctionName, LATEST, Qualified, function_arn};
pub(crate) use provisioned::{
    Provisioned, Status, all as all_provisioned, settle as settle_provisioned,
};
pub(crate) use revision::new as new_revision;
pub(crate) use urls::{FunctionUrl, by_id as url_by_id};
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
        "PublishLayerVersion" => layer_versions::publish,
        "GetLayerVersion" => layer_versions::get,
        "GetLayerVersionByArn" => layer_versions::get_by_arn,
        "DeleteLayerVersion" => layer_versions::delete,
        "ListLayers" => layer_versions::list,
        "ListLayerVersions" => layer_versions::list_versions,
        "AddLayerVersionPermission" => layer_permissions::add,
        "RemoveLayerVersionPermission" => layer_permissions::remove,
        "GetLayerVersionPolicy" => layer_permissions::get,
        "TagResource" => tags::tag,
        "UntagResource" => tags::untag,
        "ListTags" => tags::list,
        "AddPermission" => permissions::add,
        "RemovePermission" => permissions::remove,
        "GetPolicy" => permissions::get,
        "PutFunctionConcurrency" => concurrency::reserve,
        "GetFunctionConcurrency" => concurrency::get,
        "DeleteFunctionConcurrency" => concurrency::release,
        "PutProvisionedConcurrencyConfig" => provisioned::put,
        "GetProvisionedConcurrencyConfig" => provisioned::get,
        "DeleteProvisionedConcurrencyConfig" => provisioned::delete,
        "ListProvisionedConcurrencyConfigs" => provisioned::list,
        "PutFunctionEventInvokeConfig" => event_invoke::put,
        "UpdateFunctionEventInvokeConfig" => event_invoke::update,
        "GetFunctionEventInvokeConfig" => event_invoke::get,
        "DeleteFunctionEventInvokeConfig" => event_invoke::delete,
        "ListFunctionEventInvokeConfigs" => event_invoke::list,
        _ => return more(name),
    })
}

fn more(name: &str) -> Option<Operation> {
    Some(match name {
        "CreateFunctionUrlConfig" => urls::create,
        "GetFunctionUrlConfig" => urls::get,
        "UpdateFunctionUrlConfig" => urls::update,
        "DeleteFunctionUrlConfig" => urls::delete,
        "ListFunctionUrlConfigs" => urls::list,
        "CreateEventSourceMapping" => event_sources::create,
        "GetEventSourceMapping" => event_sources::get,
        "UpdateEventSourceMapping" => event_sources::update,
        "DeleteEventSourceMapping" => event_sources::delete,
        "ListEventSourceMappings" => event_sources::list,
        "CreateCodeSigningConfig" => code_signing::create,
        "GetCodeSigningConfig" => code_signing::get,
        "UpdateCodeSigningConfig" => code_signing::update,
        "DeleteCodeSigningConfig" => code_signing::delete,
        "ListCodeSigningConfigs" => code_signing::list,
        "ListFunctionsByCodeSigningConfig" => code_signing::list_functions,
        "PutFunctionCodeSigningConfig" => code_signing::put_of_function,
        "GetFunctionCodeSigningConfig" => code_signing::get_of_function,
        "DeleteFunctionCodeSigningConfig" => code_signing::delete_of_function,
        "PutRuntimeManagementConfig" => management::put_runtime,
        "GetRuntimeManagementConfig" => management::get_runtime,
        "PutFunctionRecursionConfig" => management::put_recursion,
        "GetFunctionRecursionConfig" => management::get_recursion,
        "PutFunctionScalingConfig" => management::put_scaling,
        "GetFunctionScalingConfig" => management::get_scaling,
        "GetAccountSettings" => account::settings,
        "CreateCapacityProvider" => absent::create_capacity_provider,
        "GetCapacityProvider"
        | "UpdateCapacityProvider"
        | "DeleteCapacityProvider"
        | "ListFunctionVersionsByCapacityProvider" => absent::capacity_provider,
        "ListCapacityProviders" => absent::list_capacity_providers,
        "GetDurableExecution"
        | "GetDurableExecutionHistory"
        | "DeleteDurableExecution"
        | "PauseDurableExecution"
        | "ResumeDurableExecution"
        | "StopDurableExecution"
        | "SendDurableExecutionCallbackSuccess"
        | "SendDurableExecutionCallbackFailure"
        | "SendDurableExecutionCallbackHeartbeat" => absent::durable_execution,
        "GetDurableExecutionState" | "CheckpointDurableExecution" => {
            absent::invalid_durable_execution
        }
        "ListDurableExecutionsByFunction" => absent::list_durable_executions,
        "GetResourcePolicy" | "DeleteResourcePolicy" => absent::resource_policy,
        "PutResourcePolicy" => absent::put_resource_policy,
        _ => return None,
    })
}
