//! Patterns as they are documented, and as they are made at random.

mod documented;
mod properties;
