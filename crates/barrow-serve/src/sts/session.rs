//! Credentials for a while, which lead back to whom they were given.
//!
//! Nothing of them is stored: the token says whose they are and carries a keyed digest of that. The
//! access key is derived from it, and the secret key from the access key. The key lies with the data, so credentials
//! survive the service.

use std::io;

use camino::Utf8Path;
use data_encoding::{BASE32_NOPAD, BASE64};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const DIGEST_BYTES: usize = 32;

/// What access keys for a while begin with.
const SESSION_KEY: &str = "ASIA";

/// Who holds credentials for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub account: String,
    /// None, if the account itself asked for them.
    pub role: Option<AssumedRole>,
    /// Those of functions live as long as their environments.
    pub expires: Option<Timestamp>,
    /// Two sessions are never the same.
    pub serial: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AssumedRole {
    /// `AROA…`
    pub id: String,
    pub name: String,
    pub session_name: String,
}

/// What a client signs with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub access_key: String,
    pub secret_key: String,
    pub session_token: String,
    pub expires: Option<Timestamp>,
}

/// Hands out credentials, and knows them again.
#[derive(Clone)]
pub(crate) struct Sessions {
    key: [u8; DIGEST_BYTES],
}

impl Sessions {
    /// The key of this data folder; made where there is none.
    pub(crate) fn open(path: &Utf8Path) -> io::Result<Self> {
        let mut key = [0; DIGEST_BYTES];
        match std::fs::read(path) {
            Ok(bytes) if bytes.len() == key.len() => {
                key.copy_from_slice(&bytes);
                return Ok(Self { key });
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
        let folder = path.parent().unwrap_or(Utf8Path::new("."));
        // Files for a while are their owner's alone.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        io::Write::write_all(&mut file, &key)?;
        file.persist(path)?;
        Ok(Self { key })
    }

    pub(crate) fn credentials(&self, session: &Session) -> Credentials {
        let told = serde_json::to_vec(session).expect("a session is plain data");
        let digest = self.digest("token", &told);
        let token = [digest.as_slice(), &told].concat();
        let access_key = access_key(&session.account, &self.digest("access key", &told));
        Credentials {
            secret_key: self.secret_of(&access_key),
            access_key,
            session_token: BASE64.encode(&token),
            expires: session.expires,
        }
    }

    /// The secret key of an access key that looks like one of ours. Of one that is none, nobody
    /// knows it but us.
    pub(crate) fn secret_key(&self, access_key: &str) -> Option<String> {
        access_key
            .starts_with(SESSION_KEY)
            .then(|| self.secret_of(access_key))
    }

    /// Forty characters, as all secret keys have them.
    fn secret_of(&self, access_key: &str) -> String {
        let digest = self.digest("secret key", access_key.as_bytes());
        BASE64.encode(&digest[..30])
    }

    /// Who holds a token, if it is one of ours.
    pub(crate) fn read(&self, token: &str) -> Option<Session> {
        let token = BASE64.decode(token.as_bytes()).ok()?;
        let (digest, told) = token.split_at_checked(DIGEST_BYTES)?;
        self.keyed("token", told).verify_slice(digest).ok()?;
        serde_json::from_slice(told).ok()
    }

    fn digest(&self, purpose: &str, told: &[u8]) -> [u8; DIGEST_BYTES] {
        self.keyed(purpose, told).finalize().into_bytes().into()
    }

    fn keyed(&self, purpose: &str, told: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length will do");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(told);
        mac
    }
}

/// Behind its prefix, an access key says whose it is in bits 1 to 40, as AWS's do.
fn access_key(account: &str, digest: &[u8]) -> String {
    let mut bits = [0; 10];
    bits.copy_from_slice(&digest[..10]);
    let account: u64 = account.parse().unwrap_or_default();
    let head = 1 << 47 | (account & 0xff_ffff_ffff) << 7 | u64::from(bits[5] & 0x7f);
    bits[..6].copy_from_slice(&head.to_be_bytes()[2..]);
    format!("{SESSION_KEY}{}", BASE32_NOPAD.encode(&bits))
}

/// The account that an access key belongs to, where it says so.
pub(super) fn account_of(access_key: &str) -> Option<String> {
    let bits = BASE32_NOPAD.decode(access_key.get(4..)?.as_bytes()).ok()?;
    let head = bits.get(..6)?;
    let head = head
        .iter()
        .fold(0_u64, |head, byte| head << 8 | u64::from(*byte));
    Some(format!("{:012}", (head & 0x7fff_ffff_ff80) >> 7))
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Credentials");
        shown
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            account: "111122223333".into(),
            role: Some(AssumedRole {
                id: "AROAEXAMPLE".into(),
                name: "r".into(),
                session_name: "f".into(),
            }),
            expires: None,
            serial: fastrand::u64(..),
        }
    }

    #[test]
    fn a_token_leads_back_after_the_service_began_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("key");
        let session = session();
        let credentials = Sessions::open(&path).unwrap().credentials(&session);
        let again = Sessions::open(&path).unwrap();
        assert_eq!(
            again.read(&credentials.session_token),
            Some(session.clone())
        );
        assert_eq!(again.credentials(&session), credentials);
        assert_eq!(credentials.access_key.len(), 20);
        assert_eq!(credentials.secret_key.len(), 40);
        assert_eq!(
            account_of(&credentials.access_key).as_deref(),
            Some("111122223333")
        );
    }

    #[test]
    fn a_token_that_was_changed_leads_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("key");
        let sessions = Sessions::open(&path).unwrap();
        let token = sessions.credentials(&session()).session_token;
        let mut bytes = BASE64.decode(token.as_bytes()).unwrap();
        let last = bytes.len() - 10;
        bytes[last] ^= 1;
        assert_eq!(sessions.read(&BASE64.encode(&bytes)), None);
        assert_eq!(sessions.read(""), None);
        assert_eq!(sessions.read("AAAA"), None);
    }
}
