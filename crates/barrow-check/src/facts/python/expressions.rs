//! Walks expressions for the calls and names that change what can be imported.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Arguments, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::calls::{
    changes_search_path, first_text, imported, is_dotted, joins_namespace, last_name,
    last_name_of_object, string,
};
use super::walk::{Scope, Walker};
use super::{Guard, Import, MetadataRead, Registers, Wants};

impl Walker {
    pub(super) fn expression(&mut self, expression: &Expr) {
        Expressions { walker: self }.visit_expr(expression);
    }

    pub(super) fn arguments(&mut self, arguments: &Arguments) {
        Expressions { walker: self }.visit_arguments(arguments);
    }

    pub(super) fn changes_search_path(&mut self, node: &impl Ranged) {
        let line = self.lines.line(node);
        let first = match self.guard {
            None => &mut self.module.changes_search_path,
            Some(Guard::Function) => &mut self.module.changes_search_path_later,
            Some(_) => return,
        };
        first.get_or_insert(line);
    }

    /// An entry of `sys.modules` is set.
    pub(super) fn registers(&mut self, name: &Expr) {
        self.module.names.is_open = true;
        let registers = &mut self.module.registers;
        match (string(name), &mut *registers) {
            (Some(name), Registers::Nothing) => *registers = Registers::Named(vec![name.into()]),
            (Some(name), Registers::Named(names)) => names.push(name.into()),
            (_, Registers::Anything) => {}
            // `sys.modules[__name__] = …`: another object in the module's own place.
            (None, _) if is_dotted(name, &["name__"]) => {}
            (None, _) => *registers = Registers::Anything,
        }
    }
}

impl Walker {
    /// `sys.modules.update(…)`, `sys.modules.setdefault(…)`.
    fn registers_by(&mut self, method: &str, call: &ExprCall) {
        match (method, call.arguments.args.first()) {
            ("update", Some(Expr::Dict(added))) => {
                for item in &added.items {
                    match &item.key {
                        Some(name) => self.registers(name),
                        None => self.module.registers = Registers::Anything,
                    }
                }
            }
            ("update", _) => self.module.registers = Registers::Anything,
            ("setdefault", Some(name)) => self.registers(name),
            _ => {}
        }
    }
}

struct Expressions<'w> {
    walker: &'w mut Walker,
}

impl Expressions<'_> {
    fn call(&mut self, call: &ExprCall) {
        let walker = &mut *self.walker;
        if let Some(module) = imported(call) {
            let import = Import {
                line: walker.lines.line(call),
                level: 0,
                module: module.into(),
                wants: Wants::Nothing,
            };
            walker.import(import);
        }
        if changes_search_path(call) {
            walker.changes_search_path(call);
        }
        if joins_namespace(call) {
            walker.module.joins_namespace = true;
        }
        self.metadata_read(call);
        if let Expr::Attribute(method) = &*call.func {
            let object = &*method.value;
            let walker = &mut *self.walker;
            if is_dotted(object, &["sys", "modules"]) {
                walker.registers_by(method.attr.as_str(), call);
            }
            // `sys.meta_path.append(…)`, `__path__.append(…)`.
            if is_dotted(object, &["sys", "meta_path"])
                || is_dotted(object, &["sys", "path_hooks"])
                || is_dotted(object, &["path__"])
            {
                walker.module.registers = Registers::Anything;
            }
        }
    }

    /// `version("x")`, `metadata.version("x")`, `pkg_resources.get_distribution(__name__)` …
    fn metadata_read(&mut self, call: &ExprCall) {
        let walker = &mut *self.walker;
        if walker.guard.is_some() || walker.scope == Scope::Function {
            return;
        }
        let function = last_name(&call.func);
        let asks = matches!(
            function,
            Some(
                "version"
                    | "distribution"
                    | "metadata"
                    | "requires"
                    | "files"
                    | "get_distribution"
                    | "require"
            )
        );
        let through = last_name_of_object(&call.func).or(function);
        let is_metadata = through.is_some_and(|name| {
            name == "metadata" && last_name_of_object(&call.func).is_some()
                || walker.metadata_aliases.iter().any(|alias| alias == name)
        });
        if !asks || !is_metadata {
            return;
        }
        let distribution = match (first_text(call), call.arguments.args.first()) {
            (Some(name), _) => Some(name.into()),
            (None, Some(argument))
                if is_dotted(argument, &["name__"]) || is_dotted(argument, &["package__"]) =>
            {
                None
            }
            _ => return,
        };
        walker.module.metadata_reads.push(MetadataRead {
            line: walker.lines.line(call),
            distribution,
            is_vital: walker.uncertain == 0,
        });
    }

    fn guarded(&mut self, guard: Guard, visit: impl FnOnce(&mut Self)) {
        let around = self.walker.guard;
        self.walker.guard = Some(around.unwrap_or(guard));
        visit(self);
        self.walker.guard = around;
    }
}

impl<'a> Visitor<'a> for Expressions<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => self.call(call),
            Expr::Named(named) => {
                // Binds in the module even from within a comprehension.
                let around = self
                    .walker
                    .guard
                    .take_if(|guard| *guard == Guard::Condition);
                self.walker.target(&named.target);
                self.walker.guard = around.or(self.walker.guard);
            }
            Expr::Name(name)
                if matches!(name.id.as_str(), "globals" | "locals" | "vars" | "exec") =>
            {
                self.walker.module.names.is_open = true;
            }
            Expr::Attribute(_) if is_dotted(expression, &["sys", "modules"]) => {
                self.walker.module.names.is_open = true;
            }
            Expr::Lambda(lambda) => {
                return self.guarded(Guard::Function, |this| this.visit_expr(&lambda.body));
            }
            Expr::If(choice) => {
                self.visit_expr(&choice.test);
                return self.guarded(Guard::Condition, |this| {
                    this.visit_expr(&choice.body);
                    this.visit_expr(&choice.orelse);
                });
            }
            Expr::BoolOp(operation) => {
                let Some((first, others)) = operation.values.split_first() else {
                    return;
                };
                self.visit_expr(first);
                return self.guarded(Guard::Condition, |this| {
                    for value in others {
                        this.visit_expr(value);
                    }
                });
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                return self.guarded(Guard::Condition, |this| walk_expr(this, expression));
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}
