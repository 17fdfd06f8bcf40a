//! The programs in `bin/`: made for entry points, or taken from a wheel with a new first line.

use barrow_model::Runtime;

use crate::wheel::EntryPoint;

/// What a script in a wheel starts with when it wants its first line replaced. `#!pythonw` and
/// `#!python3` are meant as well.
pub const PLACEHOLDER: &[u8] = b"#!python";

/// The program that calls `entry_point`: byte for byte what the newest pip for the runtime's
/// Python writes, apart from the interpreter.
pub fn program(entry_point: &EntryPoint, runtime: Runtime) -> Vec<u8> {
    let EntryPoint {
        module, function, ..
    } = entry_point;
    let import = function.split('.').next().unwrap_or(function);
    let interpreter = runtime.interpreter();
    // Python 3.8 has no `str.removesuffix`; pip 25.0.1 is its last.
    let text = if runtime.minor() < 9 {
        format!(
            "#!{interpreter}\n\
             # -*- coding: utf-8 -*-\n\
             import re\n\
             import sys\n\
             from {module} import {import}\n\
             if __name__ == '__main__':\n    \
                 sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n    \
                 sys.exit({function}())\n"
        )
    } else {
        format!(
            "#!{interpreter}\n\
             import sys\n\
             from {module} import {import}\n\
             if __name__ == '__main__':\n    \
                 sys.argv[0] = sys.argv[0].removesuffix('.exe')\n    \
                 sys.exit({function}())\n"
        )
    };
    text.into_bytes()
}

/// A script of a wheel, given without its first line.
pub fn rewritten(body: &[u8], runtime: Runtime) -> Vec<u8> {
    let mut script = format!("#!{}\n", runtime.interpreter()).into_bytes();
    script.extend_from_slice(body);
    script
}

/// The entry points that get a program.
///
/// `pip` and `easy_install` were built on some Python whose version they carry in their names;
/// like pip, we write the names that fit the runtime instead.
pub fn wanted(entry_points: &[EntryPoint], runtime: Runtime) -> Vec<EntryPoint> {
    let version = runtime.python_version();
    let mut wanted = entry_points.to_vec();
    let families: [(&str, &[String]); 2] = [
        (
            "pip",
            &["pip".to_owned(), "pip3".to_owned(), format!("pip{version}")],
        ),
        (
            "easy_install",
            &["easy_install".to_owned(), format!("easy_install-{version}")],
        ),
    ];
    for (family, names) in families {
        let Some(main) = entry_points.iter().find(|program| program.name == family) else {
            continue;
        };
        wanted.retain(|program| !is_versioned(&program.name, family));
        wanted.extend(names.iter().map(|name| EntryPoint {
            name: name.clone(),
            ..main.clone()
        }));
    }
    wanted
}

/// `pip`, `pip3` and `pip3.9`; `easy_install` and `easy_install-3.9`.
fn is_versioned(name: &str, family: &str) -> bool {
    let Some(version) = name.strip_prefix(family) else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if version.is_empty() {
        return true;
    }
    let (dash, version) = match version.strip_prefix('-') {
        Some(version) => (true, version),
        None => (false, version),
    };
    match version.split_once('.') {
        Some((major, minor)) => {
            is_number(major) && is_number(minor) && dash == (family == "easy_install")
        }
        None => is_number(version) && !dash && family == "pip",
    }
}

/// Whether a file in `.data/scripts/` is what setuptools once made for an entry point, so that
/// ours takes its place.
pub fn stands_for(file_name: &str, entry_points: &[EntryPoint]) -> bool {
    let lower = file_name.to_ascii_lowercase();
    let ending = [".exe", "-script.py", ".pya"]
        .into_iter()
        .find(|ending| lower.ends_with(ending));
    let name = &file_name[..file_name.len() - ending.map_or(0, str::len)];
    entry_points.iter().any(|program| program.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime(id: &str) -> Runtime {
        id.parse().unwrap()
    }

    fn entry_point(name: &str) -> EntryPoint {
        EntryPoint {
            name: name.to_owned(),
            module: "a.cli".to_owned(),
            function: "App.run".to_owned(),
        }
    }

    fn check_wanted(given: &[&str], expected: &[&str]) {
        let given: Vec<_> = given.iter().copied().map(entry_point).collect();
        let wanted = wanted(&given, runtime("python3.12"));
        let names: Vec<_> = wanted.iter().map(|program| &*program.name).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_program_reads_as_pip_writes_it() {
        let text = String::from_utf8(program(&entry_point("a"), runtime("python3.9"))).unwrap();
        insta::assert_snapshot!(text, @r"
        #!/var/lang/bin/python3.9
        import sys
        from a.cli import App
        if __name__ == '__main__':
            sys.argv[0] = sys.argv[0].removesuffix('.exe')
            sys.exit(App.run())
        ");
    }

    #[test]
    fn a_program_for_python_3_8_does_without_removesuffix() {
        let text = String::from_utf8(program(&entry_point("a"), runtime("python3.8"))).unwrap();
        insta::assert_snapshot!(text, @r"
        #!/var/lang/bin/python3.8
        # -*- coding: utf-8 -*-
        import re
        import sys
        from a.cli import App
        if __name__ == '__main__':
            sys.argv[0] = re.sub(r'(-script\.pyw|\.exe)?$', '', sys.argv[0])
            sys.exit(App.run())
        ");
    }

    #[test]
    fn a_script_keeps_its_body_to_the_byte() {
        let seen = rewritten(b"\xff\r\nprint()", runtime("python3.13"));
        assert_eq!(seen, b"#!/var/lang/bin/python3.13\n\xff\r\nprint()");
    }

    #[test]
    fn pip_and_easy_install_are_named_after_the_runtime() {
        check_wanted(
            &["pip", "pip3", "pip3.9", "pip-x", "pipx"],
            &["pip-x", "pipx", "pip", "pip3", "pip3.12"],
        );
        check_wanted(
            &["easy_install", "easy_install-2.7", "easy_install3"],
            &["easy_install3", "easy_install", "easy_install-3.12"],
        );
        check_wanted(&["pip3", "easy_install-3.8"], &["pip3", "easy_install-3.8"]);
    }

    #[test]
    fn wrappers_of_setuptools_give_way() {
        let programs = [entry_point("a"), entry_point("b.py")];
        for name in ["a", "a.exe", "a.EXE", "a-script.py", "a.pya", "b.py"] {
            assert!(stands_for(name, &programs), "{name}");
        }
        for name in ["b", "a.py", "a-script.pyw", "é-script.py"] {
            assert!(!stands_for(name, &programs), "{name}");
        }
    }
}
