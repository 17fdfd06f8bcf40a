//! pip's own settings: its configuration files and its environment variables, as pip ranks them.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::Environment;

/// pip's options that concern where packages come from, by long name without dashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PipSettings {
    options: BTreeMap<String, String>,
}

impl PipSettings {
    /// Reads what pip itself would read when it installs something.
    pub fn load(environment: &Environment) -> Self {
        let mut settings = Self::default();
        for path in files(environment) {
            // pip goes on without a file that it cannot read, and so do we.
            if let Ok(text) = std::fs::read_to_string(&path) {
                settings.add_file(&text);
            }
        }
        settings.add_variables(environment);
        settings
    }

    pub fn get(&self, option: &str) -> Option<&str> {
        self.options
            .get(option)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// An option that holds several values, separated by white space or line ends.
    pub fn list(&self, option: &str) -> Vec<&str> {
        self.get(option)
            .unwrap_or_default()
            .split_whitespace()
            .collect()
    }

    pub fn is_on(&self, option: &str) -> bool {
        matches!(
            self.get(option).map(str::to_ascii_lowercase).as_deref(),
            Some("1" | "true" | "yes" | "on" | "y" | "t")
        )
    }

    /// `[install]` outranks `[global]`, whichever comes first in the file.
    fn add_file(&mut self, text: &str) {
        let sections = parse_ini(text);
        for wanted in ["global", "install"] {
            for (section, option, value) in &sections {
                if section == wanted {
                    self.options.insert(option.clone(), value.clone());
                }
            }
        }
    }

    fn add_variables(&mut self, environment: &Environment) {
        for (name, value) in environment.starting_with("PIP_") {
            if name != "PIP_CONFIG_FILE" && !value.is_empty() {
                self.options
                    .insert(option_name(&name["PIP_".len()..]), value.to_owned());
            }
        }
    }
}

/// pip's configuration files, least important first.
pub fn files(environment: &Environment) -> Vec<Utf8PathBuf> {
    let named = environment.get("PIP_CONFIG_FILE").map(Utf8PathBuf::from);
    // The null device is pip's way to say that no file counts.
    if named
        .as_ref()
        .is_some_and(|path| path == "/dev/null" || path == "nul" || path == "NUL")
    {
        return Vec::new();
    }
    let mut files = Vec::new();
    if cfg!(windows) {
        let roots = ["PROGRAMDATA", "APPDATA"].map(|name| environment.get(name));
        files.extend(
            roots
                .into_iter()
                .flatten()
                .map(|root| join(root, "pip/pip.ini")),
        );
        files.extend(environment.home().map(|home| home.join("pip/pip.ini")));
    } else {
        if cfg!(target_os = "macos") {
            files.push("/Library/Application Support/pip/pip.conf".into());
        }
        let system = environment.get("XDG_CONFIG_DIRS").unwrap_or("/etc/xdg");
        files.extend(
            system
                .split(':')
                .rev()
                .map(|root| join(root, "pip/pip.conf")),
        );
        files.push("/etc/pip.conf".into());
        let home = environment.home();
        files.extend(home.map(|home| home.join(".pip/pip.conf")));
        let config = match environment.get("XDG_CONFIG_HOME") {
            Some(root) => Some(Utf8PathBuf::from(root)),
            None => home.map(|home| home.join(".config")),
        };
        files.extend(config.map(|root| root.join("pip/pip.conf")));
        if cfg!(target_os = "macos") {
            let place = "Library/Application Support/pip/pip.conf";
            files.extend(home.map(|home| home.join(place)));
        }
    }
    let file_name = if cfg!(windows) { "pip.ini" } else { "pip.conf" };
    files.extend(
        environment
            .get("VIRTUAL_ENV")
            .map(|root| join(root, file_name)),
    );
    files.extend(named);
    files
}

fn join(root: &str, rest: &str) -> Utf8PathBuf {
    Utf8Path::new(root).join(rest)
}

/// `INDEX_URL`, `index_url` and `--index-url` are one option.
fn option_name(text: &str) -> String {
    text.trim_start_matches('-')
        .to_ascii_lowercase()
        .replace('_', "-")
}

/// `(section, option, value)` in the order of the file. Lines that are indented go on with the
/// value before them, as Python's `configparser` has it.
fn parse_ini(text: &str) -> Vec<(String, String, String)> {
    let mut section = String::new();
    let mut options: Vec<(String, String, String)> = Vec::new();
    let mut continues = false;
    for line in text.lines() {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with(char::is_whitespace) && continues {
            if let Some((_, _, value)) = options.last_mut() {
                value.push('\n');
                value.push_str(content);
            }
        } else if let Some(name) = content
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            name.trim().clone_into(&mut section);
            continues = false;
        } else if let Some((option, value)) = content.split_once(['=', ':']) {
            options.push((
                section.clone(),
                option_name(option.trim()),
                value.trim().to_owned(),
            ));
            continues = true;
        } else {
            continues = false;
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(file: &str, variables: &[(&str, &str)]) -> PipSettings {
        let pairs = variables
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let mut settings = PipSettings::default();
        settings.add_file(file);
        settings.add_variables(&pairs.collect());
        settings
    }

    #[test]
    fn install_outranks_global_and_a_variable_outranks_both() {
        let file = "[install]\nindex-url = https://two.index.example\n\
                    [global]\nindex_url=https://one.index.example\ntimeout = 60\n";
        assert_eq!(
            settings(file, &[]).get("index-url"),
            Some("https://two.index.example")
        );
        let variables = [
            ("PIP_INDEX_URL", "https://three.index.example"),
            ("PIP_CERT", ""),
        ];
        let settings = settings(file, &variables);
        assert_eq!(
            settings.get("index-url"),
            Some("https://three.index.example")
        );
        assert_eq!(settings.get("timeout"), Some("60"));
        assert_eq!(settings.get("cert"), None);
    }

    #[test]
    fn a_value_goes_on_over_indented_lines() {
        let file = "[global]\n# mirrors\nfind-links =\n    /srv/wheels\n    https://index.example/links\n\
                    no-index: true\n[download]\nindex-url = https://other.example\n";
        let settings = settings(file, &[]);
        assert_eq!(
            settings.list("find-links"),
            ["/srv/wheels", "https://index.example/links"]
        );
        assert!(settings.is_on("no-index"));
        assert_eq!(settings.get("index-url"), None);
    }

    #[test]
    fn the_null_device_turns_all_files_off() {
        let environment: Environment = [("PIP_CONFIG_FILE".to_owned(), "/dev/null".to_owned())]
            .into_iter()
            .collect();
        assert!(files(&environment).is_empty());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn files_come_in_pips_order() {
        let variables = [
            ("HOME", "/home/ada"),
            ("VIRTUAL_ENV", "/venv"),
            ("PIP_CONFIG_FILE", "/x"),
        ];
        let pairs = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            files(&pairs.into_iter().collect()),
            [
                "/etc/xdg/pip/pip.conf",
                "/etc/pip.conf",
                "/home/ada/.pip/pip.conf",
                "/home/ada/.config/pip/pip.conf",
                "/venv/pip.conf",
                "/x"
            ]
        );
    }
}
