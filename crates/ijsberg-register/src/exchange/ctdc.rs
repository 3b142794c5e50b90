//! Columns of the Counter-Trafficking Data Collaborative's global dataset, April 2020. Coded, unnamed, and **not yet safe to
//! publish**: cells of few persons are not suppressed here.

mod codebook;
mod row;

use std::collections::BTreeMap;

use ijsberg_store::exchange::for_dataset;

use super::{Loss, Losses, Table};
use crate::citizenships::{codes, kept};
use crate::error::RegisterError;
use crate::policy::Operation;
use crate::register::{Id, Register};

pub use codebook::columns;
use codebook::{MISSING, NOT_HELD};
use row::row;

/// What the register knows of a person, from all registrations and records that are theirs.
#[derive(Debug, Default)]
struct Person {
    year: String,
    sex: String,
    birth_year: Option<i64>,
    minor: String,
    nationality: String,
    forms: Vec<String>,
    sectors: Vec<String>,
    sex_types: Vec<String>,
    controls: Vec<String>,
    /// Methods of recruitment.
    methods: Vec<String>,
    /// Countries of exploitation.
    countries: Vec<String>,
}

impl Register {
    /// One row a person within reach, by the decisions on links in force, and what is lost. `country` is the country of the register, for
    /// people not known to have been exploited elsewhere.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn export_ctdc(&mut self, source: &str, country: &str) -> Result<(Table, Vec<Loss>), RegisterError> {
        self.read_within(Operation::ExportCases, "CTDC", |r, reach| {
            let groups = r.groups(reach)?;
            let mut records: BTreeMap<Id, Vec<crate::records::Record>> = BTreeMap::new();
            for record in r.all_records(reach)? {
                if let Some(person) = record.person.as_deref().and_then(|p| crate::register::id(p).ok()) {
                    records.entry(person).or_default().push(record);
                }
            }
            let mut losses = Losses::default();
            let mut at: BTreeMap<Id, usize> = BTreeMap::new();
            let mut persons: Vec<Person> = Vec::new();
            for registration in for_dataset(r.driver.as_mut(), reach.within())? {
                let place = *at.entry(groups.root(registration.id)).or_insert(persons.len());
                if place == persons.len() {
                    // Year, sex and age are those of the first registration, citizenships those of all.
                    persons.push(Person {
                        year: registration.happened_on.get(..4).unwrap_or(MISSING).to_owned(),
                        sex: registration.sex,
                        birth_year: registration.birth_year,
                        minor: registration.minor,
                        ..Person::default()
                    });
                }
                let p = &mut persons[place];
                p.nationality = kept(codes(&p.nationality).chain(codes(&registration.nationality)));
                p.forms.push(registration.form);
                p.sectors.push(registration.sector);
                let own = records.remove(&registration.person);
                own.iter().flatten().for_each(|record| add(p, record));
            }
            let mut rows = Vec::with_capacity(persons.len());
            for p in &persons {
                NOT_HELD.iter().for_each(|(column, why)| losses.add(column, *why));
                rows.push(row(p, source, country, &mut losses));
            }
            let detail = format!("{} rows", rows.len());
            Ok((((columns(), rows), losses.all()), detail))
        })
    }
}

/// What a record of a case adds.
fn add(p: &mut Person, record: &crate::records::Record) {
    let text = |name: &str| record.fields.get(name).and_then(|v| v.as_str()).map(str::to_owned);
    let texts = |name: &str| {
        let list = record.fields.get(name).and_then(|v| v.as_array()).cloned().unwrap_or_default();
        list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    match record.kind.as_str() {
        "episode" => {
            p.forms.extend(text("form"));
            p.sectors.extend(text("sector"));
            p.sex_types.extend(texts("sex_types"));
        }
        "means" => p.controls.extend(texts("controls")),
        "journey" => match text("event").as_deref() {
            Some("Recruitment") => p.methods.extend(text("method")),
            Some("Exploitation") => {
                for country in texts("countries") {
                    if !p.countries.contains(&country) {
                        p.countries.push(country);
                    }
                }
            }
            _ => {}
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_every_column_and_each_loss_is_reported_once() {
        let texts = |of: &[&str]| of.iter().map(|s| (*s).to_owned()).collect::<Vec<String>>();
        let p = Person {
            year: "2016".into(),
            sex: "X".into(),
            birth_year: Some(1999),
            minor: "yes".into(),
            nationality: "NA".into(),
            forms: texts(&["LABOUR", "SEX_PROSTITUTION"]),
            sectors: texts(&["A", "G"]),
            sex_types: texts(&["Pornography"]),
            controls: texts(&["PhysicalThreats", "AbuseOfDominance"]),
            methods: texts(&["AtWork", "ThroughFriendsOrSocialEvents"]),
            countries: Vec::new(),
        };
        let mut losses = Losses::default();
        let (columns, cells) = (columns(), row(&p, "s", "NL", &mut losses));
        assert_eq!(columns.len(), cells.len());
        let of = |name: &str| cells[columns.iter().position(|c| c == name).unwrap()].as_str();
        for (name, value) in [
            ("gender", "-99"),
            ("majorityStatus", "Minor"),
            ("citizenship", "NA"),
            ("meansOfControlThreats", "1"),
            ("meansOfControlOther", "1"),
            ("meansOfControlDebtBondage", "0"),
            ("meansOfControlNotSpecified", "0"),
            ("isSexAndLabour", "1"),
            ("typeOfExploitConcatenated", "isForcedLabour;isSexualExploit"),
            ("typeOfLabourAgriculture", "1"),
            ("typeOfLabourOther", "1"),
            ("typeOfSexConcatenated", "Prostitution;Pornography"),
            ("CountryOfExploitation", "NL"),
            ("RecruiterRelationship", "Friend"),
            ("recruiterRelationFriend", "1"),
            ("recruiterRelationFamily", "0"),
            ("recruiterRelationUnknown", "0"),
        ] {
            assert_eq!(of(name), value, "{name}");
        }
        let lost: Vec<String> = losses.all().into_iter().map(|l| l.field).collect();
        for column in ["gender", "meansOfControl", "typeOfLabour", "recruiterRelation"] {
            assert!(lost.contains(&column.to_owned()), "{lost:?}");
        }
        // Of several citizenships there is room for one, and that is reported.
        let mut told = Losses::default();
        let several = Person { nationality: "MA;NL;SY".into(), ..p };
        let at = columns.iter().position(|c| c == "citizenship").unwrap();
        let of = |country: &str, told: &mut Losses| row(&several, "s", country, told)[at].clone();
        assert_eq!([of("NL", &mut told), of("BE", &mut told)], ["NL", "MA"]);
        let told = told.all();
        assert!(told.iter().any(|l| l.field == "citizenship" && l.rows == 2), "{told:?}");
        let p = several;
        // Nothing known is missing, not no.
        let abroad = Person { countries: texts(&["BE", "DE"]), ..p };
        let cells = row(&abroad, "s", "NL", &mut Losses::default());
        assert_eq!(cells[columns.iter().position(|c| c == "CountryOfExploitation").unwrap()], "BE");
        let nobody = row(&Person::default(), "s", "NL", &mut Losses::default());
        let at = columns.iter().position(|c| c == "meansOfControlDebtBondage").unwrap();
        assert_eq!((nobody[at].as_str(), nobody.len()), (MISSING, columns.len()));
        let at = |name: &str| nobody[columns.iter().position(|c| c == name).unwrap()].as_str();
        assert_eq!((at("RecruiterRelationship"), at("recruiterRelationUnknown")), (MISSING, "1"));
    }

    /// Every column of the published file of April 2020 is filled or listed as left out, and no other is written.
    #[test]
    fn every_column_of_the_codebook_is_filled_or_listed_as_left_out() {
        let header = include_str!("../../tests/ctdc-2020-04.txt");
        let published: Vec<&str> = header.lines().filter(|l| !l.starts_with('#')).collect();
        assert_eq!(published.len(), 63);
        let filled = columns();
        let told: Vec<&str> = NOT_HELD.iter().map(|n| n.0).collect();
        let order: Vec<&str> = published.iter().filter(|c| filled.iter().any(|f| f == *c)).copied().collect();
        assert_eq!(filled, order);
        let left: Vec<&str> = published.iter().filter(|c| !filled.iter().any(|f| f == *c)).copied().collect();
        assert!(left.iter().all(|c| told.contains(c)), "{left:?}");
        assert_eq!(left.len(), told.iter().filter(|t| published.contains(t)).count());
    }
}
