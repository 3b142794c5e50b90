//! Lists that are linked: bytes of tables go in, tables of who belongs together come out.

use ijsberg_analysis::linkage::{Drawn, histories_csv, linked_csv, list_of};
use ijsberg_linkage::covariates::Covariates;
use ijsberg_linkage::link::link as link_records;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::schema::{Rows, Schema};
use ijsberg_mse::methods::Progress;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::{Cells, Limits};

/// What Python asks of lists.
pub(crate) struct Asked {
    /// The lists, each with its name.
    pub(crate) lists: Vec<(String, Vec<u8>)>,
    /// Columns that the draws keep.
    pub(crate) covariates: Vec<String>,
    pub(crate) draws: usize,
    pub(crate) seed: u64,
}

/// Rows of who belongs together, a table of draws, and how many persons each draw has.
pub(crate) type Tables = (String, String, Vec<f64>);

/// The year of the calendar, to the day.
fn this_year() -> i16 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let days = since.map_or(0, |s| s.as_secs() / 86_400);
    i16::try_from(1970 + days * 400 / 146_097).unwrap_or(i16::MAX)
}

/// Links lists, or says which of them cannot be and why.
pub(crate) fn linked(asked: &Asked, text: &Text, progress: &dyn Progress) -> Result<Tables, String> {
    let mut grids = Vec::new();
    for (name, bytes) in &asked.lists {
        let grid = Cells::read(bytes, Limits::OWN)
            .and_then(list_of)
            .map_err(|e| format!("{name}: {}", errors::read_error(text, &e)))?;
        grids.push(grid);
    }
    let mut schemas: Vec<Schema> = grids.iter().map(|g| Schema::propose(&g.header)).collect();
    // Nobody on a list is born after today.
    schemas.iter_mut().for_each(|s| s.two_digit_years_until = Some(this_year()));
    let rows: Vec<Rows<'_>> = asked
        .lists
        .iter()
        .zip(&grids)
        .map(|((name, _), g)| Rows { name, header: &g.header, rows: &g.rows })
        .collect();
    let records = Schema::records_by(&schemas, &rows).map_err(|e| errors::schema_error(text, &e))?;
    let covariates = Covariates::of(&rows, &records, &asked.covariates)
        .map_err(|e| errors::covariate_of_lists(text, &e))?;
    let caps = schemas.first().map(|s| s.caps(&records.lists)).unwrap_or_default();
    let usual = Sampling::default();
    let kept = asked.draws.div_ceil(usual.chains).max(100);
    let sampling = Sampling { draws: kept, caps, least: asked.draws, seed: asked.seed, ..usual };
    let files: Vec<String> = asked.lists.iter().map(|l| l.0.clone()).collect();
    progress.stage("link", (sampling.chains * (sampling.burn_in + sampling.draws * sampling.thin)) as u64);
    let linked = link_records(&records.records, &sampling, &|| progress.tick());
    let how = Drawn {
        draws: asked.draws,
        seed: asked.seed,
        resolved: None,
        as_compared: false,
        covariates: &covariates,
    };
    let draws = histories_csv(&records, &linked, how);
    Ok((linked_csv(&records, &files, &linked), draws, linked.draws.persons.concat()))
}
