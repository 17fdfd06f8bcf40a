//! Signatures as a client makes them, from the documentation of the algorithm.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

pub(crate) struct Signer<'s> {
    pub access_key: &'s str,
    pub secret_key: &'s str,
    pub token: Option<&'s str>,
    pub service: &'s str,
    pub at: Timestamp,
}

impl Signer<'_> {
    /// The headers that sign a request, `host` besides.
    pub(crate) fn sign(
        &self,
        request: &str,
        host: &str,
        body: &str,
    ) -> Vec<(&'static str, String)> {
        let time = self.time();
        let digest = hex(&Sha256::digest(body));
        let mut headers = vec![
            ("host", host.to_owned()),
            ("x-amz-content-sha256", digest.clone()),
            ("x-amz-date", time.clone()),
        ];
        if let Some(token) = self.token {
            headers.push(("x-amz-security-token", token.to_owned()));
        }
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let (method, uri) = request.split_once(' ').unwrap();
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let canonical = format!(
            "{method}\n{path}\n{query}\n{}\n{names}\n{}",
            lines.concat(),
            digest
        );
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={names}, Signature={}",
            self.access_key,
            self.scope(),
            self.signature(&canonical)
        );
        headers.remove(0);
        headers.push(("authorization", authorization));
        headers
    }

    /// A request that is a link: its query, signature and all.
    pub(crate) fn link(&self, path: &str, query: &str, host: &str, seconds: u32) -> String {
        let scope = self.scope().replace('/', "%2F");
        let signed = format!(
            "{query}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}%2F{scope}&X-Amz-Date={}\
             &X-Amz-Expires={seconds}&X-Amz-SignedHeaders=host",
            self.access_key,
            self.time()
        );
        let empty = hex(&Sha256::digest(""));
        let canonical = format!("GET\n{path}\n{signed}\nhost:{host}\n\nhost\n{empty}");
        format!(
            "GET {path}?{signed}&X-Amz-Signature={}",
            self.signature(&canonical)
        )
    }

    fn time(&self) -> String {
        self.at.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    fn scope(&self) -> String {
        let date = self.at.strftime("%Y%m%d");
        format!("{date}/us-east-1/{}/aws4_request", self.service)
    }

    fn signature(&self, canonical: &str) -> String {
        let scope = self.scope();
        let text = format!(
            "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
            self.time(),
            hex(&Sha256::digest(canonical))
        );
        let first = format!("AWS4{}", self.secret_key).into_bytes();
        let key = scope.split('/').fold(first, |key, part| keyed(&key, part));
        hex(&keyed(&key, &text))
    }
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
