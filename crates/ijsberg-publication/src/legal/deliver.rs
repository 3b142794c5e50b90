//! From persons and tables of a prosecution service to what may be delivered: one release for each measure, through the gate.

mod agree;
mod chain;
mod given;
mod groups;
mod nobody;
mod tied;

use std::collections::BTreeMap;

use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use jiff::civil::Date;

use crate::asked::{Asked as Number, asked as numbers_of};
use crate::edition::{PublishError, fingerprint};
use crate::families::{Family, How, Plain, Protection};
use crate::gate::{self, Passed, Refused, Telling, Ways};
use crate::ledger::{Given, Ledger, Release};
use crate::legal::country::Country;
use crate::legal::delays::{self, Days, Delays};
use crate::legal::justice::Justice;
use crate::legal::measure::Measure;
use crate::legal::persons::Persons;
use crate::legal::tables::{Cell, MARKS, MORE, Row, Why, rows, series, total};
use crate::linked::{GROUPS, IDENTIFIED};
use crate::persons::{Kept, behind, folded};
use crate::source::{Columns, Delivered, Source};

pub use chain::chain;
use chain::of_justice;
pub use given::{MONITOR, PastDelivery, past_deliveries};

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
    ledger: Ledger,
}

impl Released {
    /// The family of that name.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|f| folded(&f.name) == folded(name))
    }
}

/// Why there is no delivery.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// As for a report.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// Totals of the tables differ, which would be a fault of the program.
    #[error("the tables do not agree: {measure} by {by}")]
    Disagree {
        /// Of what.
        measure: &'static str,
        /// By what.
        by: String,
    },
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
    earlier: BTreeMap<Measure, Ledger>,
}

/// Makes a delivery. `earlier` is what was given out before, by measure.
///
/// # Errors
/// If the persons cannot be read or a setting differs from that of an earlier release. What the gate refuses is withheld, with the
/// reason in its tables.
pub fn deliver(
    asked: Asked,
    persons: &Persons,
    justice: Option<&Justice>,
    earlier: BTreeMap<Measure, Ledger>,
) -> Result<Delivery, DeliveryError> {
    let none = Ledger::default();
    let mut spines = BTreeMap::new();
    for measure in Measure::ALL {
        let ledger = earlier.get(&measure).unwrap_or(&none);
        let spine = if measure == Measure::Registered {
            released(&asked, measure, (&persons.columns(), persons.days.as_ref()), ledger)?
        } else {
            of_justice(&asked, measure, justice, ledger)?
        };
        spines.insert(measure, spine);
    }
    let from_records = justice.is_some_and(Justice::is_from_records);
    let made = Delivery { asked, spines, from_records, earlier }.without_tied();
    made.agrees()?;
    Ok(made)
}

impl Asked {
    /// The key of a measure: noise of one says nothing of that of another.
    fn secret_of(&self, measure: Measure) -> Vec<u8> {
        match measure {
            Measure::Registered => self.secret.clone(),
            other => [&self.secret, b"\x1e".as_slice(), other.code().as_bytes()].concat(),
        }
    }
}

/// Protects the counts of a measure and has them attacked with everything that was given out before.
fn released(
    asked: &Asked,
    measure: Measure,
    (columns, days): (&Columns<'_>, Option<&Days>),
    ledger: &Ledger,
) -> Result<Spine, PublishError> {
    if asked.secret.len() < crate::edition::SHORTEST_KEY {
        return Err(PublishError::ShortKey);
    }
    let noise = Perturbation::new(asked.noise)?;
    let secret = asked.secret_of(measure);
    let key = fingerprint(&secret);
    gate::agrees(Ways { noise: &asked.noise, plain: asked.plain, key: &key }, &noise, ledger)?;
    let last = ledger.releases.last().map_or(asked.year, |r| r.year);
    let before = ledger.kept(&secret).ok_or(Refused::Lost { year: last })?;
    let delivered = Delivered::counted(columns, &(asked.year..=asked.year))?.counting([asked.year]);
    gate::same_lists(&delivered, &before, ledger, false)?;
    let attempt = |may_revise: bool| -> Result<Released, PublishError> {
        let mut kept = before.clone();
        let years = asked.year..=asked.year;
        let source = delivered.clone().published(Some(&years), &mut kept, &secret, may_revise);
        // A prosecution service says itself that there was nobody.
        if source.alike.is_empty() && measure == Measure::Registered {
            nobody::may_be_told(asked, columns, &before)?;
        }
        let made = told(asked, measure, &noise, &source, &kept, ledger)?;
        let year = asked.year.to_string();
        let held_back = source.held_back.values().sum();
        let of_year = (year.as_str(), made.vintage, held_back);
        let delays = delays::told(days, made.family("list"), ledger, of_year);
        let release = Release {
            year: asked.year,
            from: asked.year,
            date: asked.date.to_string(),
            embargo: asked.embargo.map(|day| day.to_string()),
            key: key.clone(),
            delivery: Some("legal".to_owned()),
            noise: (asked.noise.variance, asked.noise.largest, asked.noise.hidden),
            plain: asked.plain,
            vintages: source.vintages.clone(),
            behind: behind(&source.held_back),
            delays: delays.clone(),
            families: gate::told(&made.families, &made.asked, &[])
                .into_iter()
                .filter(|f| !f.1.is_empty())
                .collect(),
            estimate: Given { reported: total(&made).number().unwrap_or(0), lower: None, upper: None },
        };
        let mut ledger = ledger.clone();
        ledger.persons = kept.sealed(&secret);
        if !ledger.releases.contains(&release) {
            ledger.releases.push(release);
        }
        Ok(Released { delays, ledger, ..made })
    };
    let refused = |why: &Refused| {
        matches!(why, Refused::Recovered { .. } | Refused::Exhausted { .. } | Refused::Impossible { .. })
    };
    match attempt(true) {
        Err(PublishError::Refused(why)) => match attempt(false) {
            Ok(made) => Ok(Spine::Released(Box::new(made))),
            Err(_) if refused(&why) => Ok(Spine::Missing(Why::Refused(why))),
            Err(_) => Err(why.into()),
        },
        other => Ok(Spine::Released(Box::new(other?))),
    }
}

/// The counts of a measure, attacked.
fn told(
    asked: &Asked,
    measure: Measure,
    noise: &Perturbation,
    source: &Source,
    kept: &Kept,
    ledger: &Ledger,
) -> Result<Released, PublishError> {
    let registered = measure == Measure::Registered;
    let mut numbers = if registered { numbers_of(source, noise, asked.plain) } else { Vec::new() };
    let how = Protection { noise, of: &asked.noise, plain: asked.plain, asked: &numbers };
    let more = if registered { &MORE[..] } else { &[] };
    let wanted: Vec<&str> = measure.by().iter().map(|b| b.0).chain(more.iter().copied()).collect();
    // The year as it is published may be from before a column was there: nothing of that column is known of its persons then.
    let year = asked.year.to_string();
    let vintage = source.vintages.get(&year).copied().unwrap_or(0);
    let of_year = kept.years.get(&year).and_then(|v| v.get(vintage.checked_sub(1)?));
    let has = |names: Option<&Vec<String>>, name: &str| {
        names.is_some_and(|all| all.iter().any(|n| folded(n) == folded(name)))
    };
    let mut families = vec![Family::by_list(source, how)];
    let mut frozen = Vec::new();
    for name in wanted {
        let Some(at) = source.covariates.iter().position(|c| folded(c) == folded(name)) else { continue };
        if has(of_year.map(|y| &y.covariates), name) {
            families.push(Family::by_covariate(source, how, at));
        } else {
            frozen.push(name.to_owned());
        }
    }
    for marks in source.marks.iter().filter(|m| registered && MARKS.contains(&m.name.as_str())) {
        let all =
            marks.each.iter().all(|m| has(of_year.map(|y| &y.marks), &format!("{}.{}", marks.name, m.0)));
        if all {
            families.push(Family::by_mark(source, how, marks));
        } else {
            frozen.push(marks.name.clone());
        }
    }
    // What is told beside the article as far as it costs nothing that the article asks for.
    let mut beside = |name: &str| {
        let at = source.covariates.iter().position(|c| c == name).filter(|_| registered)?;
        if !has(of_year.map(|y| &y.covariates), name) {
            frozen.push(name.to_owned());
            return None;
        }
        Some(Family::by_covariate(source, how, at))
    };
    let (groups, identified) = (beside(GROUPS), beside(IDENTIFIED));
    numbers.retain(|n| {
        let needs = [("form", n.series != "VC_HTF_DETV"), ("sex", n.sex != "_T"), ("age", n.age != "_T")];
        needs.iter().all(|(by, wanted)| !wanted || !frozen.iter().any(|f| f == by))
    });
    let before: Vec<[&'static str; 3]> = numbers.iter().map(|n| [n.series, n.sex, n.age]).collect();
    let attack = |families: &mut [Family], asked_for: &mut Vec<Number>| {
        let telling = Telling { families, asked: asked_for, histories: &[] };
        gate::attack(telling, &source.vintages, kept, &asked.noise, ledger)
    };
    let beside = groups::Beside { groups, identified };
    let (mut passed, [no_groups, no_identified]) =
        groups::all_attacked(&mut families, &mut numbers, beside, attack)?;
    passed.revised.clone_from(&source.revised);
    let shown = |codes: &[&'static str; 3]| numbers.iter().any(|n| [n.series, n.sex, n.age] == *codes);
    Ok(Released {
        nobody: source.alike.is_empty(),
        withheld: before.into_iter().filter(|codes| !shown(codes)).collect(),
        asked_how: if asked.plain == Plain::Rounded { How::Rounded } else { How::Noise },
        families,
        asked: numbers,
        frozen,
        no_groups,
        no_identified,
        delays: Delays::new(),
        vintage,
        passed,
        held_back: source.held_back.values().sum(),
        without_year: source.without_year,
        ledger: Ledger::default(),
    })
}

impl Delivery {
    /// The rows of a measure.
    pub fn rows(&self, measure: Measure) -> Vec<Row> {
        self.spines.get(&measure).map_or_else(Vec::new, |spine| rows(measure, spine))
    }

    /// The rows of a table.
    pub fn table(&self, letter: char) -> Vec<Row> {
        let of = Measure::ALL.into_iter().filter(|m| m.table() == letter);
        of.flat_map(|m| self.rows(m)).collect()
    }

    /// What passed the gate of a measure.
    pub fn released(&self, measure: Measure) -> Option<&Released> {
        match self.spines.get(&measure) {
            Some(Spine::Released(of)) => Some(of),
            _ => None,
        }
    }

    /// A number that the United Nations ask for.
    pub fn series(&self, codes: [&'static str; 3]) -> Cell {
        match self.spines.get(&Measure::Registered) {
            Some(Spine::Released(of)) => series(of, codes),
            Some(Spine::Missing(why)) => Cell::NotDelivered(why.clone()),
            None => Cell::NotDelivered(Why::NoColumn),
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
}
