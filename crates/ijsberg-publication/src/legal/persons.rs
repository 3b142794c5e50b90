//! The persons of a register as the law asks for them: a table of histories with citizenship, sector and region.

use ijsberg_tables::{Covariate, Table};
use jiff::civil::Date;

use crate::legal::country::Country;
use crate::legal::delays::Days;
use crate::legal::eu;
use crate::linked::GROUPS;
use crate::persons::folded;
use crate::source::Columns;

/// Persons, one or more in a row.
#[derive(Debug, Clone, Default)]
pub struct Persons {
    /// Names of the lists.
    pub lists: Vec<String>,
    /// What else is known.
    pub covariates: Vec<Covariate>,
    /// The lists of each row, and its persons.
    pub rows: Vec<(u32, u64)>,
    /// How long it took until the persons of the year were notified, by list; none where the source does not tell.
    pub days: Option<Days>,
}

/// Names of the column that holds all citizenships of a person, with a space between them.
const CITIZENSHIPS: [&str; 2] = ["citizenships", "staatsburgerschappen"];

/// The name of the column of groups of citizenship.
const GROUP: &str = "citizenship";

impl Persons {
    /// Those of a table. A column `citizenships` of codes becomes groups, a column `region` the regions of the country: a code that is
    /// none of its regions counts as unknown.
    pub fn of_table(table: &Table, country: &Country, year: i16) -> Self {
        let lists = table.histories.lists().to_vec();
        let (covariates, rows) = (table.covariates.clone(), table.rows.clone());
        Self { lists, covariates, rows, days: None }.coded(country, year)
    }

    /// Turns codes into what is told of them.
    #[must_use]
    pub fn coded(mut self, country: &Country, year: i16) -> Self {
        // Membership on the last day of the year for all its persons: otherwise a group would change with the day of notification.
        let on = Date::new(year, 12, 31).unwrap_or_default();
        // Groups follow from form and citizenship, and from nothing else.
        self.covariates.retain(|c| folded(&c.name) != GROUPS);
        for column in &mut self.covariates {
            let name = column.name.trim().to_lowercase();
            if CITIZENSHIPS.contains(&name.as_str()) {
                GROUP.clone_into(&mut column.name);
                for value in &mut column.values {
                    let codes: Vec<&str> = value.as_deref().unwrap_or_default().split_whitespace().collect();
                    *value = eu::group(&codes, &country.code, on).map(str::to_owned);
                }
            } else if folded(&name) == "region" {
                for value in &mut column.values {
                    let region = value.as_deref().and_then(|code| country.region(code));
                    *value = region.map(|r| r.code.clone());
                }
            }
        }
        self.grouped(country)
    }

    /// Adds the group of each person in a monitor, where form and citizenship are known.
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

    /// As the source of a release takes them.
    pub fn columns(&self) -> Columns<'_> {
        Columns { lists: &self.lists, covariates: &self.covariates, rows: &self.rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_groups_and_regions_of_the_country() {
        let table = "A,B,citizenships,region,count\n1,0,NL MA,UT,3\n0,1,RO,NL-ZH,2\n1,1,GB,XYZ,1\n1,1,,,1\n";
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
    fn form_and_citizenship_together_make_the_groups_of_the_rapporteur() {
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
