//! What is known of a case, and whether it is even a slight indication.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::answer::Answers;

/// What is known of a case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The organisation's own key; never a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The day of the facts; the law of that day counts. Without it the newest law is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts_on: Option<Date>,
    /// Facts that courts weigh; shown, never counted.
    #[serde(default)]
    pub facts: Facts,
    /// Answers by question.
    pub answers: Answers,
}

/// Facts that courts weigh: duration and nature of the work, restriction, gain. There is no threshold for any of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Facts {
    /// How long it lasted, in months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<f64>,
    /// Hours of work a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_a_week: Option<f64>,
    /// Pay an hour, in euro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_an_hour: Option<f64>,
    /// Share of the income handed over, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_handed_over: Option<f64>,
    /// Debt, in euro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debt: Option<f64>,
}

/// Layer A: is there even a slight indication?
#[derive(Debug, Clone, Serialize)]
pub struct Threshold {
    /// Whether there is; if not, it says no more than *not yet*.
    pub indication: bool,
    /// Questions answered yes, or sets of them, that are one.
    pub by: Vec<String>,
    /// Questions that would be one and are open.
    pub open: Vec<String>,
}
