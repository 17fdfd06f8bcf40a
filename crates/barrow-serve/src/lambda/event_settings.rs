//! What an event source mapping has besides its function: by the kind of its source.

use serde_json::{Map, Value, json};

use crate::api::Refusal;

/// Where events come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Queue,
    Stream,
    Kafka,
    Broker,
    Documents,
    /// By a configuration instead of an ARN.
    SelfManaged,
    Unknown,
}

/// Members of a request that go into the answer as they are.
const MEMBERS: [&str; 25] = [
    "AmazonManagedKafkaEventSourceConfig",
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "DocumentDBEventSourceConfig",
    "EventSourceArn",
    "FilterCriteria",
    "FunctionResponseTypes",
    "KMSKeyArn",
    "LoggingConfig",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MetricsConfig",
    "ParallelizationFactor",
    "ProvisionedPollerConfig",
    "Queues",
    "ScalingConfig",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "StartingPosition",
    "StartingPositionTimestamp",
    "Topics",
    "TumblingWindowInSeconds",
];

impl Kind {
    pub(super) fn of(source: Option<&str>) -> Self {
        match source.and_then(|arn| arn.split(':').nth(2)) {
            None => Self::SelfManaged,
            Some("sqs") => Self::Queue,
            Some("kinesis" | "dynamodb") => Self::Stream,
            Some("kafka") => Self::Kafka,
            Some("mq") => Self::Broker,
            Some("rds") => Self::Documents,
            Some(_) => Self::Unknown,
        }
    }

    /// Why a mapping is in the state that it is in.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Queue => "USER_INITIATED",
            _ => "User action",
        }
    }

    /// What a mapping has that was given nothing else.
    fn defaults(self) -> Value {
        match self {
            Self::Queue => json!({
                "BatchSize": 10,
                "MaximumBatchingWindowInSeconds": 0,
                "FunctionResponseTypes": [],
            }),
            Self::Stream => json!({
                "BatchSize": 100,
                "MaximumBatchingWindowInSeconds": 0,
                "FunctionResponseTypes": [],
                "DestinationConfig": {"OnFailure": {}},
                "BisectBatchOnFunctionError": false,
                "MaximumRecordAgeInSeconds": -1,
                "MaximumRetryAttempts": -1,
                "ParallelizationFactor": 1,
                "TumblingWindowInSeconds": 0,
                "LastProcessingResult": "No records processed",
            }),
            _ => json!({
                "BatchSize": 100,
                "MaximumBatchingWindowInSeconds": 0,
                "LastProcessingResult": "No records processed",
            }),
        }
    }

    /// A source is mapped to a function once.
    pub(super) fn exists(self, source: &str, function: &str, id: &str) -> Refusal {
        let told = match self {
            Self::Queue => format!(
                "An event source mapping with SQS arn (\" {source} \") and function (\" \
                 {function} \") already exists. Please update or delete the existing mapping with \
                 UUID {id}"
            ),
            _ => format!(
                "The event source arn (\" {source} \") and function (\" {function} \") provided \
                 mapping already exists. Please update or delete the existing mapping with UUID \
                 {id}"
            ),
        };
        Refusal::conflict(told)
    }
}

/// Of a mapping that is being made.
pub(super) fn new(
    source: Option<&str>,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let kind = Kind::of(source);
    let is_self_managed = given.contains_key("SelfManagedEventSource");
    if kind == Kind::Unknown || (kind == Kind::SelfManaged && !is_self_managed) {
        return Err(Refusal::invalid("Unrecognized event source."));
    }
    let starts = matches!(kind, Kind::Stream | Kind::Kafka);
    if starts && !given.contains_key("StartingPosition") {
        return Err(Refusal::invalid(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy \
             constraint: Member must not be null.",
        ));
    }
    let mut settings = match kind.defaults() {
        Value::Object(defaults) => defaults,
        _ => Map::new(),
    };
    change(kind, &mut settings, given)?;
    Ok(settings)
}

/// Takes over what is given, if it goes together.
pub(super) fn change(
    kind: Kind,
    settings: &mut Map<String, Value>,
    given: &Map<String, Value>,
) -> Result<(), Refusal> {
    for name in MEMBERS {
        if let Some(value) = given.get(name) {
            settings.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(Value::Object(filters)) = settings.get("FilterCriteria")
        && filters
            .get("Filters")
            .and_then(Value::as_array)
            .is_none_or(Vec::is_empty)
    {
        settings.remove("FilterCriteria");
    }
    check_filters(settings)?;
    let number = |name: &str| settings.get(name).and_then(Value::as_i64).unwrap_or(0);
    let batch = number("BatchSize");
    let window = number("MaximumBatchingWindowInSeconds");
    if kind == Kind::Queue {
        let source = settings.get("EventSourceArn").and_then(Value::as_str);
        let is_fifo = source.is_some_and(|arn| arn.ends_with(".fifo"));
        if is_fifo && batch > 10 {
            return Err(Refusal::invalid(
                "Batch size must be between 1 and 10 for FIFO queues.",
            ));
        }
        if batch > 10 && window == 0 {
            return Err(Refusal::invalid(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is \
                 greater than 10",
            ));
        }
    }
    Ok(())
}

/// A pattern is an object in JSON.
fn check_filters(settings: &Map<String, Value>) -> Result<(), Refusal> {
    let filters = settings.get("FilterCriteria");
    let filters = filters.and_then(|criteria| criteria.get("Filters"));
    for filter in filters.and_then(Value::as_array).into_iter().flatten() {
        let pattern = filter.get("Pattern").and_then(Value::as_str);
        let parsed = pattern.and_then(|pattern| serde_json::from_str::<Value>(pattern).ok());
        if !parsed.is_some_and(|parsed| parsed.is_object()) {
            return Err(Refusal::invalid("Invalid filter pattern definition."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:q";

    fn made(source: Option<&str>, given: Value) -> Result<Map<String, Value>, String> {
        let Value::Object(given) = given else {
            unreachable!()
        };
        new(source, &given).map_err(|refusal| refusal.message)
    }

    #[test]
    fn what_is_not_given_is_by_the_kind_of_the_source() {
        let queue = made(Some(QUEUE), json!({"EventSourceArn": QUEUE})).unwrap();
        assert_eq!(queue["BatchSize"], 10);
        assert!(!queue.contains_key("ParallelizationFactor"));
        let stream = "arn:aws:kinesis:us-east-1:111122223333:stream/s";
        let stream = made(Some(stream), json!({"StartingPosition": "LATEST"})).unwrap();
        assert_eq!(stream["MaximumRetryAttempts"], -1);
        assert_eq!(stream["StartingPosition"], "LATEST");
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let stream = "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/1";
        for (source, given, expected) in [
            (None, json!({}), "Unrecognized event source."),
            (
                Some("arn:aws:s3:::b"),
                json!({}),
                "Unrecognized event source.",
            ),
            (
                Some(stream),
                json!({}),
                "1 validation error detected: Value null at",
            ),
            (
                Some(QUEUE),
                json!({"BatchSize": 11}),
                "Maximum batch window in seconds",
            ),
            (
                Some(QUEUE),
                json!({"FilterCriteria": {"Filters": [{"Pattern": "["}]}}),
                "Invalid filter pattern definition.",
            ),
        ] {
            let message = made(source, given).unwrap_err();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
