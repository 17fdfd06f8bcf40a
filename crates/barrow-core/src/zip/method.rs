//! Compression methods: the two that Lambda unpacks, and the names of the others.

/// How an entry's bytes are held in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Method {
    Stored,
    Deflated,
}

impl Method {
    /// `None` for a method that has to be recoded before it can be spliced.
    pub fn from_number(number: u16) -> Option<Self> {
        match number {
            0 => Some(Self::Stored),
            8 => Some(Self::Deflated),
            _ => None,
        }
    }

    pub fn number(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflated => 8,
        }
    }
}

/// What the format calls a method (APPNOTE 4.4.5).
pub fn name(number: u16) -> &'static str {
    match number {
        0 => "stored",
        1 => "shrink",
        2..=5 => "reduce",
        6 => "implode",
        8 => "deflate",
        9 => "deflate64",
        12 => "bzip2",
        14 => "lzma",
        93 => "zstd",
        95 => "xz",
        98 => "ppmd",
        99 => "AES encryption",
        _ => "an unknown method",
    }
}
