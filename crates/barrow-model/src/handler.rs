//! The name of the function that Lambda calls.

use std::fmt;
use std::str::FromStr;

/// `module.function`, where the module may be nested with `.` or `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    text: String,
    dot: usize,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{seen}` is not a handler; expected `module.function`, such as `{}`",
    Handler::DEFAULT
)]
pub struct ParseHandlerError {
    pub seen: String,
}

impl Handler {
    /// What the Lambda console and its guides use.
    pub const DEFAULT: &'static str = "lambda_function.lambda_handler";

    /// Lambda's own limit on the string (`CreateFunction`, field `Handler`).
    const LIMIT_BYTES: usize = 128;

    /// The file that must be in the package, without its ending: `a/b` of `a.b.handler`.
    pub fn module_path(&self) -> String {
        self.text[..self.dot].replace('.', "/")
    }

    pub fn function(&self) -> &str {
        &self.text[self.dot + 1..]
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Handler {
    type Err = ParseHandlerError;

    fn from_str(text: &str) -> Result<Self, ParseHandlerError> {
        let error = || ParseHandlerError {
            seen: text.to_owned(),
        };
        let dot = text.rfind('.').ok_or_else(error)?;
        let parts_are_named = text.split(['.', '/']).all(|part| !part.is_empty());
        if text.len() > Self::LIMIT_BYTES || text.contains(char::is_whitespace) || !parts_are_named
        {
            return Err(error());
        }
        Ok(Self {
            text: text.to_owned(),
            dot,
        })
    }
}

impl fmt::Display for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_all_but_the_last_part() {
        let handler: Handler = "src/app.main.handler".parse().unwrap();
        assert_eq!(handler.module_path(), "src/app/main");
        assert_eq!(handler.function(), "handler");
    }

    #[test]
    fn what_lambda_could_not_call_is_refused() {
        for text in [
            "",
            "handler",
            ".handler",
            "a.",
            "a..b",
            "a b.c",
            "/a.b",
            &"a.b".repeat(50),
        ] {
            assert!(text.parse::<Handler>().is_err(), "{text:?}");
        }
    }
}
