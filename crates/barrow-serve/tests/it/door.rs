//! Who is let in, where they are led, and what is noted of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::case::{Answer, Case, options};
use crate::signer::Signer;

const LIST: &str = "GET /2015-03-31/functions/";

fn signer<'s>(service: &'s str, secret_key: &'s str) -> Signer<'s> {
    Signer {
        access_key: "AKIDEXAMPLE",
        secret_key,
        token: None,
        service,
        at: Timestamp::now(),
    }
}

fn signed(case: &Case, signer: &Signer<'_>, request: &str, body: &str) -> Answer {
    let host = case.address.to_string();
    let headers = signer.sign(request, &host, body);
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    case.ask(request, &headers, body)
}

#[test]
fn pages_and_names_of_others_are_turned_away() {
    let case = Case::new();
    assert_eq!(case.ask(LIST, &[], "").status, 200);
    assert_eq!(
        case.ask(LIST, &[("origin", "http://localhost:3000")], "")
            .status,
        200
    );
    let page = case.ask(LIST, &[("origin", "https://evil.example")], "");
    assert_eq!(page.status, 403);
    assert!(page.body.contains("AccessDeniedException"), "{}", page.body);
    for host in ["evil.example", "127.0.0.1.evil.example:80"] {
        let answer = case.send(&format!("{LIST} HTTP/1.1\r\nhost: {host}"), "");
        assert_eq!(answer.status, 403, "{host}");
    }
    let named = Case::with(barrow_serve::Options {
        hosts: vec!["barrow.test".into()],
        ..options()
    });
    let answer = named.send(&format!("{LIST} HTTP/1.1\r\nhost: barrow.test:80"), "");
    assert_eq!(answer.status, 200);
}

#[test]
fn a_service_that_is_not_here_is_named_in_its_own_form() {
    let case = Case::new();
    let json = case.ask(
        "POST /",
        &[("x-amz-target", "DynamoDB_20120810.ListTables")],
        "{}",
    );
    assert_eq!(json.status, 400);
    let body: Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(body["__type"], "UnknownOperationException");
    assert!(
        body["message"]
            .as_str()
            .unwrap()
            .contains("`DynamoDB_20120810`")
    );
    let form = case.form("Action=ListQueues&Version=2012-11-05");
    assert_eq!((form.status, form.element("Code")), (400, "InvalidAction"));
    let sqs = "AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/sqs/aws4_request";
    let rest = case.ask("GET /x", &[("authorization", sqs)], "");
    assert_eq!(rest.status, 400);
    assert!(
        rest.head
            .contains("x-amzn-errortype: unknownoperationexception"),
        "{}",
        rest.head
    );
}

#[test]
fn signatures_are_verified_where_there_are_keys() {
    let case = Case::with_keys();
    let good = signed(&case, &signer("lambda", "secret"), LIST, "");
    assert_eq!(good.status, 200, "{}", good.body);
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let good = signed(&case, &signer("sts", "secret"), "POST /", form);
    assert_eq!(good.status, 200, "{}", good.body);

    for (answer, code) in [
        (
            case.ask(LIST, &[], ""),
            "MissingAuthenticationTokenException",
        ),
        (
            signed(&case, &signer("lambda", "wrong"), LIST, ""),
            "InvalidSignatureException",
        ),
        (
            signed(
                &case,
                &Signer {
                    access_key: "AKIDOTHER",
                    ..signer("lambda", "secret")
                },
                LIST,
                "",
            ),
            "UnrecognizedClientException",
        ),
        (
            signed(
                &case,
                &Signer {
                    token: Some("AAAA"),
                    ..signer("lambda", "secret")
                },
                LIST,
                "",
            ),
            "UnrecognizedClientException",
        ),
        (
            case.ask(
                LIST,
                &[("authorization", "AWS4-HMAC-SHA256 Credential=a")],
                "",
            ),
            "IncompleteSignatureException",
        ),
    ] {
        assert_eq!(answer.status, 403, "{code}: {}", answer.body);
        let code = format!("x-amzn-errortype: {}", code.to_ascii_lowercase());
        assert!(answer.head.contains(&code), "{code} in {}", answer.head);
    }
    let unsigned = case.form(form);
    assert_eq!(
        (unsigned.status, unsigned.element("Code")),
        (403, "MissingAuthenticationToken")
    );
    let wrong = signed(
        &case,
        &signer("iam", "wrong"),
        "POST /",
        "Action=ListRoles&Version=2010-05-08",
    );
    assert_eq!(
        (wrong.status, wrong.element("Code")),
        (403, "SignatureDoesNotMatch")
    );
    // What is said of the service itself needs no key.
    assert_eq!(case.ask("GET /health", &[], "").status, 200);
}

#[test]
fn a_signature_has_its_time() {
    let case = Case::with_keys();
    let check = |minutes: i64| {
        let at = Timestamp::now() - SignedDuration::from_mins(minutes);
        signed(
            &case,
            &Signer {
                at,
                ..signer("lambda", "secret")
            },
            LIST,
            "",
        )
    };
    assert_eq!(check(14).status, 200);
    assert_eq!(check(-14).status, 200);
    let late = check(16);
    assert_eq!(late.status, 403);
    assert!(late.body.contains("Signature expired: "), "{}", late.body);
    let early = check(-16);
    assert!(
        early.body.contains("Signature not yet current: "),
        "{}",
        early.body
    );

    let host = case.address.to_string();
    let query = "Action=GetCallerIdentity&Version=2011-06-15";
    let link = |minutes: i64| {
        let at = Timestamp::now() - SignedDuration::from_mins(minutes);
        let signer = Signer {
            at,
            ..signer("sts", "secret")
        };
        case.ask(&signer.link("/", query, &host, 3600), &[], "")
    };
    assert_eq!(link(59).status, 200, "{}", link(59).body);
    assert_eq!(link(61).status, 403);
}

#[test]
fn credentials_of_a_session_are_as_good() {
    let case = Case::with_keys();
    let role = "arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fx%2Fr";
    let form = format!("Action=AssumeRole&Version=2011-06-15&RoleArn={role}&RoleSessionName=s1");
    let given = signed(&case, &signer("sts", "secret"), "POST /", &form);
    assert_eq!(given.status, 200, "{}", given.body);
    let session = Signer {
        access_key: given.element("AccessKeyId"),
        secret_key: given.element("SecretAccessKey"),
        token: Some(given.element("SessionToken")),
        ..signer("sts", "")
    };
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let told = signed(&case, &session, "POST /", form);
    assert_eq!(
        told.element("Arn"),
        "arn:aws:sts::111122223333:assumed-role/r/s1"
    );
    assert_eq!(told.element("Account"), "111122223333");
    let other = Signer {
        secret_key: "secret",
        ..session
    };
    assert_eq!(signed(&case, &other, "POST /", form).status, 403);
}

#[test]
fn buckets_know_the_same_keys() {
    let case = Case::with_keys();
    assert_eq!(case.ask("GET /", &[], "").status, 403);
    assert_eq!(
        signed(&case, &signer("s3", "wrong"), "GET /", "").status,
        403
    );
    // Signatures of S3 cover the digest of the body.
    let good = signed(&case, &signer("s3", "secret"), "GET /", "");
    assert_eq!(good.status, 200, "{}", good.body);
    let form = "Action=GetSessionToken&Version=2011-06-15";
    let given = signed(&case, &signer("sts", "secret"), "POST /", form);
    let session = Signer {
        access_key: given.element("AccessKeyId"),
        secret_key: given.element("SecretAccessKey"),
        token: Some(given.element("SessionToken")),
        ..signer("s3", "")
    };
    let good = signed(&case, &session, "GET /", "");
    assert_eq!(good.status, 200, "{}", good.body);
    let without = Signer {
        token: None,
        ..session
    };
    let refused = signed(&case, &without, "GET /", "");
    assert_eq!(
        (refused.status, refused.element("Code")),
        (403, "InvalidToken")
    );
}

#[test]
fn an_address_that_others_reach_wants_keys() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = camino::Utf8Path::from_path(folder.path()).unwrap();
    let options = barrow_serve::Options {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..options()
    };
    let opened = runtime.block_on(barrow_serve::Server::open(
        path,
        options,
        std::sync::Arc::new(crate::case::Nowhere),
    ));
    let error = opened.unwrap_err().to_string();
    assert!(error.contains("without credentials"), "{error}");
}

#[test]
fn requests_are_counted_and_told_of() {
    let case = Case::new();
    case.ask(LIST, &[], "");
    case.ask("GET /2015-03-31/functions/nope", &[], "");
    let health = case.ask("GET /health", &[], "");
    let health: Value = serde_json::from_str(&health.body).unwrap();
    assert_eq!(health["status"], "ok");
    let metrics = case.ask("GET /metrics", &[], "");
    for line in [
        r#"barrow_requests_total{service="lambda",operation="ListFunctions",status="200"} 1"#,
        r#"barrow_requests_total{service="lambda",operation="GetFunction",status="404"} 1"#,
        r#"barrow_environments{state="busy"} 0"#,
        "barrow_lost_log_lines_total 0",
    ] {
        assert!(
            metrics.body.lines().any(|found| found == line),
            "{line} in {}",
            metrics.body
        );
    }
    let journal = case.journal.lock().unwrap();
    let first: Value = serde_json::from_str(&journal[0]).unwrap();
    assert_eq!(first["operation"], "ListFunctions");
    assert_eq!(first["account"], "123456789012");
    let second: Value = serde_json::from_str(&journal[1]).unwrap();
    assert_eq!(
        (&second["level"], &second["status"]),
        (&"warning".into(), &404.into())
    );
}
