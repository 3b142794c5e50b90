//! Estimates from elsewhere as objects of JSON.

use serde::Deserialize;
use serde_json::Value;

use crate::WrittenEstimate;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EstimateJson {
    name: String,
    kind: String,
    source: Option<String>,
    year: Option<Year>,
    estimate: f64,
    lower: Option<f64>,
    upper: Option<f64>,
    level: Option<f64>,
}

/// A year as a number or as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Year {
    Number(i64),
    Text(String),
}

/// An estimate from elsewhere; nothing where a part is missing, unknown or no text or number as it should be.
pub(super) fn from_json(value: &Value) -> Option<WrittenEstimate> {
    let EstimateJson { name, kind, source, year, estimate, lower, upper, level } =
        EstimateJson::deserialize(value).ok()?;
    let year = match year {
        Some(Year::Number(year)) => year.to_string(),
        Some(Year::Text(year)) => year,
        None => String::new(),
    };
    let source = source.unwrap_or_default();
    Some(WrittenEstimate { name, kind, source, year, estimate, lower, upper, level })
}
