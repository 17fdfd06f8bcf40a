//! How the environments of one key are made.

use std::error::Error;
use std::io;
use std::sync::Arc;

use barrow_model::{Explain, Fault};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use crate::environment::{Credentials, Function, Place, Sink};

type MakePlace = dyn Fn() -> Result<Place, PlaceError> + Send + Sync;
type MakeLog = dyn Fn(&str) -> Sink + Send + Sync;
type Lend = dyn Fn() -> Credentials + Send + Sync;

/// A function, and what each of its environments needs.
pub struct Recipe {
    pub(super) function: Arc<Function>,
    make_place: Arc<MakePlace>,
    /// Made for the first environment, for all of them.
    place: OnceCell<Arc<Place>>,
    make_log: Box<MakeLog>,
    lend: Box<Lend>,
}

/// Why there is no place for a function to run in.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// It is the function's fault; these are Lambda's name and words for it.
    #[error("{kind}: {message}")]
    Function { kind: String, message: String },
    #[error("cannot make the function's surroundings")]
    Machine {
        source: Box<dyn Error + Send + Sync>,
    },
}

impl Recipe {
    /// `make_place` may take its time (unpacking): it is called on a thread of its own, until it
    /// has succeeded once. What the function logs goes nowhere.
    pub fn new(
        function: Function,
        make_place: impl Fn() -> Result<Place, PlaceError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            function: Arc::new(function),
            make_place: Arc::new(make_place),
            place: OnceCell::new(),
            make_log: Box::new(|_| Box::new(|_: &[u8]| {})),
            lend: Box::new(Credentials::default),
        }
    }

    /// `make_log` is called for every environment, with the name of its log stream. It must not
    /// block, nor must the sink.
    #[must_use]
    pub fn with_log(mut self, make_log: impl Fn(&str) -> Sink + Send + Sync + 'static) -> Self {
        self.make_log = Box::new(make_log);
        self
    }

    /// `lend` is called for every environment.
    #[must_use]
    pub fn with_credentials(
        mut self,
        lend: impl Fn() -> Credentials + Send + Sync + 'static,
    ) -> Self {
        self.lend = Box::new(lend);
        self
    }

    pub fn function(&self) -> &Function {
        &self.function
    }

    pub(super) async fn place(&self) -> Result<Arc<Place>, PlaceError> {
        let make = || async {
            let make_place = Arc::clone(&self.make_place);
            let made = spawn_blocking(move || make_place()).await;
            made.unwrap_or_else(|error| Err(PlaceError::machine(io::Error::other(error))))
                .map(Arc::new)
        };
        self.place.get_or_try_init(make).await.cloned()
    }

    pub(super) fn log(&self, stream: &str) -> Sink {
        (self.make_log)(stream)
    }

    pub(super) fn credentials(&self) -> Credentials {
        (self.lend)()
    }
}

impl PlaceError {
    pub fn machine(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Machine {
            source: source.into(),
        }
    }
}

impl Explain for PlaceError {
    fn fault(&self) -> Fault {
        match self {
            Self::Function { .. } => Fault::Input,
            Self::Machine { .. } => Fault::Machine,
        }
    }
}

impl std::fmt::Debug for Recipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recipe")
            .field("function", &self.function.name)
            .finish_non_exhaustive()
    }
}
