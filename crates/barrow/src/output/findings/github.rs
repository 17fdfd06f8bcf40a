//! Findings as workflow commands, a line each.
//!
//! Values are escaped as the runner's own toolkit does it: `%`, line ends, and in properties also
//! `:` and `,`.

use barrow_check::{Finding, Level};

/// `::error file=app.zip,title=foreign-machine::message`.
///
/// Files inside a package are no files of the repository, so the annotation stands at the package
/// and names them in its text.
pub(super) fn command(finding: &Finding, package: &str) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let text = finding.to_string();
    let text = text
        .split_once(": ")
        .map_or(text.as_str(), |(_, text)| text);
    format!(
        "::{command} file={},title={}::{}",
        property(package),
        property(finding.check.name),
        data(text.trim_end())
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_is_made_of_is_escaped() {
        let check = barrow_check::checks::ALL[0];
        let finding = Finding::new(check, "50% of it").hint("a\nb");
        assert_eq!(
            command(&finding, "a,b:c.zip"),
            format!(
                "::{} file=a%2Cb%3Ac.zip,title={}::50%25 of it%0Ahint: a%0Ab",
                if finding.level == Level::Note {
                    "notice"
                } else {
                    finding.level.as_str()
                },
                check.name
            )
        );
    }
}
