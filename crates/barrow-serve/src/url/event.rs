//! A request as the event of a function: payload format 2.0.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use data_encoding::BASE64;
use hyper::HeaderMap;
use hyper::header::{CONNECTION, CONTENT_TYPE, COOKIE, HOST, USER_AGENT};
use hyper::http::request::Parts;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::front::pairs;

/// What of a request is not in its head.
#[derive(Debug)]
pub(super) struct Circumstances<'a> {
    pub url_id: &'a str,
    /// Without what led to the function.
    pub path: &'a str,
    pub peer: SocketAddr,
    pub request_id: &'a str,
    /// Of a signed request: the account and the access key.
    pub signed_by: Option<(&'a str, &'a str)>,
}

pub(super) fn event(head: &Parts, body: &[u8], told: &Circumstances<'_>) -> Value {
    let query = head.uri.query().unwrap_or_default();
    let path = percent_decode_str(told.path).decode_utf8_lossy();
    let domain = text(&head.headers, HOST.as_str());
    let now = Timestamp::now();
    let mut context = json!({
        "accountId": told.signed_by.map_or("anonymous", |(account, _)| account),
        "apiId": told.url_id,
        "domainName": domain,
        "domainPrefix": told.url_id,
        "http": {
            "method": head.method.as_str(),
            "path": path,
            "protocol": format!("{:?}", head.version),
            "sourceIp": told.peer.ip().to_string(),
            "userAgent": text(&head.headers, USER_AGENT.as_str()),
        },
        "requestId": told.request_id,
        "routeKey": "$default",
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        "timeEpoch": now.as_millisecond(),
    });
    if let Some((account, access_key)) = told.signed_by {
        context["authorizer"] = json!({"iam": {
            "accessKey": access_key,
            "accountId": account,
            "callerId": account,
            "cognitoIdentity": null,
            "principalOrgId": null,
            "userArn": format!("arn:aws:iam::{account}:root"),
            "userId": account,
        }});
    }
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&head.headers, domain),
        "requestContext": context,
        "isBase64Encoded": false,
    });
    let cookies = cookies(&head.headers);
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    let parameters = parameters(query);
    if !parameters.is_empty() {
        event["queryStringParameters"] = parameters.into();
    }
    if !body.is_empty() {
        match std::str::from_utf8(body) {
            Ok(text) if is_text(&head.headers) => event["body"] = text.into(),
            _ => {
                event["body"] = BASE64.encode(body).into();
                event["isBase64Encoded"] = true.into();
            }
        }
    }
    event
}

/// Names in lower case, the values of one name together.
fn headers(headers: &HeaderMap, domain: &str) -> Map<String, Value> {
    let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in headers {
        if *name != COOKIE && *name != HOST && *name != CONNECTION {
            let value = value.to_str().unwrap_or_default();
            told.entry(name.as_str()).or_default().push(value);
        }
    }
    told.insert(HOST.as_str(), vec![domain]);
    let told = told.into_iter();
    told.map(|(name, values)| (name.to_owned(), values.join(",").into()))
        .collect()
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(COOKIE).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';').map(|cookie| cookie.trim().to_owned()))
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

fn parameters(query: &str) -> Map<String, Value> {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in pairs(query) {
        match told.iter_mut().find(|(present, _)| *present == name) {
            Some((_, values)) => values.push(value),
            None => told.push((name, vec![value])),
        }
    }
    let told = told.into_iter();
    told.map(|(name, values)| (name, values.join(",").into()))
        .collect()
}

/// Other bodies go into the event in base64, whatever their bytes.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = text(headers, CONTENT_TYPE.as_str()).to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || matches!(
            kind,
            "application/json" | "application/javascript" | "application/xml"
        )
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    let value = headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn told(request: Request<()>, body: &[u8]) -> Value {
        let (head, ()) = request.into_parts();
        let circumstances = Circumstances {
            url_id: "abc",
            path: "/a%20b",
            peer: ([127, 0, 0, 1], 4000).into(),
            request_id: "r",
            signed_by: None,
        };
        event(&head, body, &circumstances)
    }

    #[test]
    fn what_came_several_times_is_joined() {
        let request = Request::builder()
            .uri("/lambda-url/abc/a/b?x=1&x=2&y=%20&flag")
            .header("Host", "127.0.0.1:9500")
            .header("X-Many", "1")
            .header("x-many", "2")
            .header("Cookie", "a=1; b=2")
            .header("Content-Type", "application/json; charset=utf-8")
            .body(())
            .unwrap();
        let event = told(request, b"{}");
        assert_eq!(event["rawPath"], "/a b");
        assert_eq!(event["rawQueryString"], "x=1&x=2&y=%20&flag");
        assert_eq!(
            event["queryStringParameters"],
            json!({"x": "1,2", "y": " ", "flag": ""})
        );
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["headers"]["x-many"], "1,2");
        assert_eq!(event["headers"]["host"], "127.0.0.1:9500");
        assert!(event["headers"].get("cookie").is_none());
        assert_eq!(event["requestContext"]["domainName"], "127.0.0.1:9500");
        assert_eq!(event["requestContext"]["http"]["protocol"], "HTTP/1.1");
        assert_eq!(event["body"], "{}");
        assert_eq!(event["isBase64Encoded"], false);
    }

    #[test]
    fn bytes_are_in_base64() {
        let request = Request::builder().uri("/").body(()).unwrap();
        let event = told(request, b"\xff\x00");
        assert_eq!(event["body"], "/wA=");
        assert_eq!(event["isBase64Encoded"], true);
        assert!(event.get("cookies").is_none());
    }
}
