//! Requests of the tasks of the studio other than an estimate.

use ijsberg_analysis::{DelaysRequest, LateRequest};
use ijsberg_mse::delays::DelaySettings;
use ijsberg_mse::design::PlanSettings;
use ijsberg_tables::Choices;

/// What is asked of a plan.
#[derive(Debug, Clone)]
pub(crate) struct PlanRequest {
    pub(crate) choices: Choices,
    pub(crate) changes: PlanSettings,
}

/// What is asked of a preliminary figure.
#[derive(Debug, Clone)]
pub(crate) struct NowcastRequest {
    pub(crate) choices: Choices,
    pub(crate) wanted: LateRequest,
}

/// What is asked about delays, and the same with its months read.
#[derive(Debug, Clone)]
pub(crate) struct CompletionRequest {
    pub(crate) wanted: DelaysRequest,
    pub(crate) asked: DelaySettings,
}
