//! Walks a module's statements in the order in which importing it executes them.

use barrow_model::Target;
use ruff_python_ast::{
    ExceptHandler, Expr, Stmt, StmtFunctionDef, StmtIf, StmtImport, StmtImportFrom, StmtTry,
    StmtWith,
};

use super::bindings::binding_of;
use super::calls::{exits, last_name};
use super::condition::{Conditions, guard};
use super::exceptions::{catch, catches, raised};
use super::lines::Lines;
use super::names::{Binding, Function};
use super::{Guard, Handler, Import, Later, Module, Raised, Step, Try, Wants};

/// What is collected on the way.
#[derive(Debug)]
pub(super) struct Walker {
    pub(super) module: Module,
    /// The steps of the block that is being walked.
    steps: Vec<Step>,
    pub(super) scope: Scope,
    /// Why what is being walked does not happen on import, if so.
    pub(super) guard: Option<Guard>,
    /// How many blocks around may be skipped, or their exceptions caught.
    pub(super) uncertain: u32,
    pub(super) lines: Lines,
    conditions: Conditions,
    /// What `importlib.metadata` and its functions are called here.
    pub(super) metadata_aliases: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Module,
    Class,
    Function,
}

pub(super) fn walk(body: &[Stmt], lines: Lines, target: Target) -> Module {
    let mut walker = Walker {
        module: Module::default(),
        steps: Vec::new(),
        scope: Scope::Module,
        guard: None,
        uncertain: 0,
        lines,
        conditions: Conditions::new(target),
        metadata_aliases: Vec::new(),
    };
    walker.module.steps = walker.block(body);
    walker.module.names.shrink();
    walker.module
}

impl Walker {
    /// The steps of a block of statements.
    fn block(&mut self, body: &[Stmt]) -> Vec<Step> {
        let around = std::mem::take(&mut self.steps);
        self.statements(body);
        let mut steps = std::mem::replace(&mut self.steps, around);
        steps.shrink_to_fit();
        steps
    }

    fn statements(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    /// A block that may be skipped.
    fn perhaps(&mut self, body: &[Stmt]) {
        self.uncertain += 1;
        let steps = self.block(body);
        self.uncertain -= 1;
        if !steps.is_empty() {
            self.push(Step::Perhaps(steps));
        }
    }

    /// A block that does not happen on import.
    fn guarded(&mut self, guard: Guard, body: &[Stmt]) {
        let around = self.guard;
        self.guard = Some(around.unwrap_or(guard));
        self.statements(body);
        self.guard = around;
    }

    pub(super) fn push(&mut self, step: Step) {
        if self.guard.is_none() {
            self.steps.push(step);
        }
    }

    pub(super) fn import(&mut self, import: Import) {
        match self.guard {
            None => self.steps.push(Step::Import(import)),
            Some(guard) => self.later(import, guard),
        }
    }

    pub(super) fn later(&mut self, import: Import, guard: Guard) {
        let Import {
            line,
            level,
            module,
            ..
        } = import;
        let known = &self.module.later;
        let is_known = known
            .iter()
            .any(|later| later.level == level && later.module == module && later.guard == guard);
        if !is_known {
            self.module.later.push(Later {
                line,
                level,
                module,
                guard,
            });
        }
    }

    pub(super) fn bind(&mut self, name: &str, binding: Binding) {
        if self.scope == Scope::Module && self.guard.is_none() {
            self.module.names.bind(name, binding);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => {
                self.bind(class.name.as_str(), Binding::Class);
                for decorator in &class.decorator_list {
                    self.expression(&decorator.expression);
                }
                if let Some(arguments) = &class.arguments {
                    self.arguments(arguments);
                }
                let around = self.scope;
                if around == Scope::Module {
                    self.scope = Scope::Class;
                }
                self.statements(&class.body);
                self.scope = around;
            }
            Stmt::If(branch) => self.branches(branch),
            Stmt::For(repeated) => {
                self.expression(&repeated.iter);
                self.target(&repeated.target);
                self.perhaps(&repeated.body);
                self.perhaps(&repeated.orelse);
            }
            Stmt::While(repeated) => {
                self.expression(&repeated.test);
                self.perhaps(&repeated.body);
                self.perhaps(&repeated.orelse);
            }
            Stmt::With(with) => self.with(with),
            Stmt::Match(matching) => {
                self.expression(&matching.subject);
                for case in &matching.cases {
                    self.pattern(&case.pattern);
                    self.perhaps(&case.body);
                }
            }
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::Raise(raise) => {
                let line = self.lines.line(raise);
                let raised = raised(raise.exc.as_deref());
                self.push(Step::Raise { line, raised });
            }
            Stmt::Import(import) => self.plain_import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(global) => {
                for name in &global.names {
                    self.module.names.bind(name.as_str(), Binding::Unclear);
                }
            }
            Stmt::Expr(expression) => {
                self.expression(&expression.value);
                if let Expr::Call(call) = &*expression.value
                    && exits(call)
                {
                    let line = self.lines.line(call);
                    let raised = Raised::Exit;
                    self.push(Step::Raise { line, raised });
                }
            }
            Stmt::Assign(assignment) => {
                self.expression(&assignment.value);
                let binding = binding_of(&assignment.value);
                for target in &assignment.targets {
                    self.assign(target, binding);
                }
            }
            Stmt::AnnAssign(assignment) => {
                if let Some(value) = &assignment.value {
                    self.expression(value);
                    self.assign(&assignment.target, binding_of(value));
                }
            }
            Stmt::AugAssign(assignment) => {
                self.expression(&assignment.value);
                self.target(&assignment.target);
            }
            Stmt::TypeAlias(alias) => self.target(&alias.name),
            Stmt::Assert(assertion) => self.expression(&assertion.test),
            Stmt::Return(returned) => {
                if let Some(value) = &returned.value {
                    self.expression(value);
                }
            }
            Stmt::Delete(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn function(&mut self, function: &StmtFunctionDef) {
        let binding = match function.decorator_list.as_slice() {
            [] => Binding::Function(Function::of(function, self.lines.line(&function.name))),
            _ => Binding::Unclear,
        };
        self.bind(function.name.as_str(), binding);
        for decorator in &function.decorator_list {
            self.expression(&decorator.expression);
        }
        for parameter in function.parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.expression(default);
            }
        }
        let around = std::mem::replace(&mut self.scope, Scope::Function);
        self.guarded(Guard::Function, &function.body);
        self.scope = around;
    }

    fn branches(&mut self, branch: &StmtIf) {
        let first = (Some(&*branch.test), &branch.body);
        let others = branch.elif_else_clauses.iter();
        let others = others.map(|clause| (clause.test.as_ref(), &clause.body));
        // Whether one of the branches before may have been taken.
        let mut open = false;
        for (test, body) in std::iter::once(first).chain(others) {
            if let Some(test) = test {
                self.expression(test);
            }
            match test.map_or(Some(true), |test| self.conditions.decide(test)) {
                Some(false) => {
                    if let Some(guard) = test.and_then(guard) {
                        self.guarded(guard, body);
                    }
                }
                Some(true) if open => return self.perhaps(body),
                Some(true) => return self.statements(body),
                None => {
                    open = true;
                    self.perhaps(body);
                }
            }
        }
    }

    fn with(&mut self, with: &StmtWith) {
        for item in &with.items {
            self.expression(&item.context_expr);
            if let Some(target) = &item.optional_vars {
                self.target(target);
            }
        }
        let calls = with.items.iter().map(|item| match &item.context_expr {
            Expr::Call(call) => last_name(&call.func).map(|name| (name, call)),
            _ => None,
        });
        match calls.collect::<Option<Vec<_>>>().as_deref() {
            Some([("suppress", call)]) => {
                let catches = call.arguments.args.iter().map(catch).collect();
                self.uncertain += 1;
                let body = self.block(&with.body);
                self.uncertain -= 1;
                let steps = Vec::new();
                self.push(Step::Try(Box::new(Try {
                    body,
                    handlers: vec![Handler { catches, steps }],
                    ..Try::default()
                })));
            }
            Some(calls) if calls.iter().all(|(name, _)| lets_pass(name)) => {
                self.statements(&with.body);
            }
            // Nobody knows what it does with exceptions.
            _ => self.perhaps(&with.body),
        }
    }

    fn attempt(&mut self, attempt: &StmtTry) {
        let is_caught = u32::from(!attempt.handlers.is_empty());
        self.uncertain += is_caught;
        let body = self.block(&attempt.body);
        self.uncertain -= is_caught;
        let mut handlers = Vec::with_capacity(attempt.handlers.len());
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            self.uncertain += 1;
            let steps = self.block(&handler.body);
            self.uncertain -= 1;
            let catches = catches(handler.type_.as_deref());
            handlers.push(Handler { catches, steps });
        }
        let orelse = self.block(&attempt.orelse);
        let lastly = self.block(&attempt.finalbody);
        let is_idle = body.is_empty() && orelse.is_empty() && lastly.is_empty();
        if !is_idle {
            self.push(Step::Try(Box::new(Try {
                body,
                handlers,
                orelse,
                lastly,
            })));
        }
    }

    fn plain_import(&mut self, import: &StmtImport) {
        let line = self.lines.line(import);
        for alias in &import.names {
            let module = alias.name.as_str();
            let bound = match &alias.asname {
                Some(name) => name.as_str(),
                None => module.split('.').next().unwrap_or(module),
            };
            self.bind(bound, Binding::Imported);
            if is_metadata(module) {
                self.metadata_aliases.push(bound.to_owned());
            }
            self.import(Import {
                line,
                level: 0,
                module: module.into(),
                wants: Wants::Nothing,
            });
        }
    }

    fn import_from(&mut self, import: &StmtImportFrom) {
        let line = self.lines.line(import);
        let module = import.module.as_ref().map_or("", |name| name.as_str());
        if module == "__future__" && import.level == 0 {
            return;
        }
        let mut names = Vec::with_capacity(import.names.len());
        let mut wants = Wants::Nothing;
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                wants = Wants::Everything;
                continue;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            self.bind(bound, Binding::Imported);
            if is_metadata(module) || is_metadata(&format!("{module}.{name}")) {
                self.metadata_aliases.push(bound.to_owned());
            }
            names.push(name.into());
        }
        if wants == Wants::Nothing {
            wants = Wants::Names(names);
        }
        self.import(Import {
            line,
            level: import.level,
            module: module.into(),
            wants,
        });
    }
}

/// Whether a context manager is known to let exceptions pass.
fn lets_pass(name: &str) -> bool {
    matches!(name, "catch_warnings" | "open" | "Lock" | "RLock")
}

fn is_metadata(module: &str) -> bool {
    matches!(
        module,
        "importlib.metadata" | "importlib_metadata" | "pkg_resources"
    )
}
