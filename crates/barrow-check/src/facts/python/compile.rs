//! What the parser lets pass and Python's compiler does not.
//!
//! Only what is certain without following scopes: `return` outside of functions, `break` and
//! `continue` outside of loops, `from __future__` below code.

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange};

/// The first such thing, and what Python says of it.
pub(super) fn fault(body: &[Stmt]) -> Option<(TextRange, &'static str)> {
    let late = late_future(body).map(|range| (range, LATE_FUTURE));
    late.or_else(|| block(body, Around::default()))
}

const LATE_FUTURE: &str = "from __future__ imports must occur at the beginning of the file";

/// What is around a statement.
#[derive(Clone, Copy, Default)]
struct Around {
    function: bool,
    repeated: bool,
}

fn late_future(body: &[Stmt]) -> Option<TextRange> {
    let is_future = |statement: &&Stmt| {
        matches!(statement, Stmt::ImportFrom(import) if import.level == 0
            && import.module.as_ref().is_some_and(|module| module.as_str() == "__future__"))
    };
    let has_documentation = matches!(body.first(), Some(Stmt::Expr(expression))
        if expression.value.is_string_literal_expr());
    let mut rest = body
        .iter()
        .skip(usize::from(has_documentation))
        .skip_while(is_future);
    rest.find(is_future).map(Ranged::range)
}

fn block(body: &[Stmt], around: Around) -> Option<(TextRange, &'static str)> {
    body.iter().find_map(|statement| one(statement, around))
}

fn one(statement: &Stmt, around: Around) -> Option<(TextRange, &'static str)> {
    let repeated = Around {
        repeated: true,
        ..around
    };
    match statement {
        Stmt::Return(returned) if !around.function => {
            Some((returned.range, "'return' outside function"))
        }
        Stmt::Break(out) if !around.repeated => Some((out.range, "'break' outside loop")),
        Stmt::Continue(on) if !around.repeated => {
            Some((on.range, "'continue' not properly in loop"))
        }
        Stmt::FunctionDef(function) => block(
            &function.body,
            Around {
                function: true,
                repeated: false,
            },
        ),
        Stmt::ClassDef(class) => block(&class.body, Around::default()),
        Stmt::For(each) => block(&each.body, repeated).or_else(|| block(&each.orelse, around)),
        Stmt::While(each) => block(&each.body, repeated).or_else(|| block(&each.orelse, around)),
        Stmt::If(branch) => block(&branch.body, around).or_else(|| {
            let mut others = branch.elif_else_clauses.iter();
            others.find_map(|clause| block(&clause.body, around))
        }),
        Stmt::With(with) => block(&with.body, around),
        Stmt::Match(matching) => {
            let mut cases = matching.cases.iter();
            cases.find_map(|case| block(&case.body, around))
        }
        Stmt::Try(attempt) => block(&attempt.body, around)
            .or_else(|| {
                let mut handlers = attempt.handlers.iter();
                handlers.find_map(|handler| {
                    let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                    block(&handler.body, around)
                })
            })
            .or_else(|| block(&attempt.orelse, around))
            .or_else(|| block(&attempt.finalbody, around)),
        _ => None,
    }
}
