//! Whether a request was signed by who it says: version 4, in a header or in a query.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::http::request::Parts;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::denied::Denied;

/// How far clocks may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(15);

/// The longest life of a request that is a link.
const LONGEST_LINK_SECONDS: i64 = 604_800;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// In a query, everything but letters, digits and these is escaped.
const OF_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

const OF_PATH: &AsciiSet = &OF_QUERY.remove(b'/');

/// A signature with all its parts.
#[derive(Debug)]
pub(super) struct Signed<'h> {
    pub access_key: &'h str,
    pub token: Option<&'h str>,
    date: &'h str,
    region: &'h str,
    service: &'h str,
    headers: Vec<&'h str>,
    signature: Vec<u8>,
    /// As it was written, and what it means.
    time: &'h str,
    at: Timestamp,
    /// Of a link.
    lives: Option<SignedDuration>,
}

/// Where the parts of a signature stand.
#[derive(Debug, Clone, Copy)]
enum Place<'h> {
    /// `Credential=…, SignedHeaders=…, Signature=…`
    Header(&'h str),
    /// `X-Amz-Credential=…&X-Amz-SignedHeaders=…&…`
    Link(&'h [(String, String)]),
}

impl<'h> Place<'h> {
    fn part(self, name: &str) -> Option<&'h str> {
        match self {
            Self::Header(parts) => {
                let mut parts = parts.split(',').map(str::trim);
                parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
            }
            Self::Link(query) => {
                let mut parts = query.iter();
                let is_it = |key: &str| key.strip_prefix("X-Amz-") == Some(name);
                let (_, value) = parts.find(|(key, _)| is_it(key))?;
                Some(value)
            }
        }
    }
}

impl<'h> Signed<'h> {
    pub(super) fn read(head: &'h Parts, query: &'h [(String, String)]) -> Result<Self, Denied> {
        let header = |name: &str| head.headers.get(name)?.to_str().ok();
        let link = Place::Link(query);
        let (place, time, token, lives) = match header("authorization") {
            Some(authorization) => {
                let parts = authorization
                    .strip_prefix(ALGORITHM)
                    .ok_or(Denied::Incomplete(ALGORITHM))?;
                let token = header("x-amz-security-token");
                (Place::Header(parts), header("x-amz-date"), token, None)
            }
            None if link.part("Algorithm") == Some(ALGORITHM) => {
                let lives = link.part("Expires").and_then(|lives| lives.parse().ok());
                let lives = lives
                    .filter(|seconds| (1..=LONGEST_LINK_SECONDS).contains(seconds))
                    .map(SignedDuration::from_secs)
                    .ok_or(Denied::Incomplete("X-Amz-Expires"))?;
                let token = link.part("Security-Token");
                (link, link.part("Date"), token, Some(lives))
            }
            None => return Err(Denied::Missing),
        };
        let part = |name: &'static str| place.part(name).ok_or(Denied::Incomplete(name));
        let time = time.ok_or(Denied::Incomplete("X-Amz-Date"))?;
        let at = DateTime::strptime("%Y%m%dT%H%M%SZ", time)
            .and_then(|time| time.to_zoned(TimeZone::UTC))
            .map_err(|_| Denied::Incomplete("X-Amz-Date"))?
            .timestamp();
        let mut scope = part("Credential")?.rsplitn(5, '/');
        let mut next = || scope.next().ok_or(Denied::Incomplete("Credential"));
        let (request, service) = (next()?, next()?);
        let (region, date, access_key) = (next()?, next()?, next()?);
        if request != "aws4_request" || !time.starts_with(date) {
            return Err(Denied::Incomplete("Credential"));
        }
        let signature = HEXLOWER.decode(part("Signature")?.as_bytes());
        let headers: Vec<&str> = part("SignedHeaders")?.split(';').collect();
        if !headers.contains(&"host") {
            return Err(Denied::Incomplete("SignedHeaders"));
        }
        Ok(Self {
            access_key,
            token,
            date,
            region,
            service,
            headers,
            signature: signature.map_err(|_| Denied::Incomplete("Signature"))?,
            time,
            at,
            lives,
        })
    }

    /// Whether it is not too old, and not from the future.
    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), Denied> {
        let shown = |time: Timestamp| time.strftime("%Y%m%dT%H%M%SZ").to_string();
        let lives = self.lives.unwrap_or(SKEW);
        if self.at + lives < now {
            return Err(Denied::Late {
                signed: self.time.to_string(),
                earliest: shown(now - lives),
                now: shown(now),
                minutes: lives.as_mins(),
            });
        }
        if self.at > now + SKEW {
            return Err(Denied::Early {
                signed: self.time.to_string(),
                latest: shown(now + SKEW),
                now: shown(now),
            });
        }
        Ok(())
    }

    /// Whether who signed had this key, and signed this.
    pub(super) fn check(&self, head: &Parts, secret_key: &str, body: &[u8]) -> Result<(), Denied> {
        let canonical = self.canonical(head, body);
        let Self {
            date,
            region,
            service,
            time,
            ..
        } = self;
        let digest = HEXLOWER.encode(&Sha256::digest(canonical));
        let text = format!("{ALGORITHM}\n{time}\n{date}/{region}/{service}/aws4_request\n{digest}");
        let mut key = format!("AWS4{secret_key}").into_bytes();
        for part in [date, region, service, "aws4_request"] {
            key = keyed(&key, part.as_bytes())
                .finalize()
                .into_bytes()
                .to_vec();
        }
        // Takes the same time wherever the first difference is.
        keyed(&key, text.as_bytes())
            .verify_slice(&self.signature)
            .map_err(|_| Denied::Mismatch)
    }

    fn canonical(&self, head: &Parts, body: &[u8]) -> String {
        let mut canonical = format!(
            "{}\n{}\n{}\n",
            head.method,
            path(head.uri.path()),
            query(head.uri.query().unwrap_or_default())
        );
        for name in &self.headers {
            let values: Vec<String> = match head.headers.get_all(*name) {
                // Of a request line with a whole address, that is the host.
                values if *name == "host" && values.iter().next().is_none() => head
                    .uri
                    .authority()
                    .map(ToString::to_string)
                    .into_iter()
                    .collect(),
                values => values
                    .iter()
                    .map(|value| {
                        let text = String::from_utf8_lossy(value.as_bytes());
                        text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
                    })
                    .collect(),
            };
            canonical += &format!("{name}:{}\n", values.join(","));
        }
        let told = head.headers.get("x-amz-content-sha256");
        let payload = match told.and_then(|told| told.to_str().ok()) {
            Some(unsigned @ "UNSIGNED-PAYLOAD") => unsigned.to_owned(),
            _ => HEXLOWER.encode(&Sha256::digest(body)),
        };
        canonical += &format!("\n{}\n{payload}", self.headers.join(";"));
        canonical
    }
}

fn keyed(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
    mac.update(text);
    mac
}

/// Without `.`, `..` and empty segments, and escaped once more than it came.
fn path(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let end = if path.ends_with('/') && !kept.is_empty() {
        "/"
    } else {
        ""
    };
    let plain = format!("/{}{end}", kept.join("/"));
    utf8_percent_encode(&plain, OF_PATH).to_string()
}

/// In the order of names and values, each escaped in the one way that counts.
fn query(query: &str) -> String {
    let escaped = |text: &str| {
        let plain: Vec<u8> = percent_decode_str(text).collect();
        percent_encoding::percent_encode(&plain, OF_QUERY).to_string()
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<(String, String)> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (escaped(name), escaped(value))
        })
        .filter(|(name, _)| name != "X-Amz-Signature")
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    #[test]
    fn a_path_is_made_plain_and_escaped_twice() {
        assert_eq!(path("/"), "/");
        assert_eq!(path("//a/./b/../c%20d/"), "/a/c%2520d/");
        assert_eq!(path("/../.."), "/");
        assert_eq!(
            query("b=2&a=x%20y&a=%2b&X-Amz-Signature=0"),
            "a=%2B&a=x%20y&b=2"
        );
    }

    /// The request of AWS's own documentation of the algorithm (IAM, `ListUsers`, 2015-08-30).
    #[test]
    fn the_documented_example_is_right() {
        let authorization = "AWS4-HMAC-SHA256 \
             Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        let (head, ()) = Request::get("/?Action=ListUsers&Version=2010-05-08")
            .header("host", "iam.amazonaws.com")
            .header(
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            )
            .header("x-amz-date", "20150830T123600Z")
            .header("authorization", authorization)
            .body(())
            .unwrap()
            .into_parts();
        let signed = Signed::read(&head, &[]).unwrap();
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        assert_eq!(signed.check(&head, secret, b""), Ok(()));
        assert_eq!(signed.check(&head, secret, b"x"), Err(Denied::Mismatch));
        assert_eq!(signed.check(&head, "wrong", b""), Err(Denied::Mismatch));
        let then: Timestamp = "2015-08-30T12:50:59Z".parse().unwrap();
        assert_eq!(signed.check_time(then), Ok(()));
        let later = signed
            .check_time(then + SignedDuration::from_secs(2))
            .unwrap_err();
        assert_eq!(
            later.message(),
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \
             (20150830T125101Z - 15 min.)"
        );
        let earlier = then - SignedDuration::from_mins(31);
        assert!(matches!(
            signed.check_time(earlier),
            Err(Denied::Early { .. })
        ));
    }

    #[test]
    fn what_is_missing_is_named() {
        let check = |authorization: &str| {
            let (head, ()) = Request::get("/")
                .header("authorization", authorization)
                .header("x-amz-date", "20150830T123600Z")
                .body(())
                .unwrap()
                .into_parts();
            Signed::read(&head, &[]).map(drop).unwrap_err()
        };
        assert_eq!(check("Basic x"), Denied::Incomplete(ALGORITHM));
        assert_eq!(
            check("AWS4-HMAC-SHA256 x"),
            Denied::Incomplete("Credential")
        );
        let no_host = "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=x, \
                       Signature=00";
        assert_eq!(check(no_host), Denied::Incomplete("SignedHeaders"));
        let (head, ()) = Request::get("/").body(()).unwrap().into_parts();
        assert_eq!(Signed::read(&head, &[]).map(drop), Err(Denied::Missing));
    }
}
