//! Functions, and what comes back from them.

use std::sync::{Arc, LazyLock, Mutex};

use barrow_local::environment::{
    Credentials, Function, InSandbox, Invocation, Invoked, Logging, Place, new_request_id,
    new_trace,
};
use barrow_local::pool::{Key, Limits, Pool, Recipe, Refused};
use barrow_local::python::Interpreter;
use barrow_local::sandbox::{Base, Network, Trees};
use barrow_model::{EphemeralStorage, MemorySize, Runtime, Timeout};
use camino::Utf8PathBuf;
use serde_json::Value;

use super::host;

pub(crate) const PLENTY: Limits = Limits {
    reserved: None,
    unreserved: 1000,
};

static INTERPRETER: LazyLock<(Runtime, Interpreter)> = LazyLock::new(host::interpreter);

/// One function of one account.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) key: Key,
    pub(crate) recipe: Arc<Recipe>,
    /// Log streams and the lines in them, in the order of their coming.
    pub(crate) log: Arc<Mutex<Vec<(String, String)>>>,
}

impl Subject {
    pub(crate) fn new(name: &str) -> Self {
        Self::in_place(name, place)
    }

    pub(crate) fn in_place(name: &str, place: impl Fn() -> Place + Send + Sync + 'static) -> Self {
        Self::made(name, "app.handler", place)
    }

    pub(crate) fn with_handler(name: &str, handler: &str) -> Self {
        Self::made(name, handler, place)
    }

    fn made(name: &str, handler: &str, place: impl Fn() -> Place + Send + Sync + 'static) -> Self {
        let log = Arc::<Mutex<Vec<(String, String)>>>::default();
        let lines = Arc::clone(&log);
        let recipe = Recipe::new(function(name, handler), move || Ok(place()))
            .with_credentials(|| Credentials {
                access_key_id: "ASIATEST".to_owned(),
                ..Credentials::default()
            })
            .with_log(move |stream| {
                let (stream, lines) = (stream.to_owned(), Arc::clone(&lines));
                Box::new(move |line: &[u8]| {
                    let line = String::from_utf8_lossy(line).into_owned();
                    lines.lock().unwrap().push((stream.clone(), line));
                })
            });
        Self {
            key: Key {
                function: format!("arn:aws:lambda:us-east-1:000000000000:function:{name}"),
                version: "$LATEST".to_owned(),
                revision: "1".to_owned(),
            },
            recipe: Arc::new(recipe),
            log,
        }
    }

    /// The same function after a change.
    pub(crate) fn revised(&self, revision: &str) -> Self {
        let mut revised = Self::new(&self.recipe.function().name);
        revision.clone_into(&mut revised.key.revision);
        revised
    }

    pub(crate) async fn try_invoke(
        &self,
        pool: &Pool,
        event: &str,
        limits: Limits,
    ) -> Result<Invoked, Refused> {
        let invocation = self.invocation(event);
        pool.invoke(&self.key, &self.recipe, invocation, limits)
            .await
    }

    pub(crate) fn invocation(&self, event: &str) -> Invocation {
        Invocation {
            request: new_request_id(),
            event: event.to_owned().into(),
            function_arn: self.key.function.clone(),
            trace: new_trace(),
            client_context: None,
            cognito_identity: None,
        }
    }

    pub(crate) async fn invoke(&self, pool: &Pool, event: &str) -> Value {
        answer(&self.try_invoke(pool, event, PLENTY).await.unwrap())
    }

    /// The same beside the test.
    pub(crate) fn start(&self, pool: &Pool, event: &str) -> tokio::task::JoinHandle<Value> {
        let (subject, pool, event) = (self.clone(), pool.clone(), event.to_owned());
        tokio::spawn(async move { subject.invoke(&pool, &event).await })
    }
}

pub(crate) fn answer(invoked: &Invoked) -> Value {
    let payload = serde_json::from_slice(&invoked.payload).unwrap();
    assert!(!invoked.failed, "{payload}");
    payload
}

pub(crate) fn function(name: &str, handler: &str) -> Function {
    Function {
        name: name.to_owned(),
        version: "$LATEST".to_owned(),
        arn: String::new(),
        region: "us-east-1".to_owned(),
        handler: handler.to_owned(),
        runtime: INTERPRETER.0,
        memory: MemorySize::DEFAULT,
        timeout: Timeout::DEFAULT,
        storage: EphemeralStorage::DEFAULT,
        variables: Vec::new(),
        logging: Logging::default(),
        log_group: Function::usual_log_group(name),
    }
}

pub(crate) fn place() -> Place {
    place_with(None, None)
}

/// With a runtime and an SDK from elsewhere.
pub(crate) fn place_with(runtime: Option<&String>, site_packages: Option<&String>) -> Place {
    let folder = |name| {
        Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/function")
            .join(name)
    };
    Place::Sandbox(InSandbox {
        base: Base::Host {
            interpreter: INTERPRETER.1.clone(),
            runtime: runtime.map_or_else(|| folder("runtime"), Utf8PathBuf::from),
            site_packages: site_packages.map(Utf8PathBuf::from),
        },
        trees: Trees {
            task: folder("task"),
            opt: None,
            home: None,
        },
        network: Network::Host,
    })
}
