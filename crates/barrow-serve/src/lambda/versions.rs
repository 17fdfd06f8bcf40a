//! Versions: what a qualifier leads to, and how they come to be.

use std::fmt;

use serde::Deserialize;
use serde_json::json;

use super::aliases::{self, Alias};
use super::configuration::{Configuration, Function, Published, State, Update};
use super::describe::Shown;
use super::functions::{self, existing, version_key};
use super::names::{LATEST, Qualified, is_number};
use super::pages::Page;
use super::{Answer, Call, revision};
use crate::api::Refusal;
use crate::store::Records;

const PAGE: usize = 50;

/// `$LATEST` or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Version {
    Latest,
    Published(u64),
}

impl Version {
    /// The version that a qualifier is, unless it is an alias; `None` without one too.
    pub(crate) fn named(named: &Qualified) -> Option<Self> {
        Self::parse(named.qualifier.as_deref()?)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            LATEST => Some(Self::Latest),
            number if is_number(number) => number.parse().ok().map(Self::Published),
            _ => None,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str(LATEST),
            Self::Published(number) => number.fmt(f),
        }
    }
}

/// What a name with a qualifier leads to.
#[derive(Debug)]
pub(crate) struct Found {
    pub function: Function,
    pub version: Version,
    pub configuration: Configuration,
    pub alias: Option<Alias>,
    label: String,
}

impl Found {
    /// As answers name it: by the version, with an ARN that ends in what was asked for.
    pub(crate) fn shown<'a>(&'a self, named: &'a Qualified) -> Shown<'a> {
        Shown {
            scope: &named.scope,
            name: &named.name,
            version: &self.label,
            qualifier: named.qualifier.as_deref(),
        }
    }
}

/// Follows a qualifier.
pub(crate) fn find(records: &Records<'_>, named: &Qualified) -> Result<Found, Refusal> {
    let function = existing(records, named)?;
    let mut alias = None;
    let version = match (&named.qualifier, Version::named(named)) {
        (None, _) => Version::Latest,
        (Some(_), Some(version)) => version,
        (Some(name), None) => {
            let found = aliases::find(records, named, name)?.ok_or_else(|| named.not_found())?;
            let version = Version::parse(&found.version).unwrap_or(Version::Latest);
            alias = Some(found);
            version
        }
    };
    let configuration = match version {
        Version::Latest => function.latest.clone(),
        Version::Published(number) => {
            let found = published(records, named, number)?;
            found.ok_or_else(|| named.not_found())?.configuration
        }
    };
    Ok(Found {
        function,
        version,
        configuration,
        alias,
        label: version.to_string(),
    })
}

pub(crate) fn published(
    records: &Records<'_>,
    named: &Qualified,
    number: u64,
) -> Result<Option<Published>, Refusal> {
    Ok(records.get(&named.scope, &named.name, &version_key(number))?)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Publish {
    #[serde(rename = "CodeSha256")]
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
}

pub(crate) fn publish(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let wanted: Publish = call.input()?;
    let shown = call.service.store.write(|records| {
        let mut function = existing(records, &named)?;
        let latest = &function.latest;
        revision::check(
            wanted.revision_id.as_deref(),
            &latest.revision,
            "GetFunction/GetAlias",
        )?;
        let current = latest.code.sha256_base64();
        if let Some(given) = &wanted.code_sha256
            && *given != current
            && !given.is_empty()
        {
            return Err(Refusal::invalid(format!(
                "CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({current}). \
                 Please try again with the CodeSHA256 in $LATEST."
            )));
        }
        check_settled(&named, latest).map_err(|refusal| Refusal {
            passes: true,
            ..refusal
        })?;
        let version = publish_now(records, &named, &mut function, wanted.description)?;
        functions::put(records, &named, &function)?;
        let Version::Published(number) = version else {
            return Err(named.not_found());
        };
        let published = published(records, &named, number)?.ok_or_else(|| named.not_found())?;
        let shown = Shown {
            scope: &named.scope,
            name: &named.name,
            version: &number.to_string(),
            qualifier: Some(&number.to_string()),
        };
        Ok(shown.whole(&published.configuration))
    })?;
    Ok(Answer::json(shown))
}

/// Makes a version of what `$LATEST` is, or gives the one that was made of it.
pub(crate) fn publish_now(
    records: &Records<'_>,
    named: &Qualified,
    function: &mut Function,
    description: Option<String>,
) -> Result<Version, Refusal> {
    let is_published = function.published_revision.as_ref() == Some(&function.latest.revision);
    if is_published && published(records, named, function.last_version)?.is_some() {
        return Ok(Version::Published(function.last_version));
    }
    let number = function.last_version + 1;
    let mut configuration = function.latest.clone();
    configuration.revision = revision::new();
    if let Some(description) = description {
        configuration.description = description;
    }
    if configuration.state == State::Active {
        configuration.update = Update::Successful;
        function.latest.revision = revision::new();
    }
    function.last_version = number;
    function.published_revision = Some(function.latest.revision.clone());
    let published = Published {
        number,
        configuration,
    };
    records.put(&named.scope, &named.name, &version_key(number), &published)?;
    Ok(Version::Published(number))
}

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let page = Page::of(call, PAGE)?;
    call.service.store.read(|records| {
        let function = existing(records, &named)?;
        let Qualified { scope, name, .. } = &named;
        let shown = |version: &str, configuration: &Configuration| {
            let shown = Shown {
                scope,
                name,
                version,
                qualifier: Some(version),
            };
            shown.entry(configuration)
        };
        // `$LATEST` has the place before all numbers.
        let mut versions = Vec::new();
        if page.after.is_empty() {
            versions.push((version_key(0), shown(LATEST, &function.latest)));
        }
        for (key, published) in records.list::<Published>(scope, name, &page.after, page.reach())? {
            let number = published.number.to_string();
            versions.push((key, shown(&number, &published.configuration)));
        }
        let next = page.cut(&mut versions);
        let versions: Vec<_> = versions.into_iter().map(|(_, shown)| shown).collect();
        let mut answer = json!({"Versions": versions});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

/// One version. An alias that leads to it keeps it.
pub(crate) fn delete(records: &Records<'_>, named: &Qualified, number: u64) -> Result<(), Refusal> {
    let Qualified { scope, name, .. } = named;
    let text = number.to_string();
    let aliases = records.list::<Alias>(scope, name, "", usize::MAX)?;
    let holding: Vec<String> = aliases
        .into_iter()
        .filter(|(_, alias)| alias.leads_to(&text))
        .map(|(alias, _)| alias)
        .collect();
    if !holding.is_empty() {
        return Err(Refusal::conflict(format!(
            "Version {number} of function {name} cannot be deleted because it is referenced by \
             the following aliases: [{}]",
            holding.join(", ")
        )));
    }
    records.remove::<Published>(scope, name, &version_key(number))?;
    functions::remove_owned(records, &named.with_qualifier(&text))
}

/// One change at a time.
pub(super) fn check_settled(named: &Qualified, latest: &Configuration) -> Result<(), Refusal> {
    if latest.state == State::Pending {
        return Err(Refusal::pending());
    }
    if latest.is_being_changed() {
        return Err(Refusal::conflict(format!(
            "The operation cannot be performed at this time. An update is in progress for \
             resource: {}",
            named.unqualified_arn()
        )));
    }
    Ok(())
}
