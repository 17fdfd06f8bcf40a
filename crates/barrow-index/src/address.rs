//! URLs, split from the secrets in them.
//!
//! An [`Address`] can be shown, logged and put into an error: what it prints never holds a user
//! name, a password, or a query, where signed URLs carry their signature.

use std::fmt;

use camino::Utf8PathBuf;
use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use url::Url;

/// Where something can be fetched from, and the user information that its URL carried.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Without user information and fragment. Boxed, because addresses sit in errors.
    url: Box<Url>,
    userinfo: Option<Box<Login>>,
}

/// The part of an address that credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    pub scheme: String,
    pub host: String,
    /// The scheme's usual port where the URL names none.
    pub port: Option<u16>,
}

/// A user name, with a password where one is known. Shown as dots.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    pub username: String,
    pub password: Option<String>,
}

/// Why a text cannot be fetched from.
#[derive(Debug, thiserror::Error)]
pub enum ParseAddressError {
    #[error("`{seen}` is not a URL")]
    Syntax {
        seen: String,
        source: url::ParseError,
    },
    #[error("`{seen}` cannot be fetched; expected a URL with `https`, `http` or `file`")]
    Scheme { seen: String },
}

impl Address {
    pub fn parse(text: &str) -> Result<Self, ParseAddressError> {
        match Url::parse(text) {
            Ok(url) => Self::new(url),
            Err(source) => Err(ParseAddressError::Syntax {
                seen: without_userinfo(text),
                source,
            }),
        }
    }

    /// The address that a `Location` header or a link on this page names.
    pub fn join(&self, link: &str) -> Result<Self, ParseAddressError> {
        match self.url.join(link) {
            Ok(url) => Self::new(url),
            Err(source) => Err(ParseAddressError::Syntax {
                seen: without_userinfo(link),
                source,
            }),
        }
    }

    fn new(mut url: Url) -> Result<Self, ParseAddressError> {
        let userinfo = Login::of(&url).map(Box::new);
        // Both fail only for URLs that have no host, so no user information either.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        let address = Self {
            url: Box::new(url),
            userinfo,
        };
        match address.url.scheme() {
            "https" | "http" | "file" => Ok(address),
            _ => Err(ParseAddressError::Scheme {
                seen: address.to_string(),
            }),
        }
    }

    pub fn userinfo(&self) -> Option<&Login> {
        self.userinfo.as_deref()
    }

    pub fn origin(&self) -> Origin {
        Origin {
            scheme: self.url.scheme().to_owned(),
            host: self.url.host_str().unwrap_or_default().to_owned(),
            port: self.url.port_or_known_default(),
        }
    }

    pub fn path(&self) -> &str {
        self.url.path()
    }

    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The local file behind a `file:` URL.
    pub fn local_path(&self) -> Option<Utf8PathBuf> {
        if self.url.scheme() != "file" {
            return None;
        }
        Utf8PathBuf::from_path_buf(self.url.to_file_path().ok()?).ok()
    }

    /// The last part of the path, decoded: the name of the file that is fetched.
    pub fn file_name(&self) -> Option<String> {
        let last = self
            .url
            .path_segments()?
            .next_back()
            .filter(|last| !last.is_empty())?;
        Some(percent_decode_str(last).decode_utf8_lossy().into_owned())
    }

    /// What goes into a request: everything but the user information. Not for eyes.
    pub(crate) fn request_text(&self) -> &str {
        self.url.as_str()
    }
}

impl Login {
    fn of(url: &Url) -> Option<Self> {
        if url.username().is_empty() && url.password().is_none() {
            return None;
        }
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Some(Self {
            username: decode(url.username()),
            password: url.password().map(decode),
        })
    }

    /// The value of an `Authorization` header; a missing password counts as empty, because some
    /// indexes take a token in place of the user name.
    pub(crate) fn basic(&self) -> String {
        let password = self.password.as_deref().unwrap_or_default();
        let text = format!("{}:{password}", self.username);
        format!("Basic {}", BASE64.encode(text.as_bytes()))
    }
}

/// A text that may not be a URL at all, without what stands before an `@` in its authority.
pub(crate) fn without_userinfo(text: &str) -> String {
    let start = text.find("//").map_or(0, |slashes| slashes + 2);
    let rest = &text[start..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].rfind('@').map_or(0, |at| at + 1);
    let shown = rest[host..].split(['?', '#']).next().unwrap_or_default();
    format!("{}{shown}", &text[..start])
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.url.as_str();
        f.write_str(text.split('?').next().unwrap_or(text))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_holds_no_secret() {
        let check = |text: &str, expected: &str| {
            let shown = match Address::parse(text) {
                Ok(address) => {
                    assert_eq!(format!("{address:?}"), format!("Address({address})"));
                    address.to_string()
                }
                Err(error) => error.to_string(),
            };
            assert_eq!(shown, expected, "{text}");
        };
        check(
            "https://me:secret@index.example/simple/",
            "https://index.example/simple/",
        );
        check(
            "https://index.example/a.whl?token=secret#sha256=1",
            "https://index.example/a.whl",
        );
        check("file:///tmp/a%20b.whl", "file:///tmp/a%20b.whl");
        check(
            "https://me:secret@[bad/x?secret",
            "`https://[bad/x` is not a URL",
        );
        check(
            "//me:secret@index.example",
            "`//index.example` is not a URL",
        );
        check(
            "ssh://me:secret@index.example/x",
            "`ssh://index.example/x` cannot be fetched; expected a URL with `https`, `http` or `file`",
        );
    }

    #[test]
    fn user_information_is_decoded_once() {
        let address = Address::parse("https://m%40il:p%3Aw%25@index.example/x").unwrap();
        let expected = Login {
            username: "m@il".to_owned(),
            password: Some("p:w%".to_owned()),
        };
        assert_eq!(address.userinfo(), Some(&expected));
        assert_eq!(address.request_text(), "https://index.example/x");
        assert_eq!(format!("{:?}", address.userinfo()), "Some(Login(••••))");
        // `token:` with nothing behind it.
        let token = Login {
            username: "token".to_owned(),
            password: None,
        };
        assert_eq!(token.basic(), "Basic dG9rZW46");
    }

    #[test]
    fn origins_know_the_usual_ports() {
        let origin = |text| Address::parse(text).unwrap().origin();
        assert_eq!(
            origin("https://a.example/x"),
            origin("https://A.example:443/y")
        );
        assert_ne!(origin("https://a.example/x"), origin("http://a.example/x"));
        assert_ne!(
            origin("https://a.example/x"),
            origin("https://a.example:8443/x")
        );
    }

    #[test]
    fn local_files_have_a_path_and_a_name() {
        let address = Address::parse("file:///tmp/a%20b.whl").unwrap();
        assert_eq!(address.file_name().as_deref(), Some("a b.whl"));
        #[cfg(unix)]
        assert_eq!(address.local_path(), Some("/tmp/a b.whl".into()));
        assert_eq!(
            Address::parse("https://a.example/b.whl")
                .unwrap()
                .local_path(),
            None
        );
    }
}
