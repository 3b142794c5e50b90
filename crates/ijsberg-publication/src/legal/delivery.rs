//! The delivery of a year: its request, the counts of each measure that passed the gate, and the log of releases.

use std::collections::BTreeMap;

use ijsberg_disclosure::perturbation::Noise;
use jiff::civil::Date;

use crate::asked::SdgCount;
use crate::country::Country;
use crate::families::Family;
use crate::gate::CheckResult;
use crate::ledger::Ledger;
use crate::legal::measure::Measure;
use crate::legal::tables::Reason;
use crate::persons::{folded, is_behind};
use crate::protection::{CountProtection, TableProtection};
use crate::reporting_delay::Delays;
use crate::stage::Stage;

/// The kind of delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Tables a to g of article 19a of Directive 2011/36/EU.
    Eu19a,
    /// Indicator 16.2.2 of the sustainable development goals.
    Sdg,
    /// Tables for the questionnaire of the United Nations Office on Drugs and Crime.
    Glotip,
}

impl Kind {
    /// Its name in files and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Eu19a => "eu-19a",
            Self::Sdg => "sdg-16.2.2",
            Self::Glotip => "glotip",
        }
    }
}

/// The settings of a delivery.
#[derive(Debug, Clone)]
pub struct Request {
    /// The country.
    pub country: Country,
    /// The year.
    pub year: i16,
    /// The number of years in which a person is searched for; a person found in several years counts in the first.
    pub years: i16,
    /// The day of the delivery.
    pub date: Date,
    /// The key of the noise, the same in every release.
    pub secret: Vec<u8>,
    /// The parameters of the noise.
    pub noise: Noise,
    /// How counts are protected.
    pub plain: TableProtection,
    /// If set, the copy is for named recipients only until this day.
    pub embargo: Option<Date>,
    /// Whether all persons are synthetic.
    pub synthetic: bool,
}

impl Request {
    /// The key of a measure: the noise of one measure does not disclose that of another.
    pub(super) fn secret_of(&self, measure: Measure) -> Vec<u8> {
        match measure {
            Measure::Registered => self.secret.clone(),
            other => [&self.secret, b"\x1e".as_slice(), other.code().as_bytes()].concat(),
        }
    }
}

/// The outcome for a measure.
#[derive(Debug)]
pub enum Outcome {
    /// Its counts passed the gate.
    Released(Box<Released>),
    /// There is nothing to deliver.
    Missing(Reason),
}

/// Counts that passed the gate.
#[derive(Debug)]
pub struct Released {
    /// Whether no person is counted; every count is then exactly 0.
    pub has_no_persons: bool,
    /// The families of tables.
    pub families: Vec<Family>,
    /// Counts by form, sex and age together.
    pub sdg_counts: Vec<SdgCount>,
    /// The codes of those counts that are hidden.
    pub withheld: Vec<[&'static str; 3]>,
    /// How those counts are protected.
    pub sdg_protection: CountProtection,
    /// Columns that the year lacked when it was published.
    pub frozen: Vec<String>,
    /// Why the groups of a monitor are left out, if the gate is the reason.
    pub no_groups: Option<Reason>,
    /// Why the breakdown by identifying organisation is left out, if the gate is the reason.
    pub no_identified: Option<Reason>,
    /// Reporting delays by list.
    pub delays: Delays,
    /// The number of times the year was published with new noise, this delivery included.
    pub vintage: usize,
    /// The result of the disclosure check.
    pub passed: CheckResult,
    /// The number of persons who arrived or left since the year was published; not for publication.
    pub held_back: u64,
    /// The number of persons without a year; not for publication.
    pub without_year: u64,
    pub(super) ledger: Ledger,
}

impl Released {
    /// The family of that name.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|f| folded(&f.name) == folded(name))
    }
}

/// The delivery of a year.
#[derive(Debug)]
pub struct Delivery {
    /// Its settings.
    pub request: Request,
    /// The outcome for each measure.
    pub outcomes: BTreeMap<Measure, Outcome>,
    /// Whether tables b to g are counted from records of suspects.
    pub from_records: bool,
    pub(super) earlier: BTreeMap<Measure, Ledger>,
}

impl Delivery {
    /// The counts of a measure that passed the gate.
    pub fn released(&self, measure: Measure) -> Option<&Released> {
        match self.outcomes.get(&measure) {
            Some(Outcome::Released(of)) => Some(of),
            _ => None,
        }
    }

    /// The releases before this delivery.
    pub fn earlier(&self) -> &BTreeMap<Measure, Ledger> {
        &self.earlier
    }

    /// The releases including this delivery, by measure.
    pub fn ledgers(&self) -> impl Iterator<Item = (Measure, &Ledger)> {
        self.outcomes.iter().filter_map(|(m, outcome)| match outcome {
            Outcome::Released(of) => Some((*m, &of.ledger)),
            Outcome::Missing(_) => None,
        })
    }

    /// The releases of a measure including this delivery; if the delivery has none, those before.
    pub fn published(&self, measure: Measure) -> Option<&Ledger> {
        let after = self.ledgers().find(|l| l.0 == measure).map(|l| l.1);
        after.or_else(|| self.earlier().get(&measure))
    }

    /// The stage of the figures of a measure.
    pub fn stage(&self, measure: Measure) -> Stage {
        let of = self.released(measure);
        let (vintage, held_back) = of.map_or((0, 0), |of| (of.vintage, of.held_back));
        let Request { country, year, date, .. } = &self.request;
        Stage::on_day(country, *year, *date, vintage, is_behind(held_back))
    }

    /// The stage of several measures together: the one that needs most caution.
    pub fn stage_of(&self, measures: &[Measure]) -> Stage {
        measures.iter().map(|m| self.stage(*m)).max().unwrap_or_default()
    }
}
