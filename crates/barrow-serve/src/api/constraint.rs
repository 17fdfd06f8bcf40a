//! What the model demands of one value, and how the service says so.

use std::fmt;

use serde_json::{Number, Value};

use super::model::Shape;

#[derive(Debug, Clone)]
pub(super) enum Constraint<'m> {
    LengthAtMost(&'m Number),
    LengthAtLeast(&'m Number),
    ValueAtMost(&'m Number),
    ValueAtLeast(&'m Number),
    Pattern(&'m Shape),
    /// What is told may be fewer than what is taken: layers may be for runtimes of old.
    OneOf {
        told: Vec<&'m str>,
        taken: &'m [String],
    },
    NotNull,
}

impl Constraint<'_> {
    pub(super) fn is_broken_by(&self, value: &Value) -> bool {
        match self {
            Self::LengthAtMost(most) => exceeds(length(value), most),
            Self::LengthAtLeast(least) => falls_short(length(value), least),
            Self::ValueAtMost(most) => exceeds(value.as_f64(), most),
            Self::ValueAtLeast(least) => falls_short(value.as_f64(), least),
            Self::Pattern(shape) => value.as_str().is_some_and(|text| !shape.matches(text)),
            Self::OneOf { told, taken } => value.as_str().is_some_and(|text| {
                !told.contains(&text) && !taken.iter().any(|taken| taken == text)
            }),
            Self::NotNull => value.is_null(),
        }
    }
}

fn exceeds(figure: Option<f64>, most: &Number) -> bool {
    matches!((figure, most.as_f64()), (Some(figure), Some(most)) if figure > most)
}

fn falls_short(figure: Option<f64>, least: &Number) -> bool {
    matches!((figure, least.as_f64()), (Some(figure), Some(least)) if figure < least)
}

/// Characters of a text, items of a list, entries of a map.
fn length(value: &Value) -> Option<f64> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        _ => return None,
    };
    // No limit comes near four billion.
    Some(u32::try_from(length).unwrap_or(u32::MAX).into())
}

impl fmt::Display for Constraint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Member must ")?;
        match self {
            Self::LengthAtMost(most) => write!(f, "have length less than or equal to {most}"),
            Self::LengthAtLeast(least) => {
                write!(f, "have length greater than or equal to {least}")
            }
            Self::ValueAtMost(most) => write!(f, "have value less than or equal to {most}"),
            Self::ValueAtLeast(least) => write!(f, "have value greater than or equal to {least}"),
            Self::Pattern(shape) => {
                let pattern = shape.pattern().unwrap_or_default();
                write!(f, "satisfy regular expression pattern: {pattern}")
            }
            Self::OneOf { told, .. } => write!(f, "satisfy enum value set: [{}]", told.join(", ")),
            Self::NotNull => f.write_str("not be null"),
        }
    }
}

/// `[Member must …, Member must …]`
pub(super) fn together(constraints: &[Constraint<'_>]) -> String {
    let told: Vec<String> = constraints.iter().map(ToString::to_string).collect();
    format!("[{}]", told.join(", "))
}
