//! Which calls of the runtime API may follow which: what Lambda allows, as a value.

/// Where the function's process is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// It runs its module's code.
    Started,
    /// Its module's code has failed.
    InitError,
    /// It waits for an event.
    Ready,
    /// It has an event.
    Running { request: String },
    /// It has answered, and has not asked for the next event yet.
    ResponseSent,
}

/// Why a call was turned down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not in this state; the names are those of the real API's messages.
    Transition {
        from: &'static str,
        to: &'static str,
    },
    /// The answer is to a request that is not the current one.
    UnknownRequest,
}

/// What asking for the next event leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// It is ready from now on, and has to wait.
    BecameReady,
    /// It was waiting already.
    StillReady,
    /// It has an event that it did not answer, and gets it again.
    Again,
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::Started => "Started",
            Self::InitError => "InitError",
            Self::Ready => "Ready",
            Self::Running { .. } => "Running",
            Self::ResponseSent => "RuntimeResponseSentState",
        }
    }

    pub(crate) fn next(&mut self) -> Result<Next, Refusal> {
        match self {
            Self::Started | Self::ResponseSent => {
                *self = Self::Ready;
                Ok(Next::BecameReady)
            }
            Self::Ready => Ok(Next::StillReady),
            Self::Running { .. } => Ok(Next::Again),
            Self::InitError => Err(self.refused("Ready")),
        }
    }

    pub(crate) fn deliver(&mut self, request: &str) {
        *self = Self::Running {
            request: request.to_owned(),
        };
    }

    /// An answer, good or bad.
    pub(crate) fn answer(&mut self, request: &str, to: &'static str) -> Result<(), Refusal> {
        match self {
            Self::Running { request: current } if current == request => {
                *self = Self::ResponseSent;
                Ok(())
            }
            Self::Running { .. } | Self::Ready | Self::Started => Err(Refusal::UnknownRequest),
            _ => Err(self.refused(to)),
        }
    }

    pub(crate) fn init_error(&mut self) -> Result<(), Refusal> {
        if *self != Self::Started {
            return Err(self.refused("InitError"));
        }
        *self = Self::InitError;
        Ok(())
    }

    fn refused(&self, to: &'static str) -> Refusal {
        Refusal::Transition {
            from: self.name(),
            to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_started_once_and_answers_each_event_once() {
        let mut state = State::Started;
        assert_eq!(state.next(), Ok(Next::BecameReady));
        for request in ["a", "b"] {
            state.deliver(request);
            assert_eq!(state.next(), Ok(Next::Again));
            assert_eq!(state.answer("other", "X"), Err(Refusal::UnknownRequest));
            assert_eq!(state.answer(request, "X"), Ok(()));
            assert!(matches!(
                state.answer(request, "InvocationResponse"),
                Err(Refusal::Transition {
                    from: "RuntimeResponseSentState",
                    ..
                })
            ));
            assert_eq!(state.next(), Ok(Next::BecameReady));
        }
        assert!(state.init_error().is_err());
    }

    #[test]
    fn after_an_error_at_start_there_is_no_next_event() {
        let mut state = State::Started;
        assert_eq!(state.init_error(), Ok(()));
        assert_eq!(
            state.next(),
            Err(Refusal::Transition {
                from: "InitError",
                to: "Ready"
            })
        );
        assert!(state.init_error().is_err());
    }
}
