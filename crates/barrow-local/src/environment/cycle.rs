//! The life of one environment, and what the caller of each invoke gets.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use jiff::Timestamp;
use tokio::time::Instant;

use super::circumstances::Circumstances;
use super::failure::Failure;
use super::function::Function;
use super::invocation::{Invocation, Invoked};
use super::place::Place;
use super::report::{self, InitReport, Report, Status, SystemLog};
use super::running::{Given, Happening, Running};
use super::start::{Spare, StartError};
use super::tail::Log;
use crate::processes::End;
use crate::runtime_api::{self, Payload};

/// What module code has before an event is there.
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// Takes the log, a line or a record of several lines at a time, without the last line's end.
pub type Sink = Box<dyn FnMut(&[u8]) + Send>;

/// One environment of one function.
pub struct Environment {
    function: Arc<Function>,
    place: Arc<Place>,
    circumstances: Arc<Circumstances>,
    log: Log,
    phase: Phase,
    /// For the first start.
    spare: Option<Spare>,
}

#[expect(clippy::large_enum_variant, reason = "there is one per environment")]
enum Phase {
    /// Nothing has been tried yet.
    New,
    /// Waiting for an event. `init` is what no report has told yet.
    Ready {
        running: Running,
        init: Option<Duration>,
    },
    /// There is no process; the next event starts one.
    Down,
}

/// A process that could not take an event: why, and what memory it used.
struct NotReady {
    why: Why,
    most_bytes: u64,
}

enum Why {
    Raised(runtime_api::Error),
    Failed(Failure),
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("function", &self.function.name)
            .finish_non_exhaustive()
    }
}

impl Environment {
    pub fn new(
        function: impl Into<Arc<Function>>,
        place: impl Into<Arc<Place>>,
        circumstances: Circumstances,
        sink: Sink,
    ) -> Self {
        Self {
            function: function.into(),
            place: place.into(),
            circumstances: Arc::new(circumstances),
            log: Log::new(sink),
            phase: Phase::New,
            spare: None,
        }
    }

    /// The first start begins with what was prepared for it.
    #[must_use]
    pub fn from_spare(mut self, spare: Option<Spare>) -> Self {
        self.spare = spare;
        self
    }

    /// Starts the process and lets its module's code run. A function that fails here is not an
    /// error of ours: it fails again, and is answered for, when the first event is there.
    ///
    /// The first invoke does this itself, if nobody has.
    pub async fn init(&mut self) -> Result<(), StartError> {
        let started = Instant::now();
        let ready = self.start(started + INIT_LIMIT, INIT_LIMIT).await?;
        let duration = started.elapsed();
        self.phase = match ready {
            Ok(running) => Phase::Ready {
                running,
                init: Some(duration),
            },
            Err(not_ready) => {
                self.report_init(duration, "init", &not_ready);
                Phase::Down
            }
        };
        Ok(())
    }

    /// Gives the function an event and waits until it has dealt with it. Afterwards it still runs:
    /// who has no other event for it at once lets it stand still ([`Environment::freeze`]).
    pub async fn invoke(&mut self, invocation: Invocation) -> Result<Invoked, StartError> {
        if matches!(self.phase, Phase::New) {
            self.init().await?;
        }
        self.log.begin();
        let log = SystemLog(self.function.logging);
        let request = invocation.request.clone();
        let limit = self.function.timeout.duration();
        let started = Instant::now();
        let deadline = started + limit;

        let (running, init) = match std::mem::replace(&mut self.phase, Phase::Down) {
            Phase::Ready { running, init } => (Ok(running), init),
            Phase::New | Phase::Down => (self.start(deadline, limit).await?, None),
        };
        let mut running = match running {
            Ok(running) => running,
            Err(not_ready) => {
                self.report_init(started.elapsed(), "invoke", &not_ready);
                self.say(log.start(&request, &self.function.version, Timestamp::now()));
                return Ok(self.never_ready(&request, started.elapsed(), not_ready));
            }
        };

        self.say(log.start(&request, &self.function.version, Timestamp::now()));
        let remaining = deadline.saturating_duration_since(Instant::now());
        let event = invocation.event(remaining);
        running.deliver(event).await;
        let (answer, failure) = self.wait(&mut running, deadline, limit).await;
        let report = Report {
            request,
            duration: started.elapsed(),
            init,
            memory_size: self.function.memory,
            most_bytes: running.most_bytes(),
            status: Status::Success,
        };
        if failure.is_none() {
            self.phase = Phase::Ready {
                running,
                init: None,
            };
        } else {
            running.end().await;
        }
        Ok(self.conclude(outcome(answer, failure), report))
    }

    /// Nothing of the function runs until the next event.
    pub fn freeze(&mut self) {
        if let Phase::Ready { running, .. } = &mut self.phase {
            running.freeze();
        }
    }

    /// Whether an event can be given to it. One whose process was ended from outside while it
    /// waited cannot take one; one that has no process yet starts it.
    pub fn is_alive(&mut self) -> bool {
        match &mut self.phase {
            Phase::Ready { running, .. } => running.is_alive(),
            Phase::New | Phase::Down => true,
        }
    }

    /// Returns when the process that waits for an event has ended, which it does not by itself.
    pub async fn died(&mut self) {
        match &mut self.phase {
            Phase::Ready { running, .. } => running.died().await,
            Phase::New | Phase::Down => std::future::pending().await,
        }
    }

    /// Ends its processes, and returns when they have. Dropping does the same, but makes the
    /// thread wait.
    pub async fn end(self) {
        if let Phase::Ready { running, .. } = self.phase {
            running.end().await;
        }
    }

    /// What the function answers, and what keeps it from asking for the next event.
    async fn wait(
        &mut self,
        running: &mut Running,
        deadline: Instant,
        limit: Duration,
    ) -> (Option<Given>, Option<Failure>) {
        let mut answer = None;
        loop {
            match running.happens(deadline, &mut self.log).await {
                Happening::Ready => return (answer, None),
                Happening::Answered(given) => answer = Some(given),
                // The state machine lets no such call through while there is an event.
                Happening::InitError(_) => {}
                Happening::Deadline => return (answer, Some(Failure::TimedOut { after: limit })),
                Happening::Ended(end) => return (answer, Some(Failure::Exited(end))),
            }
        }
    }

    /// A new process, up to its first call for an event.
    async fn start(
        &mut self,
        deadline: Instant,
        limit: Duration,
    ) -> Result<Result<Running, NotReady>, StartError> {
        let (function, place) = (Arc::clone(&self.function), Arc::clone(&self.place));
        let circumstances = Arc::clone(&self.circumstances);
        let mut running = Running::start(function, place, circumstances, self.spare.take()).await?;
        let why = match running.happens(deadline, &mut self.log).await {
            // Its first event is there already, so it goes on at once, as on Lambda.
            Happening::Ready => return Ok(Ok(running)),
            Happening::InitError(error) => {
                // It ends itself now; what it still says belongs to this start.
                running.last_words(&mut self.log).await;
                Why::Raised(error)
            }
            Happening::Ended(end) => Why::Failed(Failure::Exited(end)),
            Happening::Deadline | Happening::Answered(_) => {
                Why::Failed(Failure::TimedOut { after: limit })
            }
        };
        let most_bytes = running.most_bytes();
        running.end().await;
        Ok(Err(NotReady { why, most_bytes }))
    }

    fn report_init(&mut self, duration: Duration, phase: &'static str, not_ready: &NotReady) {
        let report = InitReport {
            duration,
            phase,
            initialization: self.circumstances.initialization,
            status: not_ready.status(),
        };
        let line = SystemLog(self.function.logging).init_report(&report, Timestamp::now());
        self.say(line);
    }

    /// The answer for an event that no process could take.
    fn never_ready(&mut self, request: &str, duration: Duration, not_ready: NotReady) -> Invoked {
        let status = not_ready.status();
        let outcome = match not_ready.why {
            Why::Raised(error) => Outcome {
                payload: error.body,
                raised: true,
                failure: None,
            },
            Why::Failed(failure) => Outcome::failed(failure),
        };
        let report = Report {
            request: request.to_owned(),
            duration,
            init: None,
            memory_size: self.function.memory,
            most_bytes: not_ready.most_bytes,
            status,
        };
        self.conclude(outcome, report)
    }

    /// Writes the end of the log, and puts together what the caller gets.
    fn conclude(&mut self, outcome: Outcome, mut report: Report) -> Invoked {
        let log = SystemLog(self.function.logging);
        let now = Timestamp::now();
        if let Some(failure) = &outcome.failure {
            self.say(failure.log_lines(&report.request, &report::iso(now)));
            report.status = match failure {
                Failure::TimedOut { .. } => Status::Timeout,
                other => Status::Error(other.kind().to_owned()),
            };
        } else if outcome.raised && report.status == Status::Success {
            report.status = Status::Raised;
        }
        self.say(log.end(&report, now));
        self.say(log.report(&report, now));
        let payload = match &outcome.failure {
            Some(failure) => Bytes::from(failure.payload(&report.request)),
            None => outcome.payload,
        };
        Invoked {
            payload,
            failed: outcome.raised || outcome.failure.is_some(),
            failure: outcome.failure,
            version: self.function.version.clone(),
            report,
            log_tail: self.log.tail(),
        }
    }

    fn say(&mut self, line: Option<String>) {
        if let Some(line) = line {
            self.log.write(line.as_bytes());
        }
    }
}

impl NotReady {
    fn status(&self) -> Status {
        match &self.why {
            Why::Raised(error) => Status::Error(error.kind.clone()),
            Why::Failed(Failure::TimedOut { .. }) => Status::Timeout,
            Why::Failed(failure) => Status::Error(failure.kind().to_owned()),
        }
    }
}

/// What becomes of an event.
struct Outcome {
    payload: Bytes,
    /// The function has reported an error itself.
    raised: bool,
    failure: Option<Failure>,
}

impl Outcome {
    fn failed(failure: Failure) -> Self {
        Self {
            payload: Bytes::new(),
            raised: false,
            failure: Some(failure),
        }
    }
}

/// An answer that was given counts, whatever became of the process afterwards.
fn outcome(answer: Option<Given>, failure: Option<Failure>) -> Outcome {
    let good = |payload: Bytes, raised| Outcome {
        payload,
        raised,
        failure: None,
    };
    match (answer, failure) {
        (Some(Given::Answer(Payload::Whole(body))), _) => good(body, false),
        (Some(Given::Answer(Payload::TooLarge)), _) => Outcome::failed(Failure::ResponseTooLarge),
        (Some(Given::Answer(Payload::Broken(error)) | Given::Error(error)), _) => {
            good(error.body, true)
        }
        (None, Some(failure)) => Outcome::failed(failure),
        // Asking for the next event without an answer to this one: the client's own fault.
        (None, None) => Outcome::failed(Failure::Exited(End::Code(0))),
    }
}
