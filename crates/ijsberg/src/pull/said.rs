//! Why nothing comes, or no more, in the reader's language.

use std::path::Path;

use ijsberg_pull::PullError;
use ijsberg_report::errors::register::io_error;
use ijsberg_report::text::Text;

/// What is wrong. It contains nothing of a record, and not the token.
pub(super) fn said(text: &Text, error: &PullError) -> String {
    let at = |key: &str, path: &Path| text.fill(key, &[("path", path.display().to_string())]);
    match error {
        PullError::Address => text.say("pull-address"),
        PullError::Plain => text.say("pull-plain"),
        PullError::File { path, why } => {
            let parts = [("path", path.display().to_string()), ("why", io_error(text, why))];
            text.fill("pull-file", &parts)
        }
        PullError::Open { path } => at("pull-token-open", path),
        PullError::Secret { path } => at("pull-token-none", path),
        PullError::NoColumns => text.say("pull-no-columns"),
        PullError::Column => text.say("pull-column"),
        PullError::Twice { column } => text.fill("pull-column-twice", &[("column", column.clone())]),
        PullError::Silent { tries } => text.fill("pull-silent", &[("tries", tries.to_string())]),
        PullError::Certificate => text.say("pull-certificate"),
        PullError::Roots => text.say("pull-roots"),
        PullError::Refused => text.say("pull-refused"),
        PullError::NotThere => text.say("pull-nothing-there"),
        PullError::Moved => text.say("pull-moved"),
        PullError::Status(status) => text.fill("pull-status", &[("status", status.to_string())]),
        PullError::Large { most } => text.fill("pull-large", &[("most", most.to_string())]),
        PullError::Answer => text.say("pull-answer"),
        PullError::Loop => text.say("pull-loop"),
        PullError::Taken { path } => at("pull-taken", path),
        PullError::Other { path } => at("pull-other", path),
        PullError::Changed { path } => at("pull-changed", path),
        PullError::Busy { path } => at("pull-busy", path),
    }
}
