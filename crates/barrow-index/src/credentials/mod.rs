//! Which user name and password go with a request.
//!
//! In pip's order: what the URL says, what an index URL on the same origin says, netrc, and, once
//! a server has refused, the `keyring` program. A login is only ever given for the origin (netrc:
//! the host) that it belongs to, so following a redirect cannot carry it elsewhere.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use camino::Utf8PathBuf;

use crate::address::{Address, Login, Origin};

mod keyring;
mod netrc;

use netrc::Netrc;

/// Where logins may come from.
#[derive(Debug, Clone, Default)]
pub struct CredentialSources {
    /// URLs of configured indexes, with user information where they carry any.
    pub index_urls: Vec<String>,
    /// The netrc file, whether it exists or not.
    pub netrc: Option<Utf8PathBuf>,
    /// The `keyring` program, where the user's configuration asks for it.
    pub keyring: Option<Utf8PathBuf>,
}

/// All logins that are known, and the means to ask for more.
#[derive(Debug)]
pub struct Credentials {
    indexes: Vec<Address>,
    sources: CredentialSources,
    /// Read when the first request goes out.
    netrc: OnceLock<Netrc>,
    /// What the keyring answered, so that it is asked once per origin.
    answers: Mutex<HashMap<Origin, Option<Login>>>,
}

impl Credentials {
    /// Index URLs that cannot be parsed are the resolver's to complain about and left out.
    pub fn new(sources: CredentialSources) -> Self {
        let parse = |url: &String| Address::parse(url).ok();
        let mut indexes: Vec<Address> = sources.index_urls.iter().filter_map(parse).collect();
        // The index that shares the longest path with a URL speaks for it.
        indexes.sort_by_key(|index| std::cmp::Reverse(index.path().len()));
        Self {
            indexes,
            sources,
            netrc: OnceLock::new(),
            answers: Mutex::default(),
        }
    }

    /// The login to send along unasked.
    pub(crate) fn known(&self, address: &Address) -> Option<Login> {
        let own = address.userinfo();
        if let Some(login) = own.filter(|login| login.password.is_some()) {
            return Some(login.clone());
        }
        let username = own.map(|login| login.username.as_str());
        let fits = |login: &&Login| username.is_none_or(|username| username == login.username);
        let from_index = self.index_logins(address).find(fits);
        if let Some(login) = from_index.filter(|login| login.password.is_some()) {
            return Some(login.clone());
        }
        let username = username.or(from_index.map(|login| login.username.as_str()));
        let netrc = self.netrc.get_or_init(|| self.read_netrc());
        netrc
            .login(&address.origin().host, username)
            .or(from_index)
            .or(own)
            .cloned()
    }

    /// The login to try after a refusal, from the keyring.
    pub(crate) fn ask(&self, address: &Address) -> Option<Login> {
        let program = self.sources.keyring.as_ref()?;
        let origin = address.origin();
        // Held while the program runs, so that parallel downloads wait for one answer.
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = answers.get(&origin) {
            return answer.clone();
        }
        let index = self.indexes.iter().find(|index| covers(index, address));
        let username = address
            .userinfo()
            .or_else(|| self.index_logins(address).next())
            .map(|login| login.username.as_str());
        let host = match origin.port {
            Some(port) if !matches!(port, 80 | 443) => format!("{}:{port}", origin.host),
            _ => origin.host.clone(),
        };
        let services = [index.unwrap_or(address).to_string(), host];
        let answer = services
            .iter()
            .find_map(|service| keyring::get(program, service, username));
        answers.insert(origin, answer.clone());
        answer
    }

    fn index_logins(&self, address: &Address) -> impl Iterator<Item = &Login> {
        let origin = address.origin();
        let same_origin = self
            .indexes
            .iter()
            .filter(move |index| index.origin() == origin);
        // Those whose path leads to the address come first; then any index there will do,
        // because files often lie beside the index's pages.
        let (nearer, farther): (Vec<_>, Vec<_>) =
            same_origin.partition(|index| covers(index, address));
        nearer
            .into_iter()
            .chain(farther)
            .filter_map(Address::userinfo)
    }

    fn read_netrc(&self) -> Netrc {
        let text = self
            .sources
            .netrc
            .as_ref()
            .and_then(|path| std::fs::read_to_string(path).ok());
        text.as_deref().map(Netrc::parse).unwrap_or_default()
    }
}

fn covers(index: &Address, address: &Address) -> bool {
    index.origin() == address.origin()
        && address
            .path()
            .strip_prefix(index.path().trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETRC: &str = "machine files.example login net password rc\n";

    fn check(index_urls: &[&str], url: &str, expected: Option<&str>) {
        let folder = tempfile::tempdir().unwrap();
        let netrc = Utf8PathBuf::from_path_buf(folder.path().join("netrc")).unwrap();
        std::fs::write(&netrc, NETRC).unwrap();
        let credentials = Credentials::new(CredentialSources {
            index_urls: index_urls.iter().map(ToString::to_string).collect(),
            netrc: Some(netrc),
            keyring: None,
        });
        let login = credentials.known(&Address::parse(url).unwrap());
        let shown = login.map(|login| {
            format!(
                "{}:{}",
                login.username,
                login.password.as_deref().unwrap_or("-")
            )
        });
        assert_eq!(shown.as_deref(), expected, "{url}");
    }

    #[test]
    fn a_url_speaks_for_itself_first() {
        check(
            &["https://a:b@files.example/"],
            "https://u:p@files.example/x",
            Some("u:p"),
        );
        check(&[], "https://u:@files.example/x", Some("u:-"));
    }

    #[test]
    fn an_index_lends_its_login_to_its_own_origin_only() {
        let indexes = ["https://a:b@index.example/simple/"];
        check(&indexes, "https://index.example/simple/x/", Some("a:b"));
        check(
            &indexes,
            "https://index.example/packages/x.whl",
            Some("a:b"),
        );
        check(&indexes, "https://other.example/packages/x.whl", None);
        check(&indexes, "http://index.example/simple/x/", None);
        check(&indexes, "https://index.example:8443/simple/x/", None);
        check(&indexes, "https://index.example.evil.example/simple/", None);
    }

    #[test]
    fn of_two_indexes_on_one_origin_the_nearer_one_counts() {
        let indexes = [
            "https://a:b@index.example/one/",
            "https://c:d@index.example/one/two",
        ];
        check(&indexes, "https://index.example/one/x", Some("a:b"));
        check(&indexes, "https://index.example/one/two/x", Some("c:d"));
        check(&indexes, "https://index.example/one/twofold", Some("a:b"));
    }

    #[test]
    fn netrc_completes_what_is_missing() {
        check(&[], "https://files.example/x", Some("net:rc"));
        check(&[], "https://net@files.example/x", Some("net:rc"));
        check(&[], "https://token@files.example/x", Some("token:-"));
        check(&[], "https://files.example.evil.example/x", None);
    }
}
