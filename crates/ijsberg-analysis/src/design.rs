//! From a table to what would give a better answer about it.

use ijsberg_mse::design::{PlanSettings, plan};
use ijsberg_mse::histories::Histories;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::methods::Progress;
use ijsberg_report::design::Design;
use ijsberg_report::text::Text;
use ijsberg_tables::{Choices, Contents, ReadError};

use crate::{AnalysisError, Source, counts_of, hidden, middle};

/// Works out what would give a better answer. `warn` receives which suppressed counts were drawn, in words of `text`.
///
/// # Errors
/// See [`AnalysisError`].
pub fn design(
    source: &Source,
    input: &str,
    choices: &Choices,
    asked: &PlanSettings,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Design, AnalysisError> {
    if counts_of(&source.cells, choices)?.is_some() {
        return Err(AnalysisError::DesignOfCounts);
    }
    let (tables, put_back, linked) = match source.cells.open(choices)? {
        Contents::Table(table) => (vec![table.histories], false, false),
        Contents::Draws(draws) => {
            (draws.tables.into_iter().map(|t| t.histories).collect(), draws.put_back, true)
        }
        Contents::Hidden(table) => {
            let tables = hidden::complete(&table, asked.seed)?;
            let told = [("n", table.hidden().len().to_string()), ("draws", tables.len().to_string())];
            warn(text.fill("note-hidden-drawn", &told));
            (tables.into_iter().map(|t| t.histories).collect::<Vec<Histories>>(), false, false)
        }
    };
    let chosen = middle(&tables, Histories::n).ok_or(AnalysisError::Read(ReadError::Nobody))?;
    let engine = Engine::new(&tables[chosen]);
    let draws = if linked { tables.as_slice() } else { &[] };
    let plan = plan(&engine, draws, linked && !put_back, asked, progress)?;
    Ok(Design {
        plan,
        lists: engine.histories().lists().to_vec(),
        asked: asked.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: input.to_owned(),
        sha256: source.sha256.clone(),
    })
}
