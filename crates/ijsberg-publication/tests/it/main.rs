//! An edition as those see it who get it: that it says the same in every form, the same each time, and tells on nobody.

mod breakdowns;
mod bridge;
mod charts;
mod citizenships;
mod delays;
mod draws;
mod edition;
mod folders;
mod gate;
mod given;
mod identified;
mod legal;
mod monitor;
mod nobody;
mod open_data;
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
use ijsberg_publication::protection::Plain;
use ijsberg_publication::{Edition, Options, PublishError};

/// Persons who do not exist, on the lists of the Dutch study.
pub(crate) const TABLE: &str = include_str!("../../../../data/netherlands-synthetic.csv");

pub(crate) fn options(year: i16) -> Options {
    Options {
        year,
        years: 6,
        date: jiff::civil::date(2016, 10, 18),
        secret: b"a key that is kept from year to year".to_vec(),
        noise: ijsberg_disclosure::perturbation::Noise::default(),
        plain: Plain::Noise,
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
