//! What uv says when it fails, taken apart.
//!
//! Two layouts are understood: the plain one of uv 0.13 (`error:`, `cause:`, `hint:`) and the
//! boxed one of 0.10 to 0.12 (`×`, `╰─▶`), which also breaks long lines.

use barrow_model::PackageName;

/// The parts of uv's answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    pub message: String,
    /// Outermost first. Sentences on one line, output of build backends on several.
    pub causes: Vec<String>,
    pub hints: Vec<String>,
}

/// What a failure is about, as far as it changes what we do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// Packages that have no usable wheel and may not be built; as `name` or `name==1.2`.
    SourceOnly(Vec<String>),
    /// A local project whose name is not known before it is built.
    UnnamedSource,
    /// Packages whose wheels are all for something else, with the version that uv looked at.
    OtherWheels(Vec<(PackageName, Option<String>)>),
    /// A source that could not be built to learn what it requires.
    Build(Option<PackageName>),
    /// Something is not in uv's cache and the network is off.
    Offline,
    Network,
    NoSolution,
    /// The interpreter that uv was given or found does not work.
    Interpreter,
    Other,
}

impl Failure {
    pub fn parse(stderr: &str) -> Self {
        let mut parts: Vec<(Part, Vec<&str>)> = Vec::new();
        for line in stderr.lines() {
            let text = line.trim_start_matches([' ', '│']);
            match Part::of(text) {
                Some((part, rest)) => parts.push((part, vec![rest])),
                None => {
                    if let Some((_, lines)) = parts.last_mut() {
                        lines.push(text.trim_end());
                    }
                }
            }
        }
        let mut failure = Self::default();
        for (part, lines) in parts {
            let text = join(&lines);
            match part {
                Part::Message if failure.message.is_empty() => failure.message = text,
                Part::Message | Part::Cause => failure.causes.push(text),
                Part::Hint => failure.hints.push(text.trim_end_matches('.').to_owned()),
                Part::Noise => {}
            }
        }
        failure
    }

    pub fn kind(&self) -> FailureKind {
        let whole = format!(
            "{}\n{}\n{}",
            self.message,
            self.causes.join("\n"),
            self.hints.join("\n")
        );
        let has = |text: &str| whole.contains(text);
        let source_only = self.source_only();
        if !source_only.is_empty() {
            FailureKind::SourceOnly(source_only)
        } else if has("Building source distributions is disabled") {
            FailureKind::UnnamedSource
        } else if has("network was disabled") || has("Network connectivity is disabled") {
            FailureKind::Offline
        } else if has("No interpreter found") || has("Querying Python at") || has("inspect Python")
        {
            FailureKind::Interpreter
        } else if has("build backend returned an error")
            || has("Failed to resolve requirements from `build-system")
        {
            FailureKind::Build(
                between(&self.message, "`", " @ ")
                    .or_else(|| between(&self.message, "`", "=="))
                    .and_then(|name| PackageName::parse(name).ok()),
            )
        } else if has("error sending request") || has("Failed to fetch") || has("dns error") {
            FailureKind::Network
        } else if self.message.starts_with("No solution found") {
            match self.other_wheels() {
                packages if packages.is_empty() => FailureKind::NoSolution,
                packages => FailureKind::OtherWheels(packages),
            }
        } else {
            FailureKind::Other
        }
    }

    /// The causes without what follows from our own way of asking.
    pub fn lines(&self) -> Vec<String> {
        self.causes
            .iter()
            .flat_map(|cause| cause.lines())
            .map(str::to_owned)
            .collect()
    }

    /// Packages that uv would have to build, as often as it names any.
    fn source_only(&self) -> Vec<String> {
        let mut named = Vec::new();
        for hint in &self.hints {
            if hint.contains("building from source is disabled") {
                named.extend(between(hint, "Wheels are required for `", "`").map(str::to_owned));
            }
        }
        for text in self.causes.iter().chain([&self.message]) {
            let rest = text.strip_prefix("Building source distributions for `");
            named.extend(
                rest.and_then(|rest| rest.split('`').next())
                    .map(str::to_owned),
            );
        }
        // The cause names the version as well: "Because docopt==0.6.2 has no usable wheels".
        let words: Vec<&str> = self
            .causes
            .iter()
            .flat_map(|cause| cause.split_whitespace())
            .collect();
        for (at, window) in words.windows(4).enumerate() {
            if !matches!(
                window,
                ["has" | "have", "no", "usable", "wheels" | "wheels,"]
            ) || at == 0
            {
                continue;
            }
            let subject = words[at - 1];
            let name = bare_name(subject);
            match named.iter().position(|known| bare_name(known) == name) {
                Some(known) => subject.clone_into(&mut named[known]),
                None if !named.is_empty() => named.push(subject.to_owned()),
                None => {}
            }
        }
        named
    }

    /// "Wheels are available for `pywin32` (v312) on the following platforms".
    fn other_wheels(&self) -> Vec<(PackageName, Option<String>)> {
        let mut packages: Vec<(PackageName, Option<String>)> = Vec::new();
        for hint in &self.hints {
            let name = between(hint, "Wheels are available for `", "`")
                .or_else(|| between(hint, "only found wheels for `", "`"));
            let Some(name) = name.and_then(|name| PackageName::parse(name).ok()) else {
                continue;
            };
            if !packages.iter().any(|(known, _)| *known == name) {
                packages.push((name, between(hint, "(v", ")").map(str::to_owned)));
            }
        }
        packages
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Message,
    Cause,
    Hint,
    Noise,
}

impl Part {
    fn of(text: &str) -> Option<(Self, &str)> {
        const MARKS: [(&str, Part); 8] = [
            ("error:", Part::Message),
            ("×", Part::Message),
            ("cause:", Part::Cause),
            ("Caused by:", Part::Cause),
            ("├─▶", Part::Cause),
            ("╰─▶", Part::Cause),
            ("hint:", Part::Hint),
            ("warning:", Part::Noise),
        ];
        let progress = [
            "Resolved ",
            "Updating ",
            "Updated ",
            "Using ",
            "Building ",
            "Built ",
        ];
        if progress.iter().any(|word| text.starts_with(word)) {
            return Some((Part::Noise, text));
        }
        MARKS
            .iter()
            .find_map(|(mark, part)| Some((*part, text.strip_prefix(mark)?.trim())))
    }
}

/// Lines that were broken become one again; "And because" begins a new one. What a program said
/// (`[stderr]`) keeps its lines.
fn join(lines: &[&str]) -> String {
    let said = lines
        .iter()
        .position(|line| line.starts_with('[') && line.ends_with(']'));
    let (prose, output) = lines.split_at(said.unwrap_or(lines.len()));
    // Marks under the line above them mean nothing once lines are joined.
    let is_mark = |word: &&str| !word.bytes().all(|b| b == b'^');
    let words = prose
        .iter()
        .flat_map(|line| line.split_whitespace())
        .filter(is_mark);
    let words: Vec<&str> = words.collect();
    let mut text = words.join(" ").replace(" And because ", "\nAnd because ");
    for line in output.iter().filter(|line| !line.is_empty()) {
        text.push('\n');
        text.push_str(line);
    }
    text
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    let (inside, _) = rest.split_once(end)?;
    Some(inside)
}

/// `docopt` of `docopt==0.6.2` and `docopt>=1,<2`.
pub(super) fn bare_name(requirement: &str) -> &str {
    let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
    &requirement[..end.unwrap_or(requirement.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stderr: &str, kind: &FailureKind, lines: &[&str], hints: &[&str]) {
        let failure = Failure::parse(stderr);
        assert_eq!(failure.kind(), *kind, "{failure:#?}");
        assert_eq!(failure.lines(), lines);
        assert_eq!(failure.hints, hints);
    }

    // Recorded from uv 0.13.8 and 0.10.5 on 2026-11-20.

    #[test]
    fn a_package_without_wheels_is_named_with_its_version_in_both_layouts() {
        let kind = || FailureKind::SourceOnly(vec!["docopt==0.6.2".to_owned()]);
        let line = "Because docopt==0.6.2 has no usable wheels and you require docopt==0.6.2, we \
                    can conclude that your requirements are unsatisfiable.";
        let hint = "Wheels are required for `docopt` because building from source is disabled for \
                    all packages (i.e., with `--no-build`)";
        check(
            include_str!("recorded/source_only.txt"),
            &kind(),
            &[line],
            &[hint],
        );
        check(
            include_str!("recorded/source_only_boxed.txt"),
            &kind(),
            &[line],
            &[hint],
        );
        check(
            "error: Failed to download and build `a @ https://index.example/a-1.tar.gz`\n  \
             cause: Building source distributions for `a` is disabled\n",
            &FailureKind::SourceOnly(vec!["a".to_owned()]),
            &["Building source distributions for `a` is disabled"],
            &[],
        );
        check(
            "error: Building source distributions is disabled\n",
            &FailureKind::UnnamedSource,
            &[],
            &[],
        );
    }

    #[test]
    fn wheels_for_other_platforms_are_told_apart() {
        let name = PackageName::parse("pywin32").unwrap();
        let kind = FailureKind::OtherWheels(vec![(name, Some("305".to_owned()))]);
        let failure = Failure::parse(include_str!("recorded/other_wheels.txt"));
        assert_eq!(failure.kind(), kind);
        assert_eq!(failure.hints.len(), 2);
        assert!(failure.lines()[1].starts_with("And because pywin32>=306 has no wheels"));
        assert_eq!(
            Failure::parse(include_str!("recorded/other_wheels_boxed.txt")).kind(),
            kind
        );
    }

    #[test]
    fn a_conflict_is_told_in_sentences() {
        check(
            include_str!("recorded/conflict.txt"),
            &FailureKind::NoSolution,
            &[
                "Because requests==2.31.0 depends on urllib3>=1.21.1,<3 and you require \
                 requests==2.31, we can conclude that you require urllib3>=1.21.1,<3.",
                "And because you require urllib3==1.20, we can conclude that your requirements \
                 are unsatisfiable.",
            ],
            &[],
        );
    }

    #[test]
    fn a_missing_network_is_no_missing_solution() {
        check(
            include_str!("recorded/network.txt"),
            &FailureKind::Network,
            &[
                "Failed to fetch: https://index.example/simple/requests/",
                "error sending request for url (https://index.example/simple/requests/)",
                "client error (Connect)",
                "dns error",
                "error resolving DNS",
                "failed to lookup address information: Name or service not known",
            ],
            &[],
        );
        assert_eq!(
            Failure::parse(include_str!("recorded/network_boxed.txt")).kind(),
            FailureKind::Network
        );
        assert_eq!(
            Failure::parse(include_str!("recorded/offline.txt")).kind(),
            FailureKind::Offline
        );
    }

    #[test]
    fn a_failed_build_keeps_what_the_backend_said() {
        let kind = || FailureKind::Build(Some(PackageName::parse("p3").unwrap()));
        for recorded in [
            include_str!("recorded/build.txt"),
            include_str!("recorded/build_boxed.txt"),
        ] {
            let failure = Failure::parse(recorded);
            assert_eq!(failure.kind(), kind());
            assert_eq!(failure.lines().last().unwrap(), "mysql_config not found");
        }
    }

    #[test]
    fn anything_else_is_passed_on() {
        check(
            "error: Couldn't parse requirement in `r.in` at position 0\n  cause: Unexpected end of \
             version specifier, expected version\n         requests==\n                 ^^\n",
            &FailureKind::Other,
            &["Unexpected end of version specifier, expected version requests=="],
            &[],
        );
        check("", &FailureKind::Other, &[], &[]);
    }
}
