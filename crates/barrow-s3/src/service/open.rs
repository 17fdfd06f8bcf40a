//! Requests for a service that does not verify: the signature is read and taken away, and the body
//! unpacked, as whoever verifies would have done.

use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue, RANGE,
};
use hyper::{Request, Uri};
use s3s::Body;
use s3s::dto::{Range, StreamingBlob, Timestamp, TimestampFormat};

use super::chunks::{self, Trailers};
use crate::caller::Claims;
use crate::records::version::Moment;
use crate::refusal::{Refusal, invalid_request};

const CONTENT_SHA256: &str = "x-amz-content-sha256";
const DECODED_LENGTH: &str = "x-amz-decoded-content-length";

pub(super) fn opened(mut request: Request<Body>) -> Result<Request<Body>, Refusal> {
    let mut claims = request
        .headers_mut()
        .remove(AUTHORIZATION)
        .and_then(|value| of_header(value.to_str().ok()?))
        .unwrap_or_default();
    if let Some(query) = request.uri().query()
        && let Some(presigned) = Presigned::of(query)
    {
        if presigned
            .expires
            .is_some_and(|expires| Moment::now() > expires)
        {
            return Err(Refusal::Expired);
        }
        claims = presigned.claims;
        *request.uri_mut() = with_query(request.uri(), &presigned.rest)?;
    }
    request.extensions_mut().insert(claims);
    drop_odd_range(request.headers_mut());
    let trailers = Trailers::default();
    let request = if is_chunked(request.headers()) {
        unpacked(request, trailers.clone())?
    } else {
        request
    };
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(CONTENT_SHA256);
    parts.extensions.insert(trailers);
    Ok(Request::from_parts(parts, body))
}

/// A range that is none, or more than one, is as good as no range, to S3 as to RFC 9110.
fn drop_odd_range(headers: &mut HeaderMap) {
    let odd = |value: &HeaderValue| {
        let text = value.to_str().ok();
        text.is_none_or(|text| Range::parse(text).is_err())
    };
    if headers.get(RANGE).is_some_and(odd) {
        headers.remove(RANGE);
    }
}

fn unpacked(request: Request<Body>, trailers: Trailers) -> Result<Request<Body>, Refusal> {
    let (mut parts, body) = request.into_parts();
    let length = parts
        .headers
        .remove(DECODED_LENGTH)
        .filter(|value| value.to_str().is_ok_and(|text| text.parse::<u64>().is_ok()))
        .ok_or_else(|| invalid_request("missing header: x-amz-decoded-content-length"))?;
    parts.headers.insert(CONTENT_LENGTH, length);
    let body = StreamingBlob::wrap(chunks::decoded(body, trailers));
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn is_chunked(headers: &HeaderMap) -> bool {
    let has = |name: &str, part: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains(part))
    };
    has(CONTENT_SHA256, "STREAMING-") || has(CONTENT_ENCODING.as_str(), "aws-chunked")
}

/// `AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/s3/aws4_request, …`, or `AWS <key>:<signature>`.
fn of_header(authorization: &str) -> Option<Claims> {
    if let Some(old) = authorization.strip_prefix("AWS ") {
        let (access_key, _) = old.split_once(':')?;
        return Some(Claims {
            access_key: Some(access_key.to_owned()),
            region: None,
        });
    }
    let start = authorization.find("Credential=")? + "Credential=".len();
    let credential = &authorization[start..];
    let end = credential.find([',', ' ']).unwrap_or(credential.len());
    Some(of_credential(&credential[..end]))
}

/// `<key>/<day>/<region>/s3/aws4_request`
fn of_credential(credential: &str) -> Claims {
    let mut parts = credential.split('/');
    let mut next = || {
        parts
            .next()
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
    };
    let access_key = next();
    let _day = next();
    Claims {
        access_key,
        region: next(),
    }
}

#[derive(Debug, PartialEq)]
struct Presigned {
    claims: Claims,
    expires: Option<Moment>,
    /// The query without the signature.
    rest: String,
}

impl Presigned {
    fn of(query: &str) -> Option<Self> {
        let value = |wanted: &str| {
            query.split('&').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let value = percent_encoding::percent_decode_str(value)
                    .decode_utf8()
                    .ok()?;
                (name.eq_ignore_ascii_case(wanted)).then(|| value.into_owned())
            })
        };
        let (claims, expires, signs): (_, _, fn(&str) -> bool) =
            if value("X-Amz-Signature").is_some() {
                let signed = value("X-Amz-Date").and_then(|date| moment(&date));
                let for_seconds = value("X-Amz-Expires").and_then(|text| text.parse::<i64>().ok());
                let expires = signed.zip(for_seconds);
                (
                    of_credential(&value("X-Amz-Credential").unwrap_or_default()),
                    expires.map(|(signed, seconds)| Moment(signed.0.saturating_add(seconds))),
                    signs_v4,
                )
            } else {
                let access_key = value("AWSAccessKeyId")?;
                value("Signature")?;
                let claims = Claims {
                    access_key: Some(access_key),
                    region: None,
                };
                let expires = value("Expires").and_then(|text| text.parse().ok());
                (claims, expires.map(Moment), signs_v2)
            };
        let rest = query.split('&').filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !signs(name)
        });
        Some(Self {
            claims,
            expires,
            rest: rest.collect::<Vec<_>>().join("&"),
        })
    }
}

fn signs_v4(name: &str) -> bool {
    [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-Security-Token",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
    ]
    .iter()
    .any(|known| known.eq_ignore_ascii_case(name))
}

fn signs_v2(name: &str) -> bool {
    [
        "AWSAccessKeyId",
        "Signature",
        "Expires",
        "x-amz-security-token",
    ]
    .contains(&name)
}

/// `20260102T030405Z`
fn moment(date: &str) -> Option<Moment> {
    if date.len() != 16 || !date.is_ascii() {
        return None;
    }
    let part = |range| &date[range];
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4),
        part(4..6),
        part(6..8),
        part(9..11),
        part(11..13),
        part(13..15)
    );
    let timestamp = Timestamp::parse(TimestampFormat::DateTime, &text).ok()?;
    Some(Moment::of(&timestamp))
}

fn with_query(uri: &Uri, query: &str) -> Result<Uri, Refusal> {
    let path = uri.path();
    let both = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    };
    let mut parts = uri.clone().into_parts();
    let both = both.parse().map_err(|_| invalid_request("invalid URI"))?;
    parts.path_and_query = Some(both);
    Uri::from_parts(parts).map_err(|_| invalid_request("invalid URI"))
}
