//! What assignments and patterns bind.

use ruff_python_ast::{Expr, Pattern};

use super::calls::is_dotted;
use super::names::Binding;
use super::walk::Walker;

impl Walker {
    /// What is assigned to is bound, or changed.
    pub(super) fn assign(&mut self, target: &Expr, binding: Binding) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), binding),
            _ => self.target(target),
        }
    }

    pub(super) fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), Binding::Unclear),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|part| self.target(part)),
            Expr::List(list) => list.elts.iter().for_each(|part| self.target(part)),
            Expr::Starred(starred) => self.target(&starred.value),
            Expr::Subscript(subscript) => {
                if is_dotted(&subscript.value, &["sys", "path"]) {
                    self.changes_search_path(target);
                }
                if is_dotted(&subscript.value, &["sys", "modules"]) {
                    self.registers(&subscript.slice);
                }
                self.expression(&subscript.value);
                self.expression(&subscript.slice);
            }
            Expr::Attribute(_) if is_dotted(target, &["sys", "path"]) => {
                self.changes_search_path(target);
            }
            Expr::Attribute(attribute) => {
                if let Expr::Name(object) = &*attribute.value
                    && self.module.names.get(object.id.as_str()) == Some(Binding::Imported)
                {
                    self.module.gives.push(attribute.attr.as_str().into());
                }
            }
            _ => {}
        }
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::MatchSequence(sequence) => {
                sequence.patterns.iter().for_each(|part| self.pattern(part));
            }
            Pattern::MatchMapping(mapping) => {
                mapping.patterns.iter().for_each(|part| self.pattern(part));
                if let Some(name) = &mapping.rest {
                    self.bind(name.as_str(), Binding::Unclear);
                }
            }
            Pattern::MatchClass(class) => {
                let arguments = &class.arguments;
                arguments
                    .patterns
                    .iter()
                    .for_each(|part| self.pattern(part));
                let keywords = arguments.keywords.iter();
                keywords.for_each(|keyword| self.pattern(&keyword.pattern));
            }
            Pattern::MatchStar(star) => {
                if let Some(name) = &star.name {
                    self.bind(name.as_str(), Binding::Unclear);
                }
            }
            Pattern::MatchAs(capture) => {
                if let Some(name) = &capture.name {
                    self.bind(name.as_str(), Binding::Unclear);
                }
                if let Some(inner) = &capture.pattern {
                    self.pattern(inner);
                }
            }
            Pattern::MatchOr(either) => {
                either.patterns.iter().for_each(|part| self.pattern(part));
            }
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        }
    }
}

pub(super) fn binding_of(value: &Expr) -> Binding {
    match value {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::FString(_)
        | Expr::List(_)
        | Expr::Dict(_)
        | Expr::Set(_)
        | Expr::Tuple(_) => Binding::Plain,
        _ => Binding::Unclear,
    }
}
