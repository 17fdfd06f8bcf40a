//! What every client begins with, as plain requests.

use barrow_s3::NoObject;

use crate::plain::Connection;
use crate::server::{ACCOUNT, Server};

/// One request on a connection of its own.
fn ask(server: &Server, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut connection = Connection::open(&server.address().to_string()).unwrap();
    let answer = connection.ask(method, path, body.as_bytes()).unwrap();
    (answer.status, answer.text().to_owned())
}

#[test]
fn an_object_is_put_listed_read_and_deleted() {
    let server = Server::start();
    assert_eq!(ask(&server, "PUT", "/code", "").0, 200);
    assert_eq!(ask(&server, "PUT", "/code/a/b.txt", "hello").0, 200);
    let (status, body) = ask(&server, "GET", "/code/a/b.txt", "");
    assert_eq!((status, body.as_str()), (200, "hello"));
    let (_, listed) = ask(&server, "GET", "/code?list-type=2&delimiter=/", "");
    assert!(
        listed.contains("<CommonPrefixes><Prefix>a/</Prefix>"),
        "{listed}"
    );
    let (status, refused) = ask(&server, "DELETE", "/code", "");
    assert_eq!(status, 409);
    assert!(refused.contains("<Code>BucketNotEmpty</Code>"), "{refused}");
    assert_eq!(ask(&server, "DELETE", "/code/a/b.txt", "").0, 204);
    assert_eq!(ask(&server, "DELETE", "/code", "").0, 204);
    let (status, gone) = ask(&server, "GET", "/code/a/b.txt", "");
    assert_eq!(status, 404);
    for part in [
        "<Code>NoSuchBucket</Code>",
        "<Message>The specified bucket does not exist</Message>",
        "<Resource>/code/a/b.txt</Resource>",
    ] {
        assert!(gone.contains(part), "{gone}");
    }
}

#[test]
fn an_object_is_found_without_http() {
    let server = Server::start();
    ask(&server, "PUT", "/code", "");
    ask(&server, "PUT", "/code/app.zip", "zipped");
    let found = server
        .storage
        .object(ACCOUNT, "code", "app.zip", None)
        .unwrap();
    assert_eq!((found.size_bytes, found.region.as_str()), (6, "us-east-1"));
    assert_eq!(std::io::read_to_string(found.file).unwrap(), "zipped");
    assert_eq!(std::fs::read_to_string(found.path).unwrap(), "zipped");
    let missing = |account, bucket, key, version| {
        server
            .storage
            .object(account, bucket, key, version)
            .unwrap_err()
    };
    assert!(matches!(
        missing(ACCOUNT, "nothing", "app.zip", None),
        NoObject::NoSuchBucket
    ));
    assert!(matches!(
        missing(ACCOUNT, "code", "other.zip", None),
        NoObject::NoSuchKey
    ));
    assert!(matches!(
        missing(
            ACCOUNT,
            "code",
            "app.zip",
            Some("0123456789abcdef0123456789abcdef")
        ),
        NoObject::NoSuchVersion
    ));
    assert!(matches!(
        missing("111122223333", "code", "app.zip", None),
        NoObject::AccessDenied
    ));
}
