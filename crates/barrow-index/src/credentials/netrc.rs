//! The netrc file: `machine HOST login NAME password SECRET`, in any layout.

use crate::address::Login;

/// The logins of one netrc file.
#[derive(Debug, Default)]
pub(super) struct Netrc {
    machines: Vec<(String, Login)>,
    /// For every other machine.
    default: Option<Login>,
}

impl Netrc {
    /// Reads what can be read: a word that means nothing is passed over, as `curl` does.
    pub(super) fn parse(text: &str) -> Self {
        let mut netrc = Self::default();
        let mut words = Words { rest: text };
        let mut entry: Option<Entry> = None;
        while let Some(word) = words.next() {
            match word.as_str() {
                "machine" => {
                    netrc.keep(entry.take());
                    entry = words.next().map(|host| Entry {
                        host: Some(host),
                        ..Entry::default()
                    });
                }
                "default" => {
                    netrc.keep(entry.take());
                    entry = Some(Entry::default());
                }
                "login" => set(&mut entry, words.next(), |entry| &mut entry.login),
                "password" => set(&mut entry, words.next(), |entry| &mut entry.password),
                "account" => drop(words.next()),
                "macdef" => words.skip_macro(),
                _ => {}
            }
        }
        netrc.keep(entry);
        netrc
    }

    /// The first entry for the host, with this user name where one is given.
    pub(super) fn login(&self, host: &str, username: Option<&str>) -> Option<&Login> {
        let fits = |login: &Login| username.is_none_or(|username| login.username == username);
        self.machines
            .iter()
            .find(|(machine, login)| machine.eq_ignore_ascii_case(host) && fits(login))
            .map(|(_, login)| login)
            .or_else(|| self.default.as_ref().filter(|login| fits(login)))
    }

    fn keep(&mut self, entry: Option<Entry>) {
        let Some(Entry {
            host,
            login,
            password: Some(password),
        }) = entry
        else {
            return;
        };
        let login = Login {
            username: login.unwrap_or_default(),
            password: Some(password),
        };
        match host {
            Some(host) => self.machines.push((host, login)),
            None => self.default = Some(login),
        }
    }
}

#[derive(Default)]
struct Entry {
    host: Option<String>,
    login: Option<String>,
    password: Option<String>,
}

fn set(
    entry: &mut Option<Entry>,
    value: Option<String>,
    field: fn(&mut Entry) -> &mut Option<String>,
) {
    if let Some(entry) = entry {
        *field(entry) = value;
    }
}

/// Words between blanks; quotes hold blanks together, a `#` before a word starts a comment.
struct Words<'t> {
    rest: &'t str,
}

impl Words<'_> {
    fn next(&mut self) -> Option<String> {
        loop {
            self.rest = self.rest.trim_start();
            // `#` inside a word is part of it: passwords have it.
            if !self.rest.starts_with('#') {
                break;
            }
            self.rest = self.rest.find('\n').map_or("", |end| &self.rest[end..]);
        }
        let mut word = String::new();
        let mut quoted = false;
        let mut characters = self.rest.char_indices();
        let mut end = self.rest.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' if quoted || word.is_empty() => quoted = !quoted,
                '\\' => word.extend(characters.next().map(|(_, escaped)| escaped)),
                _ if character.is_whitespace() && !quoted => {
                    end = at;
                    break;
                }
                _ => word.push(character),
            }
        }
        let seen = end > 0;
        self.rest = &self.rest[end..];
        seen.then_some(word)
    }

    /// A macro ends with an empty line.
    fn skip_macro(&mut self) {
        let end = self
            .rest
            .find("\n\n")
            .map_or(self.rest.len(), |end| end + 2);
        self.rest = &self.rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, host: &str, username: Option<&str>, expected: Option<(&str, &str)>) {
        let netrc = Netrc::parse(text);
        let login = netrc.login(host, username);
        let seen = login.map(|login| (login.username.as_str(), login.password.as_deref().unwrap()));
        assert_eq!(seen, expected, "{text:?}");
    }

    #[test]
    fn entries_are_found_in_any_layout() {
        check(
            "machine a.example login u password p",
            "a.example",
            None,
            Some(("u", "p")),
        );
        check(
            "machine b.example\n  login u\n  account x\n  password p\n\nmachine a.example login v password q\n",
            "A.example",
            None,
            Some(("v", "q")),
        );
        check(
            "# machine a.example login x password y\nmachine a.example password \"p # q\"",
            "a.example",
            None,
            Some(("", "p # q")),
        );
        check(
            "machine a.example login u password p#1\\ 2",
            "a.example",
            None,
            Some(("u", "p#1 2")),
        );
    }

    #[test]
    fn the_user_name_picks_among_entries() {
        let text = "machine a.example login u password p machine a.example login v password q";
        check(text, "a.example", None, Some(("u", "p")));
        check(text, "a.example", Some("v"), Some(("v", "q")));
        check(text, "a.example", Some("w"), None);
    }

    #[test]
    fn the_default_entry_serves_every_other_host() {
        let text = "machine a.example login u password p default login d password e";
        check(text, "b.example", None, Some(("d", "e")));
        check(text, "a.example", None, Some(("u", "p")));
    }

    #[test]
    fn macros_and_broken_entries_are_passed_over() {
        check(
            "macdef init\ncd /x\nlogin y\n\nmachine a login u password p",
            "a",
            None,
            Some(("u", "p")),
        );
        check(
            "machine a login u machine b login v password q",
            "a",
            None,
            None,
        );
        check("login u password", "a", None, None);
        check("machine", "a", None, None);
        check("\"", "a", None, None);
    }
}
