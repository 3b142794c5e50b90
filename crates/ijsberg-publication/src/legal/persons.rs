//! The persons of a register in the form that the law asks for: a table of histories with citizenship, sector and region.

use ijsberg_register::histories::{HistoryTable, PersonHistory};
use ijsberg_tables::{Covariate, Study, Table};
use jiff::civil::Date;

use crate::country::Country;
use crate::eu;
use crate::legal::measure::NOT_IDENTIFIED;
use crate::linked::{GROUPS, IDENTIFIED, STATUS};
use crate::persons::folded;
use crate::reporting_delay::Days;
use crate::source::{Columns, of_register, says_yes};

/// Persons, one or more per row.
#[derive(Debug, Clone, Default)]
pub struct Persons {
    /// Names of the lists.
    pub lists: Vec<String>,
    /// The covariates.
    pub covariates: Vec<Covariate>,
    /// The lists of each row as bits, and its number of persons.
    pub rows: Vec<(u32, u64)>,
    /// Reporting delays of the persons of the year, by list; `None` if the source does not have them.
    pub days: Option<Days>,
}

/// Names of the column with all citizenships of a person, separated by spaces or semicolons.
const CITIZENSHIPS: [&str; 2] = ["citizenships", "staatsburgerschappen"];

/// The name of the column with the citizenship group.
const GROUP: &str = "citizenship";

/// The name of the column with the kind of organisation that took the last decision on the status of a person.
pub const DECIDED_BY: &str = "decided_by";

/// The status class of persons identified as victims.
const CLASS: &str = "identified";

impl Persons {
    /// The persons of a table. A column `citizenships` of codes becomes citizenship groups, a column `region` the regions of the country; a
    /// code that is not one of its regions counts as unknown.
    pub fn of_table(table: &Table, country: &Country, year: i16) -> Self {
        let lists = table.histories.lists().to_vec();
        let (covariates, rows) = (table.covariates.clone(), table.rows.clone());
        Self { lists, covariates, rows, days: None }.coded(country, year)
    }

    /// The persons of a register: the columns of its histories and the other columns that the law asks for, still in codes. Reporting delays
    /// are those of the year.
    pub fn of_register(histories: &HistoryTable, year: i16) -> Self {
        let Study { lists, mut covariates, rows, .. } = of_register(histories);
        let known = |s: String| Some(s).filter(|s| !s.is_empty());
        let mut add = |name: &str, values: Vec<Option<String>>| {
            covariates.push(Covariate { name: name.to_owned(), values });
        };
        let of = |what: fn(&PersonHistory) -> String| -> Vec<Option<String>> {
            histories.persons.iter().map(|p| known(what(p))).collect()
        };
        add(CITIZENSHIPS[0], of(|p| p.citizenships.iter().cloned().collect::<Vec<_>>().join(" ")));
        add("sector", of(|p| p.sector.clone()));
        add("region", of(|p| p.region.clone()));
        add(DECIDED_BY, of(|p| p.decided_by.clone()));
        let year = year.to_string();
        let mut days: Days = lists.iter().map(|list| (list.clone(), Vec::new())).collect();
        for p in histories.persons.iter().filter(|p| p.year == year) {
            for (l, list) in lists.iter().enumerate().filter(|(l, _)| p.lists >> l & 1 == 1) {
                days.entry(list.clone()).or_default().push(p.days.get(&l).copied());
            }
        }
        Self { lists, covariates, rows, days: Some(days) }
    }

    /// Replaces codes by the categories that are published.
    #[must_use]
    pub fn coded(mut self, country: &Country, year: i16) -> Self {
        // EU membership is that of the last day of the year for all its persons: otherwise a group would depend on the day of notification.
        let on = Date::new(year, 12, 31).unwrap_or_default();
        // Groups are derived only from form and citizenship, and the identifying organisation only from the decision on status.
        self.covariates.retain(|c| ![GROUPS, IDENTIFIED].contains(&folded(&c.name).as_str()));
        for column in &mut self.covariates {
            let name = column.name.trim().to_lowercase();
            if CITIZENSHIPS.contains(&name.as_str()) {
                GROUP.clone_into(&mut column.name);
                for value in &mut column.values {
                    let parts = |c: char| c.is_whitespace() || c == ';';
                    let codes: Vec<&str> = value.as_deref().unwrap_or_default().split(parts).collect();
                    *value = eu::group(&codes, &country.code, on).map(str::to_owned);
                }
            } else if folded(&name) == "region" {
                for value in &mut column.values {
                    let region = value.as_deref().and_then(|code| country.region(code));
                    *value = region.map(|r| r.code.clone());
                }
            }
        }
        self.identified(country).grouped(country)
    }

    /// Derives the identifying organisation of each person from the organisation that decided on their status, if that status counts as
    /// identified in the country. Without any decision there is no such column.
    fn identified(mut self, country: &Country) -> Self {
        let at = self.covariates.iter().position(|c| folded(&c.name) == DECIDED_BY);
        let Some(by) = at.map(|at| self.covariates.remove(at).values) else { return self };
        if by.iter().all(Option::is_none) {
            return self;
        }
        let is_of_class = |c: &&Covariate| {
            let status = c.name.split_once('.').filter(|(family, _)| *family == STATUS);
            status.is_some_and(|(_, code)| country.class_of(code) == Some(CLASS))
        };
        let marks: Vec<&Covariate> = self.covariates.iter().filter(is_of_class).collect();
        let is_identified = |row: usize| marks.iter().any(|c| says_yes(c.values[row].as_deref()));
        let of = |(row, by): (usize, Option<String>)| {
            if is_identified(row) { by } else { Some(NOT_IDENTIFIED.to_owned()) }
        };
        let values = by.into_iter().enumerate().map(of).collect();
        self.covariates.push(Covariate { name: IDENTIFIED.to_owned(), values });
        self
    }

    /// Adds the monitor group of each person, if form and citizenship are known.
    fn grouped(mut self, country: &Country) -> Self {
        let at = |name: &str| self.covariates.iter().position(|c| folded(&c.name) == name);
        let (Some(form), Some(citizenship)) = (at("form"), at(GROUP)) else { return self };
        if country.groups.is_empty() {
            return self;
        }
        let (forms, citizenships) = (&self.covariates[form].values, &self.covariates[citizenship].values);
        let group = |row: usize| {
            country.group(forms[row].as_deref()?, citizenships[row].as_deref()?).map(|g| g.id.clone())
        };
        let values = (0..forms.len()).map(group).collect();
        self.covariates.push(Covariate { name: GROUPS.to_owned(), values });
        self
    }

    /// The columns in the form that the source of a release needs.
    pub fn columns(&self) -> Columns<'_> {
        Columns { lists: &self.lists, covariates: &self.covariates, rows: &self.rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_groups_and_regions_of_the_country() {
        let table =
            "A,B,citizenships,region,count\n1,0,NL MA,UT,3\n0,1,RO;SY,NL-ZH,2\n1,1,GB,XYZ,1\n1,1,,,1\n";
        let table = ijsberg_tables::read(table.as_bytes(), &ijsberg_tables::Choices::default()).unwrap();
        let persons = Persons::of_table(&table, &Country::shipped("528").unwrap(), 2025);
        let of = |name: &str| {
            let column = persons.covariates.iter().find(|c| c.name == name).unwrap();
            column.values.iter().map(|v| v.clone().unwrap_or_default()).collect::<Vec<_>>()
        };
        assert_eq!(of("citizenship"), ["own", "other_eu", "other", ""]);
        assert_eq!(of("region"), ["NL-UT", "NL-ZH", "", ""]);
        assert!(persons.covariates.iter().all(|c| c.name != GROUPS), "no form, no groups");
    }

    #[test]
    fn only_identified_persons_have_an_identifying_organisation() {
        let column = |name: &str, values: [Option<&str>; 5]| Covariate {
            name: name.to_owned(),
            values: values.map(|v| v.map(str::to_owned)).to_vec(),
        };
        let of = |by: [Option<&str>; 5]| {
            let (yes, no) = (Some("yes"), Some("no"));
            let covariates = vec![
                column("status.PRESUMED", [no, yes, no, no, no]),
                column(DECIDED_BY, by),
                column("status.ESTABLISHED", [yes, no, no, yes, yes]),
            ];
            let rows = [3, 2, 1, 4, 5].map(|n| (1, n)).to_vec();
            let persons = Persons { lists: vec!["A".to_owned()], covariates, rows, days: None };
            let persons = persons.coded(&Country::shipped("528").unwrap(), 2025);
            assert!(persons.covariates.iter().all(|c| c.name != DECIDED_BY));
            let column = persons.covariates.into_iter().find(|c| c.name == IDENTIFIED);
            column.map(|c| c.values.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>())
        };
        let no = NOT_IDENTIFIED;
        // A person whom the NGO presumes to be a victim is not identified; an unknown organisation stays unknown.
        let by = [Some("Police"), Some("NGO"), None, Some("CourtOrProsecution"), None];
        assert_eq!(of(by).unwrap(), ["Police", no, no, "CourtOrProsecution", ""]);
        assert_eq!(of([None; 5]), None);
    }

    #[test]
    fn form_and_citizenship_determine_the_groups_of_the_rapporteur() {
        let table = "A,B,citizenships,form,count\n1,0,NL MA,SEX_OTHER,3\n0,1,RO,LABOUR,2\n1,1,,LABOUR,1\n\
            1,1,NL,,1\n1,0,XX,SEX_PROSTITUTION,4\n";
        let named = |names: [&str; 2]| names.map(str::to_owned).to_vec();
        let choices = ijsberg_tables::Choices {
            lists: named(["A", "B"]),
            covariates: named(["citizenships", "form"]),
            ..ijsberg_tables::Choices::default()
        };
        let table = ijsberg_tables::read(table.as_bytes(), &choices).unwrap();
        let of = |country: &str| {
            let persons = Persons::of_table(&table, &Country::shipped(country).unwrap(), 2025);
            let column = persons.covariates.into_iter().find(|c| c.name == GROUPS);
            column.map(|c| c.values.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>())
        };
        let wanted = ["domestic-sexual", "cross-border-other", "", "", "cross-border-sexual"];
        assert_eq!(of("528").unwrap(), wanted);
        assert_eq!(of("826"), None, "the United Kingdom has no groups");
    }
}
