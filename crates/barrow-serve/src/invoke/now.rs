//! An invoke whose caller waits.

use barrow_local::environment::{Invocation, Invoked};
use barrow_local::pool::{PlaceError, Refused};

use super::{Request, targets};
use crate::api::Refusal;
use crate::service::Service;

/// What became of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub invoked: Invoked,
    /// `$LATEST` or a number.
    pub version: String,
}

pub(crate) async fn invoke(service: &Service, request: Request) -> Result<Outcome, Refusal> {
    let target = targets::find(service, &request.named).await?;
    let invocation = Invocation {
        request: request.id,
        event: request.payload,
        function_arn: target.invoked_arn.clone(),
        trace: request.trace,
        client_context: request.client_context,
        cognito_identity: None,
    };
    let invoked = service
        .pool
        .invoke(&target.key, &target.recipe, invocation, target.limits)
        .await
        .map_err(refused)?;
    Ok(Outcome {
        invoked,
        version: target.version.to_string(),
    })
}

fn refused(refused: Refused) -> Refusal {
    match refused {
        Refused::TooMany(reason) => {
            Refusal::new("TooManyRequestsException", "Rate Exceeded.").with("Reason", reason.name())
        }
        Refused::Place(PlaceError::Function { kind, message }) => {
            Refusal::invalid(format!("{kind}: {message}"))
        }
        // No interpreter, no sandbox: asking again does not help.
        Refused::Place(PlaceError::Machine { source }) => Refusal::invalid(source.to_string()),
        Refused::Start(error) => failed(&error.to_string()),
        Refused::ShuttingDown => failed("the service is ending"),
    }
}

fn failed(why: &str) -> Refusal {
    Refusal::new("ServiceException", why)
}
