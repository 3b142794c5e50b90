//! The persons of a register as a table for estimation.

use ijsberg_register::histories::HistoryTable;
use ijsberg_tables::{Covariate, Study};

/// The capture histories of a register as values, one row per person: the input of reports, their parts and files. Unknown values are not a
/// level.
pub fn of_register(histories: &HistoryTable) -> Study {
    let column = |(name, values)| Covariate { name, values };
    Study {
        lists: histories.lists.clone(),
        covariates: histories.columns().into_iter().map(column).collect(),
        rows: histories.persons.iter().map(|p| (p.lists, 1)).collect(),
        count: None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use ijsberg_register::histories::PersonHistory;
    use ijsberg_tables::{Choices, ReadError, read};

    use super::*;

    fn person(lists: u32, [year, sex]: [&str; 2], age: &'static str, facts: &[usize]) -> PersonHistory {
        PersonHistory {
            lists,
            year: year.to_owned(),
            sex: sex.to_owned(),
            age,
            nationality: "unknown",
            form: "UNKNOWN".to_owned(),
            facts: facts.iter().copied().collect(),
            days: BTreeMap::new(),
            citizenships: BTreeSet::new(),
            sector: String::new(),
            region: String::new(),
            decided_by: String::new(),
        }
    }

    fn histories() -> HistoryTable {
        HistoryTable {
            lists: ["K", "P"].map(str::to_owned).to_vec(),
            facts: vec!["means.DebtBondage".to_owned()],
            persons: vec![
                person(0b11, ["2016", "F"], "minor", &[0]),
                person(0b01, ["2016", "unknown"], "unknown", &[]),
                person(0b10, ["2016", "unknown"], "unknown", &[0]),
            ],
        }
    }

    #[test]
    fn the_file_of_histories_is_the_same_as_ever() {
        let file = "# ijsberg-table v1; lists=K,P; covariates=year,sex,age,nationality,form,means.DebtBondage\n\
            K,P,year,sex,age,nationality,form,means.DebtBondage\n\
            1,1,2016,F,minor,,,yes\n\
            1,0,2016,,,,,no\n\
            0,1,2016,,,,,yes\n";
        assert_eq!(of_register(&histories()).csv(), file);
    }

    /// In a file, a sex known for the first person only looks like the name of a group.
    #[test]
    fn a_table_with_few_known_values_is_not_uncertain() {
        let study = of_register(&histories());
        let of_file = read(study.csv().as_bytes(), &Choices::default());
        assert!(matches!(of_file, Err(ReadError::Uncertain(_))));
        let table = study.table().unwrap();
        assert_eq!((table.histories.n(), table.histories.count(0b11)), (3, 1));
        let sex = table.covariates.iter().find(|c| c.name == "sex").unwrap();
        assert_eq!(sex.values, [Some("F".to_owned()), None, None]);
    }
}
