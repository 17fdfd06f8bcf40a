//! Where packages come from, as the user has told uv or pip.
//!
//! uv reads its own variables and files and knows nothing of pip's. What pip is configured with is
//! therefore put into uv's variables, but only where uv itself has been told nothing.

use camino::{Utf8Path, Utf8PathBuf};

use super::Environment;
use super::pip_conf::{self, PipSettings};

/// What a call of uv needs beyond what it inherits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexConfig {
    /// Variables to set, by name.
    pub variables: Vec<(&'static str, String)>,
    /// For what has no variable.
    pub arguments: Vec<&'static str>,
    /// Index URLs that are known here, with the credentials that they carry.
    pub index_urls: Vec<String>,
    /// Whether the `keyring` program is to be asked for passwords.
    pub keyring: bool,
}

/// What the project's own files say about indexes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Declared {
    /// An `--index-url` or `--no-index`, or an index in uv's configuration.
    pub index: bool,
    /// Any `--extra-index-url`.
    pub extra_index: bool,
}

/// Translates pip's settings and collects the index URLs of both.
pub fn load(environment: &Environment, directory: &Utf8Path, declared: Declared) -> IndexConfig {
    let uv_has_index = uv_files(environment, directory)
        .iter()
        .any(|path| names_an_index(path));
    let declared = Declared {
        index: declared.index || uv_has_index,
        ..declared
    };
    translate(
        &PipSettings::load(environment),
        environment,
        declared,
        camino::Utf8Path::exists,
    )
}

/// The arithmetic of [`load`]; `exists` tells whether a local directory is there.
fn translate(
    pip: &PipSettings,
    environment: &Environment,
    declared: Declared,
    exists: impl Fn(&Utf8Path) -> bool,
) -> IndexConfig {
    let mut config = IndexConfig::default();
    let unset = |names: &[&str]| names.iter().all(|name| environment.get(name).is_none());
    let mut set = |name: &'static str, value: String| config.variables.push((name, value));

    let index_unset =
        unset(&["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE"]) && !declared.index;
    let mut no_index = false;
    let mut urls = Vec::new();
    if index_unset {
        if pip.is_on("no-index") {
            no_index = true;
        } else if let Some(url) = pip.get("index-url") {
            set("UV_DEFAULT_INDEX", url.to_owned());
            urls.push(url.to_owned());
        }
    }
    let extra = pip.list("extra-index-url");
    let extra_from_pip =
        !extra.is_empty() && index_unset && unset(&["UV_INDEX", "UV_EXTRA_INDEX_URL"]);
    if extra_from_pip {
        set("UV_INDEX", extra.join(" "));
        urls.extend(extra.iter().map(|&url| url.to_owned()));
    }
    // pip takes the best version that any index has; uv alone would stop at the first index that
    // knows the name.
    if (extra_from_pip || declared.extra_index) && unset(&["UV_INDEX_STRATEGY"]) {
        set("UV_INDEX_STRATEGY", "unsafe-best-match".to_owned());
    }
    // pip warns about a directory that is missing, uv fails.
    let mut links = pip.list("find-links");
    links.retain(|link| link.contains("://") || exists(Utf8Path::new(link)));
    if !links.is_empty() && unset(&["UV_FIND_LINKS"]) {
        set("UV_FIND_LINKS", links.join(","));
    }
    if let Some(path) = pip.get("cert").filter(|_| unset(&["SSL_CERT_FILE"])) {
        set("SSL_CERT_FILE", path.to_owned());
    }
    let trusted = pip.list("trusted-host");
    if !trusted.is_empty() && unset(&["UV_INSECURE_HOST"]) {
        set("UV_INSECURE_HOST", trusted.join(" "));
    }
    if let Some(url) = pip
        .get("proxy")
        .filter(|_| unset(&["ALL_PROXY", "HTTPS_PROXY"]))
    {
        set("ALL_PROXY", url.to_owned());
    }
    if let Some(seconds) = pip.get("timeout").or_else(|| pip.get("default-timeout"))
        && unset(&["UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT"])
    {
        set(
            "UV_HTTP_TIMEOUT",
            seconds.split('.').next().unwrap_or(seconds).to_owned(),
        );
    }
    if pip.is_on("pre") && unset(&["UV_PRERELEASE"]) {
        set("UV_PRERELEASE", "allow".to_owned());
    }
    if let Some(files) = pip.get("constraint").filter(|_| unset(&["UV_CONSTRAINT"])) {
        set("UV_CONSTRAINT", files.to_owned());
    }
    let keyring = match environment.get("UV_KEYRING_PROVIDER") {
        Some(provider) => provider == "subprocess",
        None => matches!(pip.get("keyring-provider"), Some("subprocess" | "import")),
    };
    if keyring && unset(&["UV_KEYRING_PROVIDER"]) {
        set("UV_KEYRING_PROVIDER", "subprocess".to_owned());
    }

    for name in [
        "UV_DEFAULT_INDEX",
        "UV_INDEX_URL",
        "UV_INDEX",
        "UV_EXTRA_INDEX_URL",
    ] {
        let values = environment.get(name).unwrap_or_default().split_whitespace();
        // uv takes `name=URL` as well.
        urls.extend(values.map(|value| match value.split_once('=') {
            Some((name, url)) if !name.contains(':') => url.to_owned(),
            _ => value.to_owned(),
        }));
    }
    config.index_urls = urls;
    config.keyring = keyring;
    if no_index {
        config.arguments.push("--no-index");
    }
    config
}

/// uv's configuration files that count in `directory`.
pub fn uv_files(environment: &Environment, directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    if let Some(path) = environment.get("UV_CONFIG_FILE") {
        return vec![path.into()];
    }
    let config = match environment.get("XDG_CONFIG_HOME") {
        Some(root) => Some(Utf8PathBuf::from(root)),
        None if cfg!(windows) => environment.get("APPDATA").map(Utf8PathBuf::from),
        None => environment.home().map(|home| home.join(".config")),
    };
    let project = directory.ancestors().find(|directory| {
        directory.join("uv.toml").exists() || directory.join("pyproject.toml").exists()
    });
    let mut files = vec![Utf8PathBuf::from("/etc/uv/uv.toml")];
    files.extend(config.map(|root| root.join("uv/uv.toml")));
    files.extend(
        project
            .into_iter()
            .flat_map(|root| [root.join("pyproject.toml"), root.join("uv.toml")]),
    );
    files.retain(|path| path.is_file());
    files
}

/// Every file whose content decides what uv resolves to, besides the requirements.
pub fn files(environment: &Environment, directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut files = pip_conf::files(environment);
    files.retain(|path| path.is_file());
    files.extend(uv_files(environment, directory));
    files
}

fn names_an_index(path: &Utf8Path) -> bool {
    let Ok(text) = std::fs::read_to_string(path) else {
        return false;
    };
    let Ok(file) = text.parse::<toml::Table>() else {
        return false;
    };
    let table = |parent: &toml::Table, name: &str| parent.get(name)?.as_table().cloned();
    let settings = if path.file_name() == Some("pyproject.toml") {
        table(&file, "tool")
            .and_then(|tool| table(&tool, "uv"))
            .unwrap_or_default()
    } else {
        file
    };
    let pip = table(&settings, "pip").unwrap_or_default();
    ["index", "index-url", "extra-index-url", "no-index"]
        .iter()
        .any(|key| settings.contains_key(*key) || pip.contains_key(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `variables` are `NAME=value`; the result is shown the same way.
    fn check(declared: Declared, variables: &[&str], expected: &[&str]) {
        let environment: Environment = variables
            .iter()
            .map(|variable| variable.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain([("PIP_CONFIG_FILE".to_owned(), "/dev/null".to_owned())])
            .collect();
        let pip = PipSettings::load(&environment);
        let config = translate(&pip, &environment, declared, |path| path != "/missing");
        let mut seen: Vec<String> = config
            .variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        seen.extend(config.arguments.iter().map(|&argument| argument.to_owned()));
        assert_eq!(seen, expected);
    }

    const NOTHING: Declared = Declared {
        index: false,
        extra_index: false,
    };

    #[test]
    fn pips_indexes_become_uvs() {
        check(NOTHING, &[], &[]);
        check(
            NOTHING,
            &[
                "PIP_INDEX_URL=https://a.index.example/simple",
                "PIP_EXTRA_INDEX_URL=https://b.index.example https://c.index.example",
                "PIP_TRUSTED_HOST=a.index.example",
                "PIP_TIMEOUT=30.5",
            ],
            &[
                "UV_DEFAULT_INDEX=https://a.index.example/simple",
                "UV_INDEX=https://b.index.example https://c.index.example",
                "UV_INDEX_STRATEGY=unsafe-best-match",
                "UV_INSECURE_HOST=a.index.example",
                "UV_HTTP_TIMEOUT=30",
            ],
        );
        check(
            NOTHING,
            &[
                "PIP_NO_INDEX=1",
                "PIP_FIND_LINKS=/wheels /missing https://index.example/links",
            ],
            &[
                "UV_FIND_LINKS=/wheels,https://index.example/links",
                "--no-index",
            ],
        );
        check(NOTHING, &["PIP_FIND_LINKS=/missing"], &[]);
    }

    #[test]
    fn uvs_own_settings_stand() {
        check(
            NOTHING,
            &[
                "PIP_INDEX_URL=https://a.index.example",
                "UV_DEFAULT_INDEX=https://b.index.example",
                "PIP_CERT=/pip.pem",
                "SSL_CERT_FILE=/other.pem",
            ],
            &[],
        );
        let declared = Declared {
            index: true,
            extra_index: true,
        };
        check(
            declared,
            &["PIP_INDEX_URL=https://a.index.example"],
            &["UV_INDEX_STRATEGY=unsafe-best-match"],
        );
    }

    #[test]
    fn credentials_of_every_index_are_known() {
        let pairs = [
            (
                "UV_DEFAULT_INDEX",
                "corp=https://ada:pw@index.example/simple",
            ),
            ("UV_INDEX", "https://b.index.example/?a=b"),
            ("UV_KEYRING_PROVIDER", "subprocess"),
        ];
        let environment = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = translate(
            &PipSettings::default(),
            &environment.into_iter().collect(),
            NOTHING,
            |_| true,
        );
        assert_eq!(
            config.index_urls,
            [
                "https://ada:pw@index.example/simple",
                "https://b.index.example/?a=b"
            ]
        );
        assert!(config.keyring && config.variables.is_empty(), "{config:?}");
    }
}
