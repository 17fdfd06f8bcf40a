//! `entry_points.txt`: which programs a wheel wants in `bin/`.

/// A line of `entry_points.txt` that asks for a program in `bin/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPoint {
    /// The program's file name.
    pub name: String,
    pub module: String,
    /// `main` or `Class.method`.
    pub function: String,
}

/// Why no program can be made; pip refuses the same lines.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("entry point `{name} = {value}` {reason}")]
pub struct EntryPointError {
    pub name: String,
    pub value: String,
    pub reason: &'static str,
}

/// The sections that make programs. On Linux, the second kind is no different from the first.
const SECTIONS: [&str; 2] = ["console_scripts", "gui_scripts"];

/// The programs, console before GUI, each name once: of two, the later counts.
pub fn parse(bytes: &[u8]) -> Result<Vec<EntryPoint>, EntryPointError> {
    let text = String::from_utf8_lossy(bytes);
    let mut programs: Vec<EntryPoint> = Vec::new();
    for wanted in SECTIONS {
        for (name, value) in lines_of(&text, wanted) {
            let program = parse_value(name, value).map_err(|reason| EntryPointError {
                name: name.to_owned(),
                value: value.to_owned(),
                reason,
            })?;
            match programs
                .iter_mut()
                .find(|earlier| earlier.name == program.name)
            {
                Some(earlier) => *earlier = program,
                None => programs.push(program),
            }
        }
    }
    Ok(programs)
}

/// `name = value` lines of one section; what is no such line is passed over.
fn lines_of<'t>(text: &'t str, wanted: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut section = "";
    text.lines().map(str::trim).filter_map(move |line| {
        if line.starts_with('[') && line.ends_with(']') {
            section = line.trim_matches(['[', ']']);
            return None;
        }
        if section != wanted || line.starts_with('#') {
            return None;
        }
        let (name, value) = line.split_once('=')?;
        Some((name.trim(), value.trim()))
    })
}

fn parse_value(name: &str, value: &str) -> Result<EntryPoint, &'static str> {
    if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\\']) {
        return Err("has a name that is no file name");
    }
    if name.contains(char::is_control) || name.len() > 255 {
        return Err("has a name that no file can have");
    }
    let end = value
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '.')))
        .unwrap_or(value.len());
    let (callable, behind) = value.split_at(end);
    let behind = behind.trim_start();
    if behind.starts_with('[') && !behind.ends_with(']') {
        return Err("has extras that are never closed");
    }
    let Some((module, function)) = callable.split_once(':') else {
        return Err("names no function; expected `module:function`");
    };
    let is_dotted = |text: &str| text.split('.').all(|part| !part.is_empty());
    if function.contains(':') || !is_dotted(module) || !is_dotted(function) {
        return Err("is not of the form `module:function`");
    }
    Ok(EntryPoint {
        name: name.to_owned(),
        module: module.to_owned(),
        function: function.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let seen: Vec<String> = match parse(text.as_bytes()) {
            Ok(programs) => programs
                .iter()
                .map(|program| format!("{} {} {}", program.name, program.module, program.function))
                .collect(),
            Err(error) => vec![error.to_string()],
        };
        assert_eq!(seen, expected, "{text:?}");
    }

    #[test]
    fn only_the_two_script_sections_make_programs() {
        check(
            "[pytest11]\nx = x.plugin\n\n[gui_scripts]\ng = a.gui:Main.run\n\
             [console_scripts]\r\n# a comment\r\n a=a.cli:main \r\nb.c-d = b:_m\n[other]\ny = y:z\n",
            &["a a.cli main", "b.c-d b _m", "g a.gui Main.run"],
        );
    }

    #[test]
    fn extras_are_passed_over() {
        check(
            "[console_scripts]\na = a:main [x, y]\nb = b:main[z]\n",
            &["a a main", "b b main"],
        );
    }

    #[test]
    fn a_name_given_twice_counts_as_the_later_says() {
        check(
            "[console_scripts]\na = a:one\nb = b:b\na = a:two\n[gui_scripts]\nb = g:b",
            &["a a two", "b g b"],
        );
    }

    #[test]
    fn lines_without_a_value_are_passed_over() {
        check("a = a:main\n[console_scripts]\nnonsense\n\n", &[]);
    }

    #[test]
    fn programs_outside_bin_are_refused() {
        for name in ["../x", "/x", "..", "a\\b", "a/b"] {
            check(
                &format!("[console_scripts]\n{name} = a:main\n"),
                &[&format!(
                    "entry point `{name} = a:main` has a name that is no file name"
                )],
            );
        }
    }

    #[test]
    fn values_that_name_no_function_are_refused() {
        let cases = [
            ("a.cli", "names no function; expected `module:function`"),
            ("a:b:c", "is not of the form `module:function`"),
            ("a.:b", "is not of the form `module:function`"),
            (":b", "is not of the form `module:function`"),
            ("a:b [x", "has extras that are never closed"),
        ];
        for (value, reason) in cases {
            check(
                &format!("[console_scripts]\nx = {value}\n"),
                &[&format!("entry point `x = {value}` {reason}")],
            );
        }
    }
}
