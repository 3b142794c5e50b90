//! Lists as files linked whole, for a program that wants tables: who belongs together, and draws.

use std::time::Duration;

use ijsberg_linkage::covariates::{CovariateError, Covariates};
use ijsberg_linkage::link::Linked;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::schema::{Rows, Schema, SchemaError};
use ijsberg_mse::methods::Progress;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::ReadError;

use super::{DrawOptions, histories_csv, link_records, linked_csv, list_of};
use crate::Input;

/// What is asked of lists that come as files.
#[derive(Debug, Clone)]
pub struct LinkRequest<'a> {
    /// The lists by name.
    pub lists: Vec<(&'a str, Input<'a>)>,
    /// Columns that the draws keep.
    pub covariates: &'a [String],
    /// Draws of tables.
    pub draws: usize,
    /// Seed of every random draw.
    pub seed: u64,
    /// The year of the calendar: nobody on a list is born after it.
    pub this_year: i16,
}

/// What comes of it.
#[derive(Debug, Clone)]
pub struct LinkTables {
    /// Rows of who belongs together, as [`linked_csv`] writes them.
    pub linked: String,
    /// Draws of capture histories, as [`histories_csv`] writes them.
    pub draws: String,
    /// The linkage itself.
    pub found: Linked,
}

/// Why files cannot be linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// A file cannot be read.
    #[error("{name}: {error}")]
    Read {
        /// The list.
        name: String,
        /// What is wrong with it.
        #[source]
        error: Box<ReadError>,
    },
    /// The lists do not hold what is linked by.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A column cannot be a covariate.
    #[error(transparent)]
    Covariates(#[from] CovariateError),
}

impl LinkError {
    /// What went wrong in the reader's language.
    pub fn in_words(&self, text: &Text) -> String {
        match self {
            Self::Read { name, error } => format!("{name}: {}", errors::read_error(text, error)),
            Self::Schema(e) => errors::schema_error(text, e),
            Self::Covariates(e) => errors::covariate_of_lists(text, e),
        }
    }
}

/// Links lists whose columns are recognised by their names.
///
/// # Errors
/// See [`LinkError`].
pub fn link_files(asked: &LinkRequest<'_>, progress: &dyn Progress) -> Result<LinkTables, LinkError> {
    let mut grids = Vec::with_capacity(asked.lists.len());
    for (name, list) in &asked.lists {
        let read = list.cells().and_then(|cells| list_of(cells.into_owned()));
        grids.push(read.map_err(|e| LinkError::Read { name: (*name).to_owned(), error: Box::new(e) })?);
    }
    let named = asked.lists.iter().zip(&grids);
    let rows: Vec<Rows<'_>> =
        named.map(|((name, _), g)| Rows { name, header: &g.header, rows: &g.rows }).collect();
    let mut schemas: Vec<Schema> = rows.iter().map(Schema::of_list).collect::<Result<_, _>>()?;
    schemas.iter_mut().for_each(|s| s.two_digit_years_until = Some(asked.this_year));
    let records = Schema::records_by(&schemas, &rows)?;
    let covariates = Covariates::from_columns(&rows, &records, asked.covariates)?;
    let caps = schemas.first().map(|s| s.caps(&records.lists)).unwrap_or_default();
    let usual = Sampling::default();
    let kept = asked.draws.div_ceil(usual.chains).max(100);
    let sampling = Sampling { draws: kept, caps, least: asked.draws, seed: asked.seed, ..usual };
    let found = link_records(&records, None, &[], &sampling, progress).linked;
    let files: Vec<String> = asked.lists.iter().map(|list| list.0.to_owned()).collect();
    let how = DrawOptions {
        draws: asked.draws,
        seed: asked.seed,
        resolved: None,
        as_compared: false,
        covariates: &covariates,
    };
    let draws = histories_csv(&records, &found, how);
    Ok(LinkTables { linked: linked_csv(&records, &files, &found), draws, found })
}

/// The year of the calendar so long after the start of 1970, to the day.
pub fn year_after(since_1970: Duration) -> i16 {
    let days = since_1970.as_secs() / 86_400;
    i16::try_from(1970 + days * 400 / 146_097).unwrap_or(i16::MAX)
}

#[cfg(test)]
mod tests {
    use ijsberg_mse::methods::Silent;
    use ijsberg_report::text::Language;

    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let lists = vec![("police.csv", Input::from(&b""[..]))];
        let asked = LinkRequest { lists, covariates: &[], draws: 10, seed: 1, this_year: 2026 };
        let Err(error) = link_files(&asked, &Silent) else { panic!("it was read") };
        for language in [Language::English, Language::Dutch] {
            assert!(error.in_words(&Text::new(language)).starts_with("police.csv: "), "{error}");
        }
    }

    #[test]
    fn the_year_is_that_of_the_calendar() {
        let year = |days: u64| year_after(Duration::from_secs(days * 86_400));
        // The middle of 1970, of 2000 and of 2026.
        assert_eq!([165, 11_123, 20_619].map(year), [1970, 2000, 2026]);
        assert_eq!(year_after(Duration::ZERO), 1970);
    }
}
