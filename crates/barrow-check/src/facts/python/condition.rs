//! Conditions that are decided by the target, before anything runs.

use barrow_model::Target;
use ruff_python_ast::{CmpOp, Expr, ExprCompare, Number, UnaryOp};

use super::Guard;
use super::calls::{is_dotted, last_name, string};

/// The Python that a condition is decided for: `CPython`, on Linux.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conditions {
    version: [u16; 2],
}

/// What an expression is worth, as far as conditions ask for it.
#[derive(Debug, PartialEq)]
enum Value<'a> {
    Bool(bool),
    Number(u16),
    Text(&'a str),
    /// Only the first two parts of `sys.version_info` are known.
    Version([u16; 2]),
    Tuple(Vec<u16>),
}

impl Conditions {
    pub(super) fn new(target: Target) -> Self {
        Self {
            version: [3, u16::from(target.runtime.minor())],
        }
    }

    /// `None` where only the running program knows.
    pub(super) fn decide(self, condition: &Expr) -> Option<bool> {
        match condition {
            Expr::BooleanLiteral(literal) => Some(literal.value),
            Expr::NoneLiteral(_) => Some(false),
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => {
                self.decide(&operation.operand).map(|value| !value)
            }
            Expr::BoolOp(operation) => {
                let stops_at = operation.op == ruff_python_ast::BoolOp::Or;
                let mut all = Some(!stops_at);
                for value in &operation.values {
                    match self.decide(value) {
                        Some(value) if value == stops_at => return Some(stops_at),
                        Some(_) => {}
                        None => all = None,
                    }
                }
                all
            }
            Expr::Compare(comparison) => self.compare(comparison),
            Expr::Call(call) => {
                let Expr::Attribute(method) = &*call.func else {
                    return None;
                };
                let Some(Value::Text(text)) = self.value(&method.value) else {
                    return None;
                };
                let argument = string(call.arguments.args.first()?)?;
                match method.attr.as_str() {
                    "startswith" => Some(text.starts_with(argument)),
                    "endswith" => Some(text.ends_with(argument)),
                    _ => None,
                }
            }
            other => match self.value(other)? {
                Value::Bool(value) => Some(value),
                Value::Number(number) => Some(number != 0),
                Value::Text(_) | Value::Version(_) | Value::Tuple(_) => None,
            },
        }
    }

    fn compare(self, comparison: &ExprCompare) -> Option<bool> {
        let ([operator], [right]) = (&*comparison.ops, &*comparison.comparators) else {
            return None;
        };
        // No module is run as a program on Lambda: the handler's is imported, too. Who asks for
        // another name asks for the module's own.
        if let Some(name) = compared_name(&comparison.left, right) {
            let is_own = !name.starts_with("__");
            return match operator {
                CmpOp::Eq => Some(is_own),
                CmpOp::NotEq => Some(!is_own),
                _ => None,
            };
        }
        let left = self.value(&comparison.left)?;
        if let (CmpOp::In | CmpOp::NotIn, Value::Text(text)) = (operator, &left) {
            let found = members(right)?.contains(text);
            return Some(found == (*operator == CmpOp::In));
        }
        let right = self.value(right)?;
        let order = match (&left, &right) {
            (Value::Text(left), Value::Text(right)) => left.cmp(right),
            (Value::Number(left), Value::Number(right)) => left.cmp(right),
            (Value::Tuple(left), Value::Tuple(right)) => left.cmp(right),
            (Value::Version(version), Value::Tuple(wanted)) => {
                against(*version, wanted, *operator)?
            }
            (Value::Tuple(wanted), Value::Version(version)) => {
                against(*version, wanted, mirrored(*operator))?.reverse()
            }
            _ => return None,
        };
        match operator {
            CmpOp::Eq => Some(order.is_eq()),
            CmpOp::NotEq => Some(order.is_ne()),
            CmpOp::Lt => Some(order.is_lt()),
            CmpOp::LtE => Some(order.is_le()),
            CmpOp::Gt => Some(order.is_gt()),
            CmpOp::GtE => Some(order.is_ge()),
            _ => None,
        }
    }

    fn value(self, expression: &Expr) -> Option<Value<'_>> {
        match expression {
            Expr::BooleanLiteral(literal) => Some(Value::Bool(literal.value)),
            Expr::StringLiteral(literal) => Some(Value::Text(literal.value.to_str())),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(number) => number.as_u16().map(Value::Number),
                _ => None,
            },
            Expr::Tuple(tuple) => {
                let parts = tuple.elts.iter().map(|part| match self.value(part) {
                    Some(Value::Number(number)) => Some(number),
                    _ => None,
                });
                parts.collect::<Option<_>>().map(Value::Tuple)
            }
            Expr::Subscript(subscript) if is_version(&subscript.value) => {
                self.part_of_version(&subscript.slice)
            }
            Expr::Name(_) | Expr::Attribute(_) => self.named(expression),
            Expr::Call(call) => {
                let is = |parts: &[&str]| is_dotted(&call.func, parts);
                if is(&["platform", "system"]) {
                    Some(Value::Text("Linux"))
                } else if is(&["platform", "python_implementation"]) {
                    Some(Value::Text("CPython"))
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    fn named(self, expression: &Expr) -> Option<Value<'_>> {
        let is = |parts: &[&str]| is_dotted(expression, parts);
        let [major, minor] = self.version;
        if is_version(expression) {
            return Some(Value::Version(self.version));
        }
        if is(&["sys", "platform"]) {
            return Some(Value::Text("linux"));
        }
        if is(&["os", "name"]) {
            return Some(Value::Text("posix"));
        }
        if is(&["sys", "implementation", "name"]) {
            return Some(Value::Text("cpython"));
        }
        if is(&["sys", "version_info", "major"]) {
            return Some(Value::Number(major));
        }
        if is(&["sys", "version_info", "minor"]) {
            return Some(Value::Number(minor));
        }
        match last_name(expression)? {
            "__debug__" | "PY3" => Some(Value::Bool(true)),
            "TYPE_CHECKING" | "MYPY" | "PY2" => Some(Value::Bool(false)),
            _ => None,
        }
    }

    fn part_of_version(self, index: &Expr) -> Option<Value<'_>> {
        match index {
            Expr::NumberLiteral(_) => match self.value(index)? {
                Value::Number(at) => self
                    .version
                    .get(usize::from(at))
                    .copied()
                    .map(Value::Number),
                _ => None,
            },
            Expr::Slice(slice) if slice.lower.is_none() && slice.step.is_none() => {
                match self.value(slice.upper.as_deref()?)? {
                    Value::Number(end @ 1..=2) => {
                        Some(Value::Tuple(self.version[..usize::from(end)].to_vec()))
                    }
                    _ => Some(Value::Version(self.version)),
                }
            }
            _ => None,
        }
    }
}

/// Why a branch that is never taken is not, where that is worth telling: another Python version's
/// is not.
pub(super) fn guard(condition: &Expr) -> Option<Guard> {
    match condition {
        Expr::BoolOp(operation) => operation.values.iter().find_map(guard),
        Expr::UnaryOp(operation) => guard(&operation.operand),
        Expr::Compare(comparison) => is_platform(&comparison.left).then_some(Guard::Elsewhere),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) => is_platform(&method.value).then_some(Guard::Elsewhere),
            _ => None,
        },
        _ => {
            matches!(last_name(condition)?, "TYPE_CHECKING" | "MYPY").then_some(Guard::TypeChecking)
        }
    }
}

fn is_platform(expression: &Expr) -> bool {
    let function = match expression {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    [["sys", "platform"], ["os", "name"], ["platform", "system"]]
        .iter()
        .any(|parts| is_dotted(function, parts))
}

/// The text that `__name__` is compared with.
fn compared_name<'a>(left: &'a Expr, right: &'a Expr) -> Option<&'a str> {
    let is_name = |side: &Expr| matches!(side, Expr::Name(name) if name.id.as_str() == "__name__");
    match (is_name(left), is_name(right)) {
        (true, false) => string(right),
        (false, true) => string(left),
        _ => None,
    }
}

fn is_version(expression: &Expr) -> bool {
    is_dotted(expression, &["sys", "version_info"]) || is_dotted(expression, &["version_info"])
}

/// The texts of a tuple, a list or a set.
fn members(container: &Expr) -> Option<Vec<&str>> {
    let parts = match container {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        Expr::Set(set) => &set.elts,
        _ => return None,
    };
    parts.iter().map(string).collect()
}

/// `sys.version_info`, which has five parts, against a tuple.
fn against(version: [u16; 2], wanted: &[u16], operator: CmpOp) -> Option<std::cmp::Ordering> {
    use std::cmp::Ordering;
    let shared = wanted.len().min(version.len());
    let order = version[..shared].cmp(&wanted[..shared]);
    if order.is_ne() {
        return Some(order);
    }
    if wanted.len() < version.len() + 1 {
        // The longer of two that begin alike is the greater.
        return Some(Ordering::Greater);
    }
    // Which patch release it is, is not known, and `>= (3, 12, 1)` is nearly always meant to hold.
    matches!(operator, CmpOp::GtE | CmpOp::Gt | CmpOp::Lt | CmpOp::LtE).then_some(Ordering::Greater)
}

fn mirrored(operator: CmpOp) -> CmpOp {
    match operator {
        CmpOp::Lt => CmpOp::Gt,
        CmpOp::LtE => CmpOp::GtE,
        CmpOp::Gt => CmpOp::Lt,
        CmpOp::GtE => CmpOp::LtE,
        other => other,
    }
}
