//! A module's facts, read or taken apart when somebody asks for them.
//!
//! Of the modules in a package a handler comes to few, and reading all the others was most of the
//! work of checking a plan.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use barrow_core::ReadAt;
use barrow_core::zip::{Span, copy_verified};
use barrow_model::Target;

use super::{Module, read};

/// A [`Module`], shared by the package that it is in and by what keeps it for the next build.
#[derive(Clone)]
pub struct Kept(Arc<Inner>);

struct Inner {
    origin: Origin,
    module: OnceLock<Box<Module>>,
}

enum Origin {
    /// The survey read it.
    Survey,
    /// An earlier build read it.
    Encoded(Box<[u8]>),
    /// It lies in a verified wheel.
    Unread {
        wheel: Arc<dyn ReadAt>,
        span: Span,
        target: Target,
    },
}

impl Kept {
    pub(crate) fn encoded(bytes: &[u8]) -> Self {
        Self::lazy(Origin::Encoded(bytes.into()))
    }

    pub(crate) fn unread(wheel: Arc<dyn ReadAt>, span: Span, target: Target) -> Self {
        Self::lazy(Origin::Unread {
            wheel,
            span,
            target,
        })
    }

    fn lazy(origin: Origin) -> Self {
        Self(Arc::new(Inner {
            origin,
            module: OnceLock::new(),
        }))
    }

    /// The module, if it was read together with its package, not left to those who ask for it.
    /// That somebody asked in the meantime makes no difference.
    pub fn surveyed(&self) -> Option<&Module> {
        match self.0.origin {
            Origin::Survey => Some(self),
            Origin::Encoded(_) | Origin::Unread { .. } => None,
        }
    }

    /// Whether asking for it means reading its source.
    pub(crate) fn is_unread(&self) -> bool {
        matches!(self.0.origin, Origin::Unread { .. }) && self.0.module.get().is_none()
    }

    /// What was found out about it that no earlier build kept.
    pub(crate) fn news(&self) -> Option<&Module> {
        match self.0.origin {
            Origin::Unread { .. } => self.0.module.get().map(|module| &**module),
            Origin::Survey | Origin::Encoded(_) => None,
        }
    }
}

impl Deref for Kept {
    type Target = Module;

    fn deref(&self) -> &Module {
        let inner = &*self.0;
        inner.module.get_or_init(|| Box::new(inner.origin.module()))
    }
}

impl Origin {
    /// A module without facts asks for nothing. It stands for what cannot be: the wheel was
    /// verified, and what was kept is guarded by a checksum.
    fn module(&self) -> Module {
        match self {
            Self::Survey => Module::default(),
            Self::Encoded(bytes) => postcard::from_bytes(bytes).unwrap_or_default(),
            Self::Unread {
                wheel,
                span,
                target,
            } => {
                let mut source = Vec::with_capacity(span.uncompressed_bytes as usize);
                let copied = copy_verified(&**wheel, span, &mut |bytes| {
                    source.extend_from_slice(bytes);
                });
                copied.map_or_else(|_| Module::default(), |()| read(&source, *target))
            }
        }
    }
}

impl From<Module> for Kept {
    fn from(module: Module) -> Self {
        Self(Arc::new(Inner {
            origin: Origin::Survey,
            module: OnceLock::from(Box::new(module)),
        }))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Kept {}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.module.get() {
            Some(module) => module.fmt(f),
            None => f.write_str("Kept(..)"),
        }
    }
}
