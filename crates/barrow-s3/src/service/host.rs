//! Virtual hosts: the bucket in front of the host's name.

use s3s::S3Result;
use s3s::host::{S3Host, VirtualHost};

/// Names under which this machine is asked for.
const OWN_NAMES: [&str; 2] = ["localhost", "amazonaws.com"];

/// Finds the bucket in `bucket.localhost`, `bucket.s3.localhost` and `bucket.s3.<region>.localhost`.
/// Any other host has its bucket in the path.
pub(super) struct Hosts;

impl S3Host for Hosts {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        let found = VirtualHost::new(host);
        Ok(match bucket(host) {
            Some(bucket) => found.with_bucket(bucket),
            None => found,
        })
    }
}

fn bucket(host: &str) -> Option<&str> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let front = OWN_NAMES
        .iter()
        .find_map(|own| name.strip_suffix(own)?.strip_suffix('.'))?;
    let bucket = match front.rsplit_once(".s3") {
        // `s3` is followed by nothing, or by the region.
        Some((bucket, "")) => bucket,
        Some((bucket, region)) if region.starts_with('.') && !region[1..].contains('.') => bucket,
        _ if front == "s3" || front.starts_with("s3.") => return None,
        _ => front,
    };
    (!bucket.is_empty()).then_some(bucket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_stands_in_front() {
        for (host, expected) in [
            ("localhost:9500", None),
            ("localhost", None),
            ("127.0.0.1:9500", None),
            ("s3.localhost:9500", None),
            ("s3.eu-west-1.localhost:9500", None),
            ("code.localhost:9500", Some("code")),
            ("code.s3.localhost:9500", Some("code")),
            ("code.s3.eu-west-1.localhost:9500", Some("code")),
            ("my.dotted.code.localhost", Some("my.dotted.code")),
            ("my.dotted.code.s3.localhost", Some("my.dotted.code")),
            ("code.s3.us-east-1.amazonaws.com", Some("code")),
            ("somewhere.example:80", None),
            ("", None),
        ] {
            assert_eq!(bucket(host), expected, "{host}");
        }
    }
}
