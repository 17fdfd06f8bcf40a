//! What is kept of small modules, as text.

use barrow_model::Target;
use expect::show;

use super::*;

mod expect {
    use super::*;

    pub(super) fn show(steps: &[Step]) -> String {
        steps.iter().map(step).collect::<Vec<_>>().join("; ")
    }

    fn step(step: &Step) -> String {
        match step {
            Step::Import(import) => {
                let dots = ".".repeat(import.level as usize);
                let wants = match &import.wants {
                    Wants::Nothing => String::new(),
                    Wants::Everything => " *".to_owned(),
                    Wants::Names(names) => format!(" {}", names.join(",")),
                };
                format!("{dots}{}{wants}", import.module)
            }
            Step::Perhaps(steps) => format!("perhaps[{}]", show(steps)),
            Step::Raise { raised, .. } => format!("raise {raised:?}"),
            Step::Try(attempt) => {
                let handlers: String = attempt
                    .handlers
                    .iter()
                    .map(|handler| format!(" {:?}[{}]", handler.catches, show(&handler.steps)))
                    .collect();
                let (orelse, lastly) = (show(&attempt.orelse), show(&attempt.lastly));
                format!(
                    "try[{}]{handlers} else[{orelse}] finally[{lastly}]",
                    show(&attempt.body)
                )
            }
        }
    }
}

fn module(source: &str) -> Module {
    let target = Target {
        runtime: "python3.11".parse().unwrap(),
        arch: barrow_model::Arch::X86_64,
    };
    read(source.as_bytes(), target)
}

fn check(source: &str, expected: &str) {
    assert_eq!(show(&module(source).steps), expected, "{source}");
}

#[test]
fn imports_are_kept_in_order() {
    check(
        "from __future__ import annotations\nimport a.b as c, d\nfrom . import x, y\nfrom ..z import *\n",
        "a.b; d; . x,y; ..z *",
    );
    check(
        "class A:\n    import a\n    def f(self):\n        import b\n",
        "a",
    );
    check(
        "x = import_module('a.b')\n__import__('c')\nimport_module(name)\n",
        "a.b; c",
    );
}

#[test]
fn what_may_not_happen_is_told_apart() {
    check(
        "if x:\n    import a\nelse:\n    import b\n",
        "perhaps[a]; perhaps[b]",
    );
    check("for x in y:\n    import a\n", "perhaps[a]");
    check("with open(x):\n    import a\n", "a");
    check("with x():\n    import a\n", "perhaps[a]");
    check(
        "try:\n    import a\nexcept (ImportError, x.Y):\n    raise\nelse:\n    import b\n",
        "try[a] [ImportError, Unknown][raise Again] else[b] finally[]",
    );
    check(
        "from contextlib import suppress\nwith suppress(ImportError):\n    import a\n",
        "contextlib suppress; try[a] [ImportError][] else[] finally[]",
    );
}

#[test]
fn conditions_are_decided_for_the_target() {
    let taken = |condition: &str| {
        check(
            &format!("if {condition}:\n    import a\nelse:\n    import b\n"),
            "a",
        );
    };
    let not_taken = |condition: &str| {
        check(
            &format!("if {condition}:\n    import a\nelse:\n    import b\n"),
            "b",
        );
    };
    taken("sys.version_info >= (3, 8)");
    taken("sys.version_info > (3, 11)");
    taken("sys.version_info[:2] == (3, 11)");
    taken("(3, 8) <= sys.version_info");
    taken("sys.version_info[0] == 3 and not PY2");
    taken("sys.version_info >= (3,) or whatever");
    taken("sys.platform.startswith('linux')");
    taken("sys.platform in ('linux', 'darwin')");
    taken("os.name != 'nt'");
    not_taken("sys.version_info >= (3, 12)");
    not_taken("sys.version_info < (3, 11)");
    not_taken("sys.version_info.minor < 11");
    not_taken("typing.TYPE_CHECKING");
    not_taken("__name__ == '__main__'");
    taken("'__main__' != __name__");
    taken("__name__ == 'lib'");
    not_taken("platform.system() == 'Windows' and x");
    check("if sys.version_info[:2] > x:\n    import a\n", "perhaps[a]");
}

#[test]
fn what_does_not_happen_on_import_is_kept_apart() {
    let module = module(
        "if TYPE_CHECKING:\n    import a\n\ndef f():\n    import b.c\n    from . import d\n\n\
         if sys.platform == 'win32':\n    import e\n\nx = y and import_module('g')\n",
    );
    let later: Vec<String> = module
        .later
        .iter()
        .map(|later| {
            format!(
                "{} {}{} {:?}",
                later.line, later.level, later.module, later.guard
            )
        })
        .collect();
    let expected = [
        "2 0a TypeChecking",
        "5 0b.c Function",
        "6 1 Function",
        "9 0e Elsewhere",
        "11 0g Condition",
    ];
    assert_eq!(later, expected);
    assert!(module.steps.is_empty());
}

#[test]
fn names_are_those_that_some_way_through_the_module_binds() {
    let names = module(
        "import a.b, c as d\nx = y = 1\n(z, [w]) = f()\nfor i in ():\n    j = 1\nif (k := 1): pass\n\
         def f(event, context, *rest): global g\nclass C:\n    no = 1\nwith o() as p: pass\n\
         match q:\n    case [r, *s]: pass\nl = [n for n in m if (t := n)]\nif TYPE_CHECKING:\n    import never\n",
    )
    .names;
    let bound: Vec<&str> = names.all().map(|(name, _)| name).collect();
    let expected = [
        "C", "a", "d", "f", "g", "i", "j", "k", "l", "p", "r", "s", "t", "w", "x", "y", "z",
    ];
    assert_eq!(bound, expected);
    assert!(!names.is_open);
    assert!(matches!(names.get("f"), Some(Binding::Function(f)) if f.takes(2) && !f.takes(1)));
    assert_eq!(names.get("x"), Some(Binding::Plain));
}

#[test]
fn a_module_can_define_what_its_source_does_not_name() {
    for source in [
        "def __getattr__(name): ...",
        "globals()['x'] = 1",
        "import sys\nsys.modules['a'] = b",
    ] {
        assert!(module(source).names.is_open, "{source}");
    }
    assert_eq!(
        module("sys.modules['a.b'] = c").registers,
        Registers::Named(vec!["a.b".into()])
    );
    assert_eq!(
        module("sys.modules.update({'a.b': c})").registers,
        Registers::Named(vec!["a.b".into()])
    );
    assert_eq!(
        module("sys.modules[name] = c").registers,
        Registers::Anything
    );
    assert_eq!(
        module("sys.meta_path.append(x)").registers,
        Registers::Anything
    );
}

#[test]
fn a_module_can_give_names_to_others() {
    let module = module("import a\na.x = 1\ndef f(self):\n    self.y = 1\n    a.z = 2\n");
    assert_eq!(module.gives, ["x".into(), "z".into()]);
}

#[test]
fn changes_of_the_search_path_are_seen() {
    for source in [
        "sys.path.insert(0, x)",
        "sys.path += x",
        "sys.path[:0] = x",
        "site.addsitedir(x)",
    ] {
        assert_eq!(module(source).changes_search_path, Some(1), "{source}");
    }
    let module = module("def f():\n    sys.path.append(x)\n");
    assert_eq!(
        (module.changes_search_path, module.changes_search_path_later),
        (None, Some(2))
    );
}

#[test]
fn questions_about_distributions_are_kept() {
    let reads = module(
        "from importlib.metadata import version\nimport importlib.metadata as m\n__version__ = version('a')\n\
         try:\n    v = m.version(__name__)\nexcept Exception: pass\ndef f(): version('no')\nversion(x)\n",
    )
    .metadata_reads;
    let reads: Vec<_> = reads
        .iter()
        .map(|read| (read.line, read.distribution.as_deref(), read.is_vital))
        .collect();
    assert_eq!(reads, [(3, Some("a"), true), (5, None, false)]);
}

#[test]
fn what_only_the_compiler_refuses_is_refused() {
    let fault = |source: &str| {
        module(source)
            .fault
            .map(|fault| (fault.line, fault.message))
    };
    let check = |source: &str, line: u32, message: &str| {
        assert_eq!(fault(source), Some((line, message.into())), "{source}");
    };
    check("if x:\n    return\n", 2, "'return' outside function");
    check("class A:\n    return\n", 2, "'return' outside function");
    check(
        "while x:\n    def f():\n        break\n",
        3,
        "'break' outside loop",
    );
    check(
        "for x in y:\n    pass\nelse:\n    continue\n",
        4,
        "'continue' not properly in loop",
    );
    check(
        "import a\nfrom __future__ import annotations\n",
        2,
        "from __future__ imports must occur at the beginning of the file",
    );
    for source in [
        "'''text'''\nfrom __future__ import annotations\n",
        "def f():\n    for x in y:\n        try:\n            break\n        finally:\n            return\n",
    ] {
        assert_eq!(fault(source), None, "{source}");
    }
}

#[test]
fn syntax_is_that_of_the_target() {
    let fault = |source: &str| {
        let fault = module(source).fault.unwrap();
        format!(
            "{}: {} ({:?})",
            fault.line, fault.message, fault.first_minor
        )
    };
    assert_eq!(
        fault("x = 1\nprint 'a'\n"),
        "2: simple statements must be separated by newlines or semicolons (None)"
    );
    assert_eq!(
        fault("\ntype X = int\n"),
        "2: cannot use `type` alias statement (syntax was added in Python 3.12) (Some(12))"
    );
    assert_eq!(module("try:\n    pass\nexcept* E:\n    pass\n").fault, None);
}

#[test]
fn sources_at_the_limits_are_read_on_a_small_stack() {
    let sources = [
        "not ".repeat(9_900) + "x",
        "x = ".to_owned() + &"-".repeat(9_900) + "1",
        "f".to_owned() + &"(a)".repeat(4_000),
        "x".to_owned() + &".a".repeat(9_000),
        "lambda: ".repeat(4_000) + "1",
        "a".to_owned() + &" + a".repeat(9_000),
        "[".repeat(190) + &"]".repeat(190),
        "1 if x else ".repeat(4_000) + "1",
    ];
    let blocks = (0..99).map(|depth| format!("{}if x:\n", " ".repeat(depth)));
    let blocks: String = blocks.collect::<String>() + &" ".repeat(99) + "import a\n";
    let thread = std::thread::Builder::new().stack_size(512 << 10);
    let read = thread.spawn(move || {
        for source in &sources {
            assert_eq!(module(source).fault, None, "{}", &source[..20]);
        }
        assert_eq!(module(&blocks).steps.len(), 1);
    });
    read.unwrap().join().unwrap();
}
