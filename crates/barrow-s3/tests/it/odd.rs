//! Requests that make no sense are refused as such: no answer says that the service is at fault, and
//! none is missing.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::plain::Connection;
use crate::server::Server;

#[derive(Debug)]
struct Odd {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

const METHODS: &[&str] = &["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"];

const SUBRESOURCES: &[&str] = &[
    "acl",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "lifecycle",
    "list-type=2",
    "location",
    "logging",
    "max-keys",
    "notification",
    "object-lock",
    "ownershipControls",
    "partNumber",
    "policy",
    "publicAccessBlock",
    "restore",
    "select",
    "tagging",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
    "continuation-token",
    "delimiter",
    "encoding-type",
    "key-marker",
    "marker",
    "part-number-marker",
    "prefix",
    "start-after",
    "upload-id-marker",
    "version-id-marker",
    "X-Amz-Signature",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "AWSAccessKeyId",
    "Signature",
    "Expires",
    "response-content-type",
];

const HEADERS: &[&str] = &[
    "authorization",
    "content-encoding",
    "content-md5",
    "content-type",
    "expect",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "range",
    "x-amz-acl",
    "x-amz-checksum-crc32",
    "x-amz-checksum-mode",
    "x-amz-checksum-type",
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-copy-source-range",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-meta-a",
    "x-amz-metadata-directive",
    "x-amz-mp-object-size",
    "x-amz-object-attributes",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-storage-class",
    "x-amz-tagging",
    "x-amz-trailer",
    "x-amz-write-offset-bytes",
];

const VALUES: &[&str] = &[
    "",
    "0",
    "-1",
    "1",
    "99999999999999999999",
    "*",
    "\"",
    "\"abc\"",
    "a=b&a=b",
    "%",
    "%ff",
    "null",
    "bytes=0-",
    "bytes=5-1",
    "bytes=-0",
    "bytes=0-1,3-4",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "UNSIGNED-PAYLOAD",
    "aws-chunked",
    "x-amz-checksum-crc32",
    "CRC32",
    "SHA256",
    "MD5",
    "REPLACE",
    "COPY",
    "AAAAAA==",
    "/code/there",
    "code/there?versionId=x",
    "code",
    "//",
    "ETag,ObjectParts",
    "AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request, SignedHeaders=host, Signature=0",
    "AWS a:b",
    "AWS",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "20260102T030405Z",
    "GLACIER",
    "url",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/xml",
    "100-continue",
];

const BODIES: &[&str] = &[
    "",
    "x",
    "<",
    "<Delete/>",
    "<Delete><Object><Key>there</Key></Object></Delete>",
    "<Delete><Object/></Delete>",
    "<CompleteMultipartUpload/>",
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
    "<CreateBucketConfiguration><LocationConstraint></LocationConstraint></CreateBucketConfiguration>",
    "<VersioningConfiguration><Status>Off</Status></VersioningConfiguration>",
    "<VersioningConfiguration/>",
    "<Tagging><TagSet><Tag/></TagSet></Tagging>",
    "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>",
    "{\"Statement\":[]}",
    "[]",
    "1\r\nx\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
    "ffffffffffffffff\r\nx",
    "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--x--\r\n",
    "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nk\r\n--x--\r\n",
    "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><Delete>&b;</Delete>",
    "<NotificationConfiguration/>",
    "<LifecycleConfiguration/>",
    "<OwnershipControls/>",
    "<ServerSideEncryptionConfiguration/>",
    "<PublicAccessBlockConfiguration/>",
];

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![4 => one_of(VALUES).prop_map(str::to_owned), 1 => "[ -~]{0,12}"]
}

fn odd() -> impl Strategy<Value = Odd> {
    let path = prop_oneof![
        3 => one_of(&["/", "/code", "/code/there", "/code/nothing", "/other", "/other/x", "/UPPER", "/code/"]).prop_map(str::to_owned),
        1 => "/[!-~&&[^#?]]{0,10}",
    ];
    let pair = (one_of(SUBRESOURCES), prop::option::of(value()));
    let header = (one_of(HEADERS), value());
    (
        one_of(METHODS),
        path,
        prop::collection::vec(pair, 0..3),
        prop::collection::vec(header, 0..4),
        one_of(BODIES),
    )
        .prop_map(|(method, path, query, headers, body)| {
            let escaped = |text: String| {
                text.replace(
                    [' ', '"', '#', '<', '>', '\\', '^', '`', '{', '|', '}'],
                    "+",
                )
            };
            let pairs = query.into_iter().map(|(name, value)| match value {
                Some(value) => format!("{name}={}", escaped(value)),
                None => name.to_owned(),
            });
            let query = pairs.collect::<Vec<_>>().join("&");
            let path = escaped(path);
            Odd {
                method,
                path: if query.is_empty() {
                    path
                } else {
                    format!("{path}?{query}")
                },
                headers,
                body: body.to_owned(),
            }
        })
}

#[test]
fn nonsense_is_refused_and_never_a_fault() {
    let server = Server::start();
    let address = server.address().to_string();
    let mut first = Connection::open(&address).unwrap();
    first.ask("PUT", "/code", b"").unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 1000,
        failure_persistence: None,
        ..Config::default()
    });
    let kept = RefCell::new(first);
    let outcome = runner.run(&odd(), |odd| {
        // Some of what is asked deletes what the others ask for.
        let mut steady = kept.borrow_mut();
        steady.ask("PUT", "/code", b"").unwrap();
        steady.ask("PUT", "/code/there", b"there").unwrap();
        let mut connection = Connection::open(&address).unwrap();
        let headers: Vec<_> = odd
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = connection.ask_with(odd.method, &odd.path, &headers, odd.body.as_bytes());
        let answer = answer.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let status = answer.status;
        prop_assert!(
            status < 500 || status == 501,
            "{} {}",
            status,
            answer.text()
        );
        if status >= 400 && odd.method != "HEAD" {
            prop_assert!(
                answer.text().contains("<Code>"),
                "{} {}",
                status,
                answer.text()
            );
            prop_assert!(
                answer.text().contains("<Message>"),
                "{} {}",
                status,
                answer.text()
            );
            prop_assert!(
                !answer.text().contains("internal error"),
                "{} {}",
                status,
                answer.text()
            );
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn forms_without_a_file_are_refused() {
    let server = Server::start();
    let address = server.address().to_string();
    let mut connection = Connection::open(&address).unwrap();
    connection.ask("PUT", "/code", b"").unwrap();
    for body in BODIES {
        for kind in ["multipart/form-data; boundary=x", "multipart/form-data"] {
            for path in ["/", "/code", "/code/there", "/other"] {
                let mut connection = Connection::open(&address).unwrap();
                let headers = [("content-type", kind)];
                let answer = connection.ask_with("POST", path, &headers, body.as_bytes());
                let status = answer.unwrap().status;
                assert!(
                    (400..500).contains(&status) || status == 501 || status == 204,
                    "{status} {path} {body}"
                );
            }
        }
    }
}
