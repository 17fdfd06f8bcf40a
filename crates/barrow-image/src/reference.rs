//! What an image is called: `registry/repository:tag`, or `@sha256:…` for one that never changes.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use barrow_model::{Explain, Fault};

/// The name of an image. Shown with everything that was left out: `docker.io/library/a:latest`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference(oci_client::Reference);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{seen}` does not name an image: {problem}")]
pub struct ParseReferenceError {
    pub seen: String,
    problem: String,
}

impl Reference {
    pub fn parse(text: &str) -> Result<Self, ParseReferenceError> {
        text.parse()
            .map(Self)
            .map_err(|error: oci_client::ParseError| ParseReferenceError {
                seen: text.to_owned(),
                problem: error.to_string(),
            })
    }

    /// The host that has the image, as the user named it, with its port.
    pub fn registry(&self) -> &str {
        self.0.registry()
    }

    /// Whether it names content, so that it means the same image for ever.
    pub(crate) fn is_pinned(&self) -> bool {
        self.0.digest().is_some()
    }

    /// Whether the registry is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let registry = self.registry();
        let host = registry.split_once(':').map_or(registry, |(host, _)| host);
        let address: Option<Ipv4Addr> = host.parse().ok();
        host == "localhost" || address.is_some_and(|address| address.is_loopback())
    }

    pub(crate) fn as_oci(&self) -> &oci_client::Reference {
        &self.0
    }

    pub(crate) fn with_digest(&self, digest: &str) -> oci_client::Reference {
        self.0.clone_with_digest(digest.to_owned())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl FromStr for Reference {
    type Err = ParseReferenceError;

    fn from_str(text: &str) -> Result<Self, ParseReferenceError> {
        Self::parse(text)
    }
}

impl Explain for ParseReferenceError {
    fn fault(&self) -> Fault {
        Fault::Input
    }

    fn hints(&self) -> Vec<String> {
        vec!["Lambda's own are named like `public.ecr.aws/lambda/python:3.13`".to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_docker_hubs() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Reference::parse(text).unwrap().to_string(), expected);
        };
        let lambda = "public.ecr.aws/lambda/python:3.13";
        check(lambda, lambda);
        check("public.ecr.aws/a/b", "public.ecr.aws/a/b:latest");
        check("python:3.13", "docker.io/library/python:3.13");
        check("me/app", "docker.io/me/app:latest");
        check("localhost:5000/app:1", "localhost:5000/app:1");
        let pinned = format!("registry.example/a@sha256:{}", "0".repeat(64));
        check(&pinned, &pinned);
    }

    #[test]
    fn loopback_is_told_from_names_that_look_like_it() {
        let check = |text: &str, expected| {
            assert_eq!(
                Reference::parse(text).unwrap().is_loopback(),
                expected,
                "{text}"
            );
        };
        check("127.0.0.1:5000/a", true);
        check("127.1.2.3/a", true);
        check("localhost:80/a", true);
        check("localhost/a", true);
        check("localhost.example:80/a", false);
        check("127.0.0.1.example/a", false);
        check("10.0.0.1:5000/a", false);
        check("registry.example/localhost", false);
    }

    #[test]
    fn names_of_nothing_say_so() {
        for text in [
            "",
            "registry.example/UPPER",
            "a b",
            "https://registry.example/a",
            "a@sha256:12",
        ] {
            let error = Reference::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{text}` does not")), "{error}");
        }
    }
}
