//! Slots in a text, written `{{name}}`.

/// Puts values into slots in one pass: what a value holds is never taken for a slot. A slot without
/// a value stays as it is.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let (before, slot) = rest.split_at(start);
        filled.push_str(before);
        let found = values.iter().find_map(|(name, value)| {
            let behind = slot[2..].strip_prefix(name)?.strip_prefix("}}")?;
            Some((value, behind))
        });
        if let Some((value, behind)) = found {
            filled.push_str(value);
            rest = behind;
        } else {
            filled.push_str("{{");
            rest = &slot[2..];
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_no_template() {
        let values = [("a", "{{b}}"), ("b", "2")];
        assert_eq!(
            fill("{{a}} {{b}} {{c}} {{{b}} {{", &values),
            "{{b}} 2 {{c}} {{{b}} {{"
        );
    }
}
