//! Continuation tokens: where the next page begins, in a form that clients only hand back.

use data_encoding::BASE64URL_NOPAD;

use super::page::From;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    AfterKey(String),
    AfterPrefix(String),
}

impl Token {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        match text.split_at_checked(1)? {
            ("k", key) => Some(Self::AfterKey(key.to_owned())),
            ("p", prefix) => Some(Self::AfterPrefix(prefix.to_owned())),
            _ => None,
        }
    }

    pub(crate) fn to_text(&self) -> String {
        let text = match self {
            Self::AfterKey(key) => format!("k{key}"),
            Self::AfterPrefix(prefix) => format!("p{prefix}"),
        };
        BASE64URL_NOPAD.encode(text.as_bytes())
    }

    pub(crate) fn place(&self) -> From {
        match self {
            Self::AfterKey(key) => From::AfterKey(key.clone().into_bytes()),
            Self::AfterPrefix(prefix) => From::after_prefix(prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_went() {
        for token in [
            Token::AfterKey("a/b é".to_owned()),
            Token::AfterPrefix("a/".to_owned()),
        ] {
            assert_eq!(Token::parse(&token.to_text()), Some(token));
        }
        for wrong in ["", "x", "!!", "ABCD"] {
            assert_eq!(Token::parse(wrong), None);
        }
    }
}
