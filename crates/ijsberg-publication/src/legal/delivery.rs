//! What is delivered of a year: for whom, the counts of each measure that passed the gate, and what was given out of them.

use std::collections::BTreeMap;

use ijsberg_disclosure::perturbation::Noise;
use jiff::civil::Date;

use crate::asked::Asked as Number;
use crate::country::Country;
use crate::families::Family;
use crate::gate::Passed;
use crate::ledger::Ledger;
use crate::legal::measure::Measure;
use crate::legal::tables::Why;
use crate::persons::{folded, is_behind};
use crate::protection::{How, Plain};
use crate::reporting_delay::Delays;
use crate::stage::Stage;

/// What is asked for.
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

/// What a delivery is of.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The country.
    pub country: Country,
    /// The year.
    pub year: i16,
    /// Years in which a person is looked for: who is in several counts in the first.
    pub years: i16,
    /// The day of the delivery.
    pub date: Date,
    /// The key of the noise, kept from release to release.
    pub secret: Vec<u8>,
    /// The noise.
    pub noise: Noise,
    /// How counts are protected.
    pub plain: Plain,
    /// The day until which a copy is for named recipients only.
    pub embargo: Option<Date>,
    /// All persons are synthetic.
    pub synthetic: bool,
}

impl Asked {
    /// The key of a measure: noise of one says nothing of that of another.
    pub(super) fn secret_of(&self, measure: Measure) -> Vec<u8> {
        match measure {
            Measure::Registered => self.secret.clone(),
            other => [&self.secret, b"\x1e".as_slice(), other.code().as_bytes()].concat(),
        }
    }
}

/// What became of a measure.
#[derive(Debug)]
pub enum Spine {
    /// Its counts passed the gate.
    Released(Box<Released>),
    /// There is nothing to deliver.
    Missing(Why),
}

/// Counts that passed the gate.
#[derive(Debug)]
pub struct Released {
    /// Nobody is counted, and every number is exactly 0.
    pub nobody: bool,
    /// The families of tables.
    pub families: Vec<Family>,
    /// Form, sex and age together.
    pub asked: Vec<Number>,
    /// Which of those are hidden.
    pub withheld: Vec<[&'static str; 3]>,
    /// How those are protected.
    pub asked_how: How,
    /// Columns that the year was given out without before.
    pub frozen: Vec<String>,
    /// Why there are no groups of a monitor among the families, where the gate is the reason.
    pub no_groups: Option<Why>,
    /// The same of who identified people as victims.
    pub no_identified: Option<Why>,
    /// How long it took until people were notified, by list.
    pub delays: Delays,
    /// How often the year has been given out with noise of its own, this time included.
    pub vintage: usize,
    /// What the gate found.
    pub passed: Passed,
    /// Persons who arrived or left since the year was given out: not to be given out.
    pub held_back: u64,
    /// Persons without a year: not to be given out.
    pub without_year: u64,
    pub(super) ledger: Ledger,
}

impl Released {
    /// The family of that name.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|f| folded(&f.name) == folded(name))
    }
}

/// Everything that is delivered of a year.
#[derive(Debug)]
pub struct Delivery {
    /// What it is of.
    pub asked: Asked,
    /// What became of each measure.
    pub spines: BTreeMap<Measure, Spine>,
    /// Tables b to g are counted from records of suspects.
    pub from_records: bool,
    pub(super) earlier: BTreeMap<Measure, Ledger>,
}

impl Delivery {
    /// What passed the gate of a measure.
    pub fn released(&self, measure: Measure) -> Option<&Released> {
        match self.spines.get(&measure) {
            Some(Spine::Released(of)) => Some(of),
            _ => None,
        }
    }

    /// What had been given out when it was made.
    pub fn earlier(&self) -> &BTreeMap<Measure, Ledger> {
        &self.earlier
    }

    /// What has been given out once it is delivered, by measure.
    pub fn ledgers(&self) -> impl Iterator<Item = (Measure, &Ledger)> {
        self.spines.iter().filter_map(|(m, spine)| match spine {
            Spine::Released(of) => Some((*m, &of.ledger)),
            Spine::Missing(_) => None,
        })
    }

    /// What has been published of a measure once it is delivered; where nothing is, what was before.
    pub fn published(&self, measure: Measure) -> Option<&Ledger> {
        let after = self.ledgers().find(|l| l.0 == measure).map(|l| l.1);
        after.or_else(|| self.earlier().get(&measure))
    }

    /// What kind of figures those of a measure are.
    pub fn stage(&self, measure: Measure) -> Stage {
        let of = self.released(measure);
        let (vintage, held_back) = of.map_or((0, 0), |of| (of.vintage, of.held_back));
        Stage::on_day(&self.asked.country, self.asked.year, self.asked.date, vintage, is_behind(held_back))
    }

    /// The same of several measures together: that to be most careful with.
    pub fn stage_of(&self, measures: &[Measure]) -> Stage {
        measures.iter().map(|m| self.stage(*m)).max().unwrap_or_default()
    }
}
