//! Suspects and their proceedings: records apart from those of victims, and the yearly counts that the law requires.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_store::{Within, records};
use serde_json::Value;

use crate::entities::{NUMBER, about_suspects};
use crate::error::RegisterError;
use crate::policy::Operation;
use crate::records::Record;
use crate::register::{Id, Register, named};
use crate::scope::{Reach, Scope};

/// How far a case against a suspect has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Somebody is suspected.
    Suspicion,
    /// It was decided whether they are prosecuted.
    Prosecution,
    /// A court gave judgment.
    Judgment,
}

/// A suspicion, a decision or a judgment, in codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which of them.
    pub stage: Stage,
    /// Of which offence, of the code list `offence`.
    pub offence: String,
    /// Form of exploitation, of the code list `offence_form`.
    pub form: String,
    /// `minor`, `adult` or `unknown`, on that day.
    pub age: &'static str,
    /// The decision or the judgment; empty of a suspicion.
    pub outcome: String,
}

/// A suspect without name and number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suspect {
    /// Sex, of the code list `sex`; empty where nobody recorded it.
    pub sex: String,
    /// All citizenships that are recorded, ISO 3166-1.
    pub citizenships: BTreeSet<String>,
    /// What happened in the year, the earliest first.
    pub steps: Vec<Step>,
}

/// The code of a form that is not known.
const UNKNOWN: &str = "UNKNOWN";

/// Years from which nobody is a minor.
const OF_AGE: f64 = 18.0;

/// What identifies a step: a suspicion against one suspect that is recorded with two victims is one.
type StepKey = (String, Stage, String, String);

/// What else is said of a step: the form, and whether the suspect was a minor.
type StepDetails = (String, String);

/// What is known of a suspect from all records with their number; later ones count before earlier ones.
#[derive(Default)]
struct SuspectFacts {
    sex: String,
    born: Option<f64>,
    citizenships: BTreeSet<String>,
    steps: BTreeMap<StepKey, StepDetails>,
}

impl SuspectFacts {
    fn add(&mut self, record: &Record) {
        let text = |field: &str| record.fields.get(field).and_then(Value::as_str).unwrap_or_default();
        let (stage, outcome) = match record.kind.as_str() {
            "suspicion" => (Stage::Suspicion, ""),
            "prosecution" => (Stage::Prosecution, text("decision")),
            "judgment" => (Stage::Judgment, text("judgment")),
            _ => {
                if is_known(text("sex")) {
                    text("sex").clone_into(&mut self.sex);
                }
                self.born = record.fields.get("birth_year").and_then(Value::as_f64).or(self.born);
                let countries = record.fields.get("citizenships").and_then(Value::as_array);
                let codes = countries.into_iter().flatten().filter_map(Value::as_str);
                self.citizenships.extend(codes.map(str::to_owned));
                return;
            }
        };
        let which = (text("on").to_owned(), stage, text("offence").to_owned(), outcome.to_owned());
        let (form, minor) = self.steps.entry(which).or_default();
        if is_known(text("form")) {
            text("form").clone_into(form);
        }
        if ["yes", "no"].contains(&text("minor")) {
            text("minor").clone_into(minor);
        }
    }

    /// The suspect with what happened in a year; nothing where nothing did.
    fn in_year(self, year: i16) -> Option<Suspect> {
        let begins = format!("{year:04}");
        let steps: Vec<Step> = self
            .steps
            .into_iter()
            .filter(|(which, _)| which.0.starts_with(&begins))
            .map(|((_, stage, offence, outcome), (form, minor))| {
                let form = if form.is_empty() { UNKNOWN.to_owned() } else { form };
                Step { stage, offence, form, age: age(&minor, year, self.born), outcome }
            })
            .collect();
        let suspect = Suspect { sex: self.sex, citizenships: self.citizenships, steps };
        (!suspect.steps.is_empty()).then_some(suspect)
    }
}

fn is_known(code: &str) -> bool {
    !code.is_empty() && code != UNKNOWN
}

/// The age group in a year: as it was recorded, or by the year of birth where that leaves no other.
fn age(minor: &str, year: i16, born: Option<f64>) -> &'static str {
    match (minor, born.map(|born| f64::from(year) - born)) {
        ("yes", _) => "minor",
        ("no", _) => "adult",
        (_, Some(years)) if years > OF_AGE => "adult",
        (_, Some(years)) if years < OF_AGE => "minor",
        _ => "unknown",
    }
}

impl Register {
    /// Records about suspects in the case of a person, as far as the user may read them: those written by an organisation out of reach are
    /// left out.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn suspects_of(&mut self, person: &Id) -> Result<Vec<Record>, RegisterError> {
        let scope = self.scope_of(person)?;
        let reach = self.session.as_ref().and_then(|s| s.reach(Operation::ReadSuspect));
        let reach = reach.unwrap_or_else(Reach::nowhere);
        self.read(Operation::ReadSuspect, &scope, &named("suspects", person), |r| {
            let rows = records::about_person(r.driver.as_mut(), person, about_suspects(), reach.within())?;
            let all: Vec<Record> = rows.iter().map(|row| r.record_of(row)).collect::<Result<_, _>>()?;
            let detail = format!("{} records", all.len());
            Ok((all, detail))
        })
    }

    /// Suspects of all organisations with the steps of a year, for the counts that the law requires: codes only. One number is one person,
    /// in however many cases.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn proceedings_for_report(&mut self, year: i16) -> Result<Vec<Suspect>, RegisterError> {
        self.read(Operation::Publish, &Scope::Everywhere, &format!("proceedings:{year}"), |r| {
            let rows = records::of_kinds(r.driver.as_mut(), about_suspects(), Within::Everywhere)?;
            let mut known: BTreeMap<String, SuspectFacts> = BTreeMap::new();
            for row in &rows {
                let record = r.record_of(row)?;
                let number = record.fields.get(NUMBER).and_then(Value::as_str).unwrap_or_default();
                // A suspect known from a victim's account alone.
                if !number.is_empty() {
                    known.entry(number.to_uppercase()).or_default().add(&record);
                }
            }
            let all: Vec<Suspect> = known.into_values().filter_map(|known| known.in_year(year)).collect();
            let detail = format!("{} records", rows.len());
            Ok((all, detail))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_recorded_counts_before_the_year_of_birth() {
        let of = |minor, born: f64| age(minor, 2025, Some(born));
        assert_eq!([of("", 2006.0), of("", 2008.0), of("", 2007.0)], ["adult", "minor", "unknown"]);
        assert_eq!([of("yes", 2006.0), of("no", 2008.0)], ["minor", "adult"]);
        assert_eq!(age("", 2025, None), "unknown");
    }
}
