//! `If-Match` and its kin.

use s3s::dto::{ETagCondition, Timestamp};

use crate::records::version::{Body, Content, Moment, Version};
use crate::refusal::Refusal;

/// The conditions under which something is read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) matches: Option<ETagCondition>,
    pub(crate) matches_none: Option<ETagCondition>,
    pub(crate) modified_since: Option<Timestamp>,
    pub(crate) unmodified_since: Option<Timestamp>,
}

impl Reading {
    /// Tags go before times, as RFC 9110 section 13.2.2 has it.
    pub(crate) fn check(&self, body: &Body, modified: Moment) -> Result<(), Refusal> {
        match (&self.matches, &self.unmodified_since) {
            (Some(wanted), _) if !holds(wanted, &body.etag) => {
                return Err(Refusal::PreconditionFailed);
            }
            (None, Some(since)) if modified > Moment::of(since) => {
                return Err(Refusal::PreconditionFailed);
            }
            _ => {}
        }
        let known = match (&self.matches_none, &self.modified_since) {
            (Some(known), _) => holds(known, &body.etag),
            (None, Some(since)) => modified <= Moment::of(since),
            (None, None) => false,
        };
        if known {
            return Err(Refusal::NotModified {
                etag: body.etag.clone(),
                modified,
            });
        }
        Ok(())
    }

    /// The same for the source of a copy: there is no "not modified" then.
    pub(crate) fn check_source(&self, body: &Body, modified: Moment) -> Result<(), Refusal> {
        self.check(body, modified).map_err(|refusal| match refusal {
            Refusal::NotModified { .. } => Refusal::PreconditionFailed,
            other => other,
        })
    }
}

/// The conditions under which a key gets a new version.
#[derive(Debug, Default)]
pub(crate) struct Placing {
    pub(crate) matches: Option<ETagCondition>,
    pub(crate) matches_none: Option<ETagCondition>,
}

impl Placing {
    pub(crate) fn check(&self, latest: Option<&Version>) -> Result<(), Refusal> {
        let etag = latest.and_then(|version| match &version.content {
            Content::Body(body) => Some(body.etag.as_str()),
            Content::DeleteMarker => None,
        });
        if let Some(wanted) = &self.matches {
            let etag = etag.ok_or(Refusal::NoSuchKey { marker: None })?;
            if !holds(wanted, etag) {
                return Err(Refusal::PreconditionFailed);
            }
        }
        if let (Some(unwanted), Some(etag)) = (&self.matches_none, etag)
            && holds(unwanted, etag)
        {
            return Err(Refusal::PreconditionFailed);
        }
        Ok(())
    }
}

fn holds(condition: &ETagCondition, etag: &str) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(wanted) => wanted.value() == etag,
    }
}

#[cfg(test)]
mod tests {
    use s3s::dto::ETag;

    use super::*;
    use crate::records::detail::Detail;

    fn tag(value: &str) -> ETagCondition {
        ETagCondition::ETag(ETag::Strong(value.to_owned()))
    }

    fn check(conditions: &Reading) -> &'static str {
        let body = Body {
            etag: "abc".to_owned(),
            size_bytes: 1,
            detail: Detail::default(),
        };
        match conditions.check(&body, Moment(1_000)) {
            Ok(()) => "read",
            Err(Refusal::PreconditionFailed) => "failed",
            Err(Refusal::NotModified { .. }) => "not modified",
            Err(_) => "other",
        }
    }

    #[test]
    fn tags_go_before_times() {
        let cases = [
            (Some("abc"), None, None, Some(10), "read"),
            (Some("xyz"), None, None, None, "failed"),
            (None, None, None, Some(10), "failed"),
            (None, None, None, Some(1_000), "read"),
            (None, Some("abc"), None, None, "not modified"),
            (None, Some("xyz"), Some(5_000), None, "read"),
            (None, None, Some(1_000), None, "not modified"),
            (None, None, Some(999), None, "read"),
            (Some("abc"), Some("abc"), None, None, "not modified"),
        ];
        for (matches, matches_none, modified_since, unmodified_since, expected) in cases {
            let at = |seconds| Moment(seconds).to_timestamp();
            let conditions = Reading {
                matches: matches.map(tag),
                matches_none: matches_none.map(tag),
                modified_since: modified_since.map(at),
                unmodified_since: unmodified_since.map(at),
            };
            assert_eq!(check(&conditions), expected, "{conditions:?}");
        }
    }
}
