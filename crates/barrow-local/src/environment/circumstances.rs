//! What differs between the environments of one function.

use jiff::Timestamp;

use super::function::Function;

/// What one environment is started with, besides its function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// Where its log belongs in the function's log group.
    pub log_stream: String,
    pub initialization: Initialization,
    pub credentials: Credentials,
}

/// Why an environment is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Initialization {
    /// An event needs it.
    #[default]
    OnDemand,
    /// Somebody pays for it to be there before an event is.
    Provisioned,
}

/// What a function signs its own calls of AWS with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
}

impl Circumstances {
    /// For an event, with a log stream of its own and credentials that open nothing.
    pub fn new(function: &Function) -> Self {
        Self {
            log_stream: new_log_stream(Timestamp::now(), &function.version),
            initialization: Initialization::OnDemand,
            credentials: Credentials::default(),
        }
    }
}

impl Initialization {
    /// As Lambda writes it into variables and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::OnDemand => "on-demand",
            Self::Provisioned => "provisioned-concurrency",
        }
    }
}

/// Ours open nothing; who wants to reach AWS names real ones.
impl Default for Credentials {
    fn default() -> Self {
        Self {
            access_key_id: "BARROWHASNOCREDENTIALS".to_owned(),
            secret_access_key: "none".to_owned(),
            session_token: "none".to_owned(),
        }
    }
}

/// Secrets are shown to nobody.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// `2026/11/21/[$LATEST]` and 32 hexadecimal digits.
fn new_log_stream(now: Timestamp, version: &str) -> String {
    format!(
        "{}/[{version}]{:032x}",
        now.strftime("%Y/%m/%d"),
        fastrand::u128(..)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_stream_has_the_day_the_version_and_a_number() {
        let stream = new_log_stream(Timestamp::UNIX_EPOCH, "$LATEST");
        let number = stream.strip_prefix("1970/01/01/[$LATEST]").unwrap();
        assert_eq!(number.len(), 32);
        assert!(number.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", Credentials::default());
        assert!(!shown.contains("none"), "{shown}");
    }
}
