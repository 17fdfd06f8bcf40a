//! One line of a `requirements.txt`, taken apart as pip does it.

use barrow_model::PackageName;

use crate::resolve::Environment;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// `-r` or `-c`.
    Nested {
        path: String,
        is_constraint: bool,
    },
    /// `--index-url` and its kin under their long names.
    IndexOption {
        option: &'static str,
        value: String,
    },
    RequireHashes,
    OtherOption,
    Requirement {
        text: String,
        name: Option<PackageName>,
        hashes: Vec<String>,
        local: Option<String>,
    },
}

/// Lines with their numbers: continued ones joined, comments cut, empty ones left out.
pub(super) fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let is_comment = line.trim_start().starts_with('#');
        let (first, mut logical) = open.take().unwrap_or((number, String::new()));
        match line.strip_suffix('\\') {
            Some(head) if !is_comment => {
                logical.push_str(head);
                open = Some((first, logical));
                continue;
            }
            // A comment ends a line that goes on.
            _ => logical.push_str(if is_comment { "" } else { line }),
        }
        lines.push((first, logical));
    }
    lines.extend(open);
    lines
        .into_iter()
        .map(|(number, line)| (number, without_comment(&line).trim().to_owned()))
        .filter(|(_, line)| !line.is_empty())
        .collect()
}

/// `#` begins a comment at the start and after white space; elsewhere it belongs to a URL.
fn without_comment(line: &str) -> &str {
    let starts = line.match_indices('#').map(|(at, _)| at);
    let comment = starts.into_iter().find(|&at| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    });
    &line[..comment.unwrap_or(line.len())]
}

/// Replaces `${NAME}`, where the variable is set; names are upper case, as in pip.
pub(crate) fn expand_variables(line: &str, environment: &Environment) -> String {
    let mut expanded = String::new();
    let mut rest = line;
    while let Some(start) = rest.find("${") {
        let (before, reference) = rest.split_at(start);
        expanded.push_str(before);
        let end = reference.find('}').map_or(reference.len(), |end| end + 1);
        let (reference, after) = reference.split_at(end);
        let name = reference.trim_start_matches("${").trim_end_matches('}');
        let is_name = name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        match environment.get(name).filter(|_| is_name) {
            Some(value) => expanded.push_str(value),
            None => expanded.push_str(reference),
        }
        rest = after;
    }
    expanded.push_str(rest);
    expanded
}

/// Takes a logical line apart.
pub(super) fn parse(line: &str) -> Line {
    if !line.starts_with('-') {
        return requirement(line);
    }
    let (option, value) = split_option(line);
    let index = |option| Line::IndexOption {
        option,
        value: value.clone(),
    };
    match option {
        "-r" | "--requirement" => Line::Nested {
            path: value,
            is_constraint: false,
        },
        "-c" | "--constraint" => Line::Nested {
            path: value,
            is_constraint: true,
        },
        "-e" | "--editable" => requirement(&value),
        "-i" | "--index-url" | "--pypi-url" => index("--index-url"),
        "--extra-index-url" => index("--extra-index-url"),
        "-f" | "--find-links" => index("--find-links"),
        "--no-index" => index("--no-index"),
        "--require-hashes" => Line::RequireHashes,
        _ => Line::OtherOption,
    }
}

/// `-rfile`, `-r file`, `--requirement file` and `--requirement=file` are one.
fn split_option(line: &str) -> (&str, String) {
    let end = match line.as_bytes() {
        [b'-', b'-', ..] => line
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(line.len()),
        _ => line.char_indices().nth(2).map_or(line.len(), |(at, _)| at),
    };
    let (option, value) = line.split_at(end);
    let value = value.strip_prefix('=').unwrap_or(value).trim();
    let quoted = |quote| {
        value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
    };
    (
        option,
        quoted('"')
            .or_else(|| quoted('\''))
            .unwrap_or(value)
            .to_owned(),
    )
}

/// A requirement may carry options of its own, such as `--hash`.
fn requirement(line: &str) -> Line {
    let mut parts = line.split(" --");
    let text = parts.next().unwrap_or_default().trim().to_owned();
    let hashes = parts
        .filter_map(|option| option.trim().strip_prefix("hash"))
        .map(|rest| rest.trim_start_matches(['=', ' ']).trim().to_owned())
        .collect();
    let (name, location) = split_name(&text);
    let local = local_path(location);
    Line::Requirement {
        name: name.and_then(|name| PackageName::parse(name).ok()),
        text,
        hashes,
        local,
    }
}

/// The name, and what stands for a place: all of a bare path or URL, the rest after `@`.
fn split_name(text: &str) -> (Option<&str>, Option<&str>) {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    let rest = rest.trim_start();
    let after_extras = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, after)) => after.trim_start(),
        None => rest,
    };
    let is_archive = [".whl", ".tar.gz", ".zip", ".tar.bz2"]
        .iter()
        .any(|end| name.ends_with(end));
    let is_named = after_extras.is_empty()
        || after_extras.starts_with(['<', '>', '=', '!', '~', ';', '@', '(', ',']);
    if name.is_empty() || name.starts_with('.') || is_archive || !is_named {
        return (None, Some(text));
    }
    (Some(name), after_extras.strip_prefix('@').map(str::trim))
}

/// The path that a place names, without marker, extras and fragment; `None` for other URLs.
fn local_path(location: Option<&str>) -> Option<String> {
    let location = location?;
    let location = location.split(" ;").next().unwrap_or(location).trim();
    let location = match location.strip_prefix("file://") {
        // `file:///srv/lib` and `file://localhost/srv/lib`.
        Some(rest) => &rest[rest.find('/')?..],
        None => location.strip_prefix("file:").unwrap_or(location),
    };
    if location.contains("://") || location.starts_with("git+") {
        return None;
    }
    let location = location.split('#').next().unwrap_or(location);
    let without_extras = match location
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once('['))
    {
        Some((path, _)) => path,
        None => location,
    };
    Some(without_extras.to_owned()).filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_requirement(line: &str, name: Option<&str>, hashes: &[&str], local: Option<&str>) {
        let Line::Requirement {
            name: seen,
            hashes: seen_hashes,
            local: seen_local,
            ..
        } = parse(line)
        else {
            panic!("{line:?} is no requirement");
        };
        let seen = seen.as_ref().map(PackageName::as_str);
        assert_eq!((seen, seen_local.as_deref()), (name, local), "{line:?}");
        assert_eq!(seen_hashes, hashes, "{line:?}");
    }

    #[test]
    fn names_hashes_and_paths_are_found() {
        check_requirement(
            "Ruamel_Yaml[jinja2]>=1,<2; os_name=='posix'",
            Some("ruamel-yaml"),
            &[],
            None,
        );
        check_requirement(
            "six==1.17.0 --hash=sha256:aa  --hash sha256:bb",
            Some("six"),
            &["sha256:aa", "sha256:bb"],
            None,
        );
        check_requirement("six (==1.0)", Some("six"), &[], None);
        check_requirement(
            "lib @ file:///srv/lib ; os_name=='nt'",
            Some("lib"),
            &[],
            Some("/srv/lib"),
        );
        check_requirement(
            "lib @ https://index.example/lib-1.zip#sha256=aa",
            Some("lib"),
            &[],
            None,
        );
        check_requirement("lib[a] @ ../lib", Some("lib"), &[], Some("../lib"));
        check_requirement(
            "git+https://git.example/lib.git@main#egg=lib",
            None,
            &[],
            None,
        );
        check_requirement("./lib[extra]", None, &[], Some("./lib"));
        check_requirement("-e ./lib", None, &[], Some("./lib"));
        check_requirement("--editable=libs/one", None, &[], Some("libs/one"));
        check_requirement(
            "six-1.17.0-py3-none-any.whl",
            None,
            &[],
            Some("six-1.17.0-py3-none-any.whl"),
        );
        check_requirement("libs/six-1.tar.gz", None, &[], Some("libs/six-1.tar.gz"));
    }

    #[test]
    fn options_have_one_name_however_they_are_written() {
        let nested = |path: &str, is_constraint| Line::Nested {
            path: path.to_owned(),
            is_constraint,
        };
        for line in [
            "-r a.txt",
            "-ra.txt",
            "--requirement a.txt",
            "--requirement=a.txt",
            "-r 'a.txt'",
        ] {
            assert_eq!(parse(line), nested("a.txt", false), "{line:?}");
        }
        assert_eq!(parse("-c a.txt"), nested("a.txt", true));
        let url = Line::IndexOption {
            option: "--index-url",
            value: "https://index.example".to_owned(),
        };
        assert_eq!(parse("-i https://index.example"), url);
        assert_eq!(
            parse("--no-index"),
            Line::IndexOption {
                option: "--no-index",
                value: String::new()
            }
        );
        assert_eq!(parse("--require-hashes"), Line::RequireHashes);
        assert_eq!(parse("--pre"), Line::OtherOption);
    }

    #[test]
    fn lines_are_joined_and_comments_cut() {
        let text =
            "a \\\n  --hash=sha256:aa \\\n  # why\nb # c\n\n#d\\\nhttps://index.example/e#egg=f\n";
        assert_eq!(
            logical_lines(text),
            [
                (1, "a   --hash=sha256:aa".to_owned()),
                (4, "b".to_owned()),
                (7, "https://index.example/e#egg=f".to_owned()),
            ]
        );
    }

    #[test]
    fn only_set_upper_case_variables_are_replaced() {
        let environment = [
            ("TOKEN".to_owned(), "t".to_owned()),
            ("low".to_owned(), "x".to_owned()),
        ];
        let environment = environment.into_iter().collect();
        let line = "https://${TOKEN}:${UNSET}@index.example/${low}/${";
        assert_eq!(
            expand_variables(line, &environment),
            "https://t:${UNSET}@index.example/${low}/${"
        );
    }
}
