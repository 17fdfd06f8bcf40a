//! What an invoke leads to: a version of a function, and how its environments are made.

use std::sync::Arc;

use barrow_local::environment::{Credentials, Format, Function as Described, Logging};
use barrow_local::pool::{Key, Limits, Recipe};
use barrow_local::tree::Package;
use barrow_model::{Arch, Runtime, Sha256};
use jiff::Timestamp;

use super::ground::Wanted;
use super::limits;
use crate::api::Refusal;
use crate::lambda::{self, Code, Configuration, Found, Qualified, State, Version};
use crate::service::Service;
use crate::store::{Records, Scope};
use crate::sts;

#[derive(Debug)]
pub(crate) struct Target {
    pub key: Key,
    pub recipe: Arc<Recipe>,
    pub limits: Limits,
    /// As it was asked for, qualifier and all.
    pub invoked_arn: String,
    pub version: Version,
    /// Whether the next invoke by the same name may lead elsewhere.
    pub is_by_chance: bool,
}

impl Target {
    pub(crate) fn find(service: &Service, named: &Qualified) -> Result<Self, Refusal> {
        let (is_by_chance, found, limits) = service.store.read(|records| {
            let (is_by_chance, found) = follow(records, named)?;
            let limits = limits::of(records, named, &found.function)?;
            Ok::<_, Refusal>((is_by_chance, found, limits))
        })?;
        let Found {
            version,
            configuration,
            ..
        } = found;
        if configuration.state == State::Pending {
            return Err(Refusal::pending());
        }
        let key = Key {
            function: named.unqualified_arn(),
            version: version.to_string(),
            revision: configuration.runs_as(),
        };
        let recipe = recipe(service, named, version, &configuration)?;
        Ok(Self {
            key,
            recipe: Arc::new(recipe),
            limits,
            invoked_arn: named.arn(),
            version,
            is_by_chance,
        })
    }
}

/// An alias with weights leads now to one version, now to another.
fn follow(records: &Records<'_>, named: &Qualified) -> Result<(bool, Found), Refusal> {
    let found = lambda::find(records, named)?;
    match &found.alias {
        Some(alias) if !alias.weights.is_empty() => {
            let mut chosen = named.clone();
            chosen.qualifier = Some(alias.choose(fastrand::f64()).to_owned());
            Ok((true, lambda::find(records, &chosen)?))
        }
        _ => Ok((false, found)),
    }
}

fn recipe(
    service: &Service,
    named: &Qualified,
    version: Version,
    told: &Configuration,
) -> Result<Recipe, Refusal> {
    let name = told.runtime.as_deref().unwrap_or_default();
    let runtime: Runtime = name.parse().map_err(|_| {
        Refusal::invalid(format!(
            "Functions of the runtime {name} cannot be invoked here: this service runs Python."
        ))
    })?;
    let arch: Arch = told
        .architecture
        .parse()
        .map_err(|_| Refusal::invalid("Unknown architecture"))?;
    let wanted = Wanted {
        runtime,
        arch,
        package: package(service, &told.code)?,
        layers: told
            .layers
            .iter()
            .map(|used| package(service, &used.code))
            .collect::<Result<_, _>>()?,
    };
    let function = describe(named, version, runtime, told)?;
    let ground = Arc::clone(&service.ground);
    let recipe = Recipe::new(function, move || ground.place(&wanted));
    let lending = (service.clone(), named.clone(), told.role.clone());
    let recipe = recipe.with_credentials(move || {
        let (service, named, role) = &lending;
        lent(service, named, role)
    });
    let (service, scope) = (service.clone(), named.scope.clone());
    let group = told.logging.group.clone();
    let beginning = (told.logging.format == "Text").then(|| init_start(runtime, &scope));
    Ok(recipe.with_log(move |stream| {
        let stream = service.logs.stream(&scope, &group, stream);
        let now = || Timestamp::now().as_millisecond();
        if let Some(beginning) = &beginning {
            stream.append(now(), beginning.as_bytes());
        }
        Box::new(move |line| {
            // CloudWatch takes no event without a text.
            if !line.is_empty() {
                let mut line = line.to_vec();
                line.push(b'\n');
                stream.append(now(), &line);
            }
        })
    }))
}

/// The first line of an environment's log.
fn init_start(runtime: Runtime, scope: &Scope) -> String {
    let arn = lambda::runtime_version_arn(runtime.id(), &scope.region);
    let version = runtime.python_version();
    format!("INIT_START Runtime Version: python:{version}.v1\tRuntime Version ARN: {arn}\n")
}

/// Credentials that lead back to the function's role. Where the records cannot be read, there are
/// none.
fn lent(service: &Service, named: &Qualified, role: &str) -> Credentials {
    let session = sts::session(service, &named.scope, role, &named.name);
    session.map_or_else(
        |_| Credentials::default(),
        |lent| Credentials {
            access_key_id: lent.access_key,
            secret_access_key: lent.secret_key,
            session_token: lent.session_token,
        },
    )
}

fn package(service: &Service, code: &Code) -> Result<Package, Refusal> {
    let sha256 = Sha256::parse_hex(&code.sha256)
        .map_err(|error| Refusal::new("ServiceException", error.to_string()))?;
    Ok(Package {
        path: service.codes.path(&code.sha256),
        sha256,
    })
}

fn describe(
    named: &Qualified,
    version: Version,
    runtime: Runtime,
    told: &Configuration,
) -> Result<Described, Refusal> {
    let figure = |error: barrow_model::function::ParseFigureError| {
        Refusal::new("InvalidParameterValueException", error.to_string())
    };
    let is_json = told.logging.format == "JSON";
    let level = |level: &Option<String>| level.as_deref().and_then(|level| level.parse().ok());
    Ok(Described {
        name: named.name.clone(),
        version: version.to_string(),
        arn: named.unqualified_arn(),
        region: named.scope.region.clone(),
        handler: told.handler.clone().unwrap_or_default(),
        runtime,
        memory: told.memory_mebibytes.to_string().parse().map_err(figure)?,
        timeout: told.timeout_seconds.to_string().parse().map_err(figure)?,
        storage: told.storage_mebibytes.to_string().parse().map_err(figure)?,
        variables: told
            .environment
            .iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        logging: Logging {
            format: if is_json { Format::Json } else { Format::Text },
            application_level: level(&told.logging.application_level),
            system_level: level(&told.logging.system_level),
        },
        log_group: told.logging.group.clone(),
    })
}
