//! Which service a request is for.

use hyper::Method;
use hyper::http::request::Parts;

use super::caller::Signature;
use crate::api::Model;
use crate::url::Asked;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    Health,
    Metrics,
    /// A package, by its digest.
    Code(String),
    Lambda,
    /// A function's own URL.
    Url(Asked),
    S3,
    Logs,
    Sts,
    Iam,
    /// The form in its body says.
    Form,
    /// A service that is not here, by the name it has in signatures.
    Elsewhere(String),
}

impl Destination {
    pub(super) fn of(
        head: &Parts,
        query: &[(String, String)],
        signature: Option<&Signature>,
        lambda: &Model,
    ) -> Self {
        if let Some(asked) = Asked::of(head) {
            return Self::Url(asked);
        }
        let path = head.uri.path();
        let reads = head.method == Method::GET || head.method == Method::HEAD;
        let is_for_s3 = signature.is_some_and(|signature| signature.service == "s3");
        if let Some(digest) = code_digest(path).filter(|_| reads && !is_for_s3) {
            return Self::Code(digest.to_owned());
        }
        if let Some(signature) = signature {
            return Self::of_service(&signature.service);
        }
        let header = |name: &str| head.headers.get(name)?.to_str().ok();
        if let Some(target) = header("x-amz-target") {
            let (service, _) = target.split_once('.').unwrap_or((target, ""));
            return match service {
                "Logs_20140328" => Self::Logs,
                other => Self::Elsewhere(other.to_owned()),
            };
        }
        if reads {
            match path {
                "/health" => return Self::Health,
                "/metrics" => return Self::Metrics,
                _ => {}
            }
        }
        let in_query = |wanted: &str| query.iter().any(|(name, _)| name == wanted);
        if path == "/" && in_query("Action") {
            return Self::of_form(query);
        }
        let content = header("content-type").unwrap_or_default();
        if path == "/"
            && head.method == Method::POST
            && content.starts_with("application/x-www-form-urlencoded")
        {
            return Self::Form;
        }
        // The older form of presigned URLs names no service.
        if lambda.knows_path(path) && !in_query("AWSAccessKeyId") {
            return Self::Lambda;
        }
        Self::S3
    }

    /// By a form's version: each service has its own.
    pub(super) fn of_form(form: &[(String, String)]) -> Self {
        let version = form.iter().find(|(name, _)| name == "Version");
        match version.map(|(_, version)| version.as_str()) {
            Some("2011-06-15") => Self::Sts,
            Some("2010-05-08") => Self::Iam,
            version => Self::Elsewhere(version.unwrap_or_default().to_owned()),
        }
    }

    fn of_service(service: &str) -> Self {
        match service {
            "lambda" => Self::Lambda,
            "s3" | "s3express" | "s3-outposts" => Self::S3,
            "logs" => Self::Logs,
            "sts" => Self::Sts,
            "iam" => Self::Iam,
            other => Self::Elsewhere(other.to_owned()),
        }
    }

    /// As it is counted.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Health | Self::Metrics => "health",
            Self::Code(_) => "code",
            Self::Lambda => "lambda",
            Self::Url(_) => "url",
            Self::S3 => "s3",
            Self::Logs => "logs",
            Self::Sts => "sts",
            Self::Iam => "iam",
            Self::Form | Self::Elsewhere(_) => "elsewhere",
        }
    }
}

/// Whoever knows a package's digest may have it.
fn code_digest(path: &str) -> Option<&str> {
    let digest = path.strip_prefix("/code/")?.strip_suffix(".zip")?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then_some(digest)
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;
    use crate::front::pairs;

    fn check(method: &str, uri: &str, headers: &[(&str, &str)], wanted: &Destination) {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        let query = pairs(head.uri.query().unwrap_or_default());
        let signature = Signature::read(&head.headers, &query);
        let found = Destination::of(&head, &query, signature.as_ref(), &Model::lambda());
        assert_eq!(&found, wanted, "{method} {uri} {headers:?}");
    }

    #[test]
    fn a_request_finds_its_service() {
        let form = (
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        );
        let target = |target| ("x-amz-target", target);
        let elsewhere = |name: &str| Destination::Elsewhere(name.into());
        let signed = (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request, x",
        );
        let dynamo = (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=a/b/c/dynamodb/aws4_request",
        );
        check("GET", "/health", &[], &Destination::Health);
        check("GET", "/health", &[signed], &Destination::S3);
        check("PUT", "/health", &[], &Destination::S3);
        check("GET", "/metrics", &[], &Destination::Metrics);
        check(
            "POST",
            "/",
            &[target("Logs_20140328.GetLogEvents")],
            &Destination::Logs,
        );
        check(
            "POST",
            "/",
            &[target("DynamoDB_20120810.X")],
            &elsewhere("DynamoDB_20120810"),
        );
        check("POST", "/", &[dynamo], &elsewhere("dynamodb"));
        check("POST", "/", &[form], &Destination::Form);
        check(
            "GET",
            "/?Action=GetCallerIdentity&Version=2011-06-15",
            &[],
            &Destination::Sts,
        );
        check("GET", "/2015-03-31/functions/f", &[], &Destination::Lambda);
        check("GET", "/bucket/key", &[], &Destination::S3);
        let digest = "a".repeat(64);
        let code = Destination::Code(digest.clone());
        check("GET", &format!("/code/{digest}.zip"), &[], &code);
        let as_lambda = (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=a/b/c/lambda/aws4_request",
        );
        check("GET", &format!("/code/{digest}.zip"), &[as_lambda], &code);
        check(
            "GET",
            &format!("/code/{digest}.zip"),
            &[signed],
            &Destination::S3,
        );
        check("GET", "/code/x.zip", &[], &Destination::S3);
    }
}
