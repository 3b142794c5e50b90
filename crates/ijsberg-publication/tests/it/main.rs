//! Editions and deliveries as their recipients see them: the same in every format, reproducible, and without disclosing individuals.

mod breakdowns;
mod bridge;
mod charts;
mod citizenships;
mod delays;
mod draws;
mod edition;
mod folders;
mod gate;
mod identified;
mod legal;
mod monitor;
mod nobody;
mod open_data;
mod past_deliveries;
mod purposes;
mod quality;
mod red_team;
mod registers;
mod series;
mod stages;
mod suspects;
mod tied;
mod together;

use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::{Edition, Options, PublishError};

/// Synthetic persons on the lists of the Dutch study.
pub(crate) const TABLE: &str = include_str!("../../../../data/netherlands-synthetic.csv");

/// All ways to protect the counts in tables.
pub(crate) const PROTECTIONS: [TableProtection; 3] =
    [TableProtection::Noise, TableProtection::Rounded, TableProtection::Suppressed];

pub(crate) fn options(year: i16) -> Options {
    Options {
        year,
        years: 6,
        date: jiff::civil::date(2016, 10, 18),
        secret: b"a key that is kept from year to year".to_vec(),
        noise: ijsberg_disclosure::perturbation::Noise::default(),
        plain: TableProtection::Noise,
        embargo: None,
        others: Vec::new(),
        settings: Settings { replicates: 20, ..Settings::default() },
        population: [(2015, 16_900_726)].into(),
        country: "528".to_owned(),
        synthetic: true,
    }
}

pub(crate) fn made(options: Options, ledger: Ledger) -> Result<Edition, PublishError> {
    ijsberg_publication::edition(
        TABLE.as_bytes(),
        &ijsberg_tables::Choices::default(),
        options,
        ledger,
        &Silent,
    )
}
