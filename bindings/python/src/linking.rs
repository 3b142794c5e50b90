//! Lists that are linked: tables go in, tables of who belongs together come out.

use std::time::{SystemTime, UNIX_EPOCH};

use ijsberg_analysis::linkage::{LinkRequest, link_files, year_after};
use ijsberg_mse::methods::Progress;
use ijsberg_report::text::Text;

use crate::frames::Table;

/// The arguments of a linkage, as Python passes them.
pub(crate) struct LinkArguments {
    /// The lists, each with its name.
    pub(crate) lists: Vec<(String, Table)>,
    /// Columns that the draws keep.
    pub(crate) covariates: Vec<String>,
    pub(crate) draws: usize,
    pub(crate) seed: u64,
}

/// Rows of who belongs together, a table of draws, and how many persons each draw has.
pub(crate) type Tables = (String, String, Vec<f64>);

/// Links lists, or says which of them cannot be and why.
pub(crate) fn linked(asked: &LinkArguments, text: &Text, progress: &dyn Progress) -> Result<Tables, String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let wanted = LinkRequest {
        lists: asked.lists.iter().map(|(name, list)| (name.as_str(), list.input())).collect(),
        covariates: &asked.covariates,
        draws: asked.draws,
        seed: asked.seed,
        this_year: year_after(now),
    };
    let made = link_files(&wanted, progress).map_err(|e| e.in_words(text))?;
    Ok((made.linked, made.draws, made.found.draws.persons.concat()))
}
