use std::collections::HashMap;

use ijsberg_mse::strata::table::{Covariate, Inactive, Scale, StratifiedError, StratifiedTable};

use crate::Table;

/// Why a table cannot be split by covariates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CovariateError {
    /// A name that is no covariate.
    #[error("there is no covariate {name:?}; the covariates are: {covariates}")]
    NoSuchCovariate {
        /// The name asked for.
        name: String,
        /// The names that exist.
        covariates: String,
    },
    /// A level or list that does not occur.
    #[error(
        "{text:?}: expected LIST:COVARIATE=LEVEL with names that occur in the table, such as K:year=2015"
    )]
    Inactive {
        /// The text as given.
        text: String,
    },
    /// No covariate is left.
    #[error("the table has no covariate with at least two levels")]
    None,
    /// A covariate is said to be a number, and has another value.
    #[error(
        "covariate {name} is said to be a number, but {value:?} is none; correct it or leave --numeric out"
    )]
    NotNumeric {
        /// The covariate.
        name: String,
        /// The value.
        value: String,
    },
    /// The rows are not a stratified table.
    #[error(transparent)]
    Table(#[from] StratifiedError),
}

/// What the user says about covariates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CovariateChoices {
    /// Covariates to use; empty for all with at least two levels.
    pub use_only: Vec<String>,
    /// Covariates that are numbers; those with many values that are not whole are so anyway.
    pub numeric: Vec<String>,
    /// Covariates that enter as polynomials, with their degrees.
    pub polynomial: Vec<(String, usize)>,
    /// Where lists did not operate, as `LIST:COVARIATE=LEVEL`.
    pub inactive: Vec<String>,
}

/// A column of numbers with more values than this, some of them not whole, is a measurement and no set of levels.
const LEVELS_OF_FRACTIONS: usize = 20;

/// The covariates that are numbers: those named, and those with many values that are not whole. Years and ages in years are
/// levels unless they are named.
pub fn numbers(table: &Table, choices: &CovariateChoices) -> Vec<String> {
    let wanted = |name: &String| choices.use_only.is_empty() || choices.use_only.contains(name);
    let is_number = |column: &&crate::Covariate| {
        if choices.numeric.contains(&column.name) {
            return true;
        }
        let values = || column.values.iter().flatten();
        let covariate = Covariate::from_values(&column.name, values().map(String::as_str));
        covariate.levels.len() > LEVELS_OF_FRACTIONS
            && covariate.is_numeric()
            && values().any(|v| v.parse::<f64>().is_ok_and(|x| x.fract() != 0.0))
            && !choices.polynomial.iter().any(|p| p.0 == column.name)
    };
    let named = table.covariates.iter().filter(is_number).map(|c| c.name.clone());
    named.filter(wanted).collect()
}

/// Splits a table by its covariates, all but [`numbers`]. Columns with one value only are left out.
///
/// # Errors
/// See [`CovariateError`].
pub fn stratify(table: &Table, choices: &CovariateChoices) -> Result<StratifiedTable, CovariateError> {
    split(table, choices, false)
}

/// As [`stratify`], with the numbers.
///
/// # Errors
/// See [`CovariateError`].
pub fn with_numbers(table: &Table, choices: &CovariateChoices) -> Result<StratifiedTable, CovariateError> {
    split(table, choices, true)
}

fn split(
    table: &Table,
    choices: &CovariateChoices,
    keep_numbers: bool,
) -> Result<StratifiedTable, CovariateError> {
    let known = || table.covariates.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    let missing = |name: &str| CovariateError::NoSuchCovariate { name: name.to_owned(), covariates: known() };
    let named =
        choices.use_only.iter().chain(&choices.numeric).chain(choices.polynomial.iter().map(|p| &p.0));
    for name in named {
        if !table.covariates.iter().any(|c| c.name == *name) {
            return Err(missing(name));
        }
    }
    let numeric = numbers(table, choices);
    let mut columns = Vec::new();
    for column in &table.covariates {
        let wanted = choices.use_only.is_empty() || choices.use_only.contains(&column.name);
        let mut covariate =
            Covariate::from_values(&column.name, column.values.iter().flatten().map(String::as_str));
        if numeric.contains(&column.name) {
            if !keep_numbers {
                continue;
            }
            if !covariate.is_numeric() {
                let not = covariate.levels.iter().find(|l| !l.parse::<f64>().is_ok_and(f64::is_finite));
                return Err(CovariateError::NotNumeric {
                    name: column.name.clone(),
                    value: not.cloned().unwrap_or_default(),
                });
            }
            covariate.scale = Scale::Number;
        }
        if wanted && covariate.levels.len() > 1 {
            if let Some((_, degree)) = choices.polynomial.iter().find(|p| p.0 == column.name) {
                covariate.scale = Scale::Polynomial(*degree);
            }
            columns.push((covariate, column));
        }
    }
    if columns.is_empty() {
        return Err(CovariateError::None);
    }
    let places: Vec<HashMap<&str, usize>> = columns
        .iter()
        .map(|(c, _)| c.levels.iter().enumerate().map(|(i, l)| (l.as_str(), i)).collect())
        .collect();
    let rows = table.rows.iter().enumerate().map(|(i, (history, count))| {
        let level = |((_, column), places): (&(Covariate, &crate::Covariate), &HashMap<&str, usize>)| {
            places.get(column.values[i].as_ref()?.as_str()).copied()
        };
        (*history, columns.iter().zip(&places).map(level).collect(), *count)
    });
    let rows: Vec<_> = rows.collect();
    let covariates: Vec<Covariate> = columns.into_iter().map(|c| c.0).collect();
    let lists = table.histories.lists().to_vec();
    let inactive = choices
        .inactive
        .iter()
        .map(|text| {
            let parse = || {
                let (list, rest) = text.split_once(':')?;
                let (name, level) = rest.split_once('=')?;
                let covariate = covariates.iter().position(|c| c.name == name)?;
                Some(Inactive {
                    list: lists.iter().position(|l| l == list)?,
                    covariate,
                    level: covariates[covariate].levels.iter().position(|l| l == level)?,
                })
            };
            parse().ok_or_else(|| CovariateError::Inactive { text: text.clone() })
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(StratifiedTable::new(lists, covariates, rows, inactive)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choices, read};

    #[test]
    fn measurements_are_numbers_and_years_are_levels() {
        let mut text = String::from("A,B,x,year,age\n");
        for i in 0..60_u32 {
            let on = [(1, 0), (0, 1), (1, 1)][i as usize % 3];
            #[expect(clippy::format_push_string, reason = "a table of a test")]
            {
                text += &format!("{},{},{}.{},{},{}\n", on.0, on.1, i % 7, i, 2010 + i % 6, 18 + i % 30);
            }
        }
        let table = read(text.as_bytes(), &Choices::default()).unwrap();
        let choices = CovariateChoices::default();
        assert_eq!(numbers(&table, &choices), ["x"]);
        let names = |t: &StratifiedTable| -> Vec<(String, Scale)> {
            t.covariates().iter().map(|c| (c.name.clone(), c.scale)).collect()
        };
        let levels = stratify(&table, &choices).unwrap();
        let factor = |name: &str| (name.to_owned(), Scale::Factor);
        assert_eq!(names(&levels), [factor("year"), factor("age")]);
        let all = with_numbers(&table, &choices).unwrap();
        assert_eq!(names(&all)[0], ("x".to_owned(), Scale::Number));
        assert_eq!(all.n(), 60.0);
        let named = CovariateChoices { numeric: vec!["age".to_owned()], ..choices };
        assert_eq!(numbers(&table, &named), ["x", "age"]);
        let wrong = read(text.replace("2012", "MMXII").as_bytes(), &Choices::default()).unwrap();
        let named = CovariateChoices { numeric: vec!["year".to_owned()], ..CovariateChoices::default() };
        let refused = with_numbers(&wrong, &named).unwrap_err();
        assert!(matches!(refused, CovariateError::NotNumeric { value, .. } if value == "MMXII"));
    }
}
