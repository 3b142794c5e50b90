use ijsberg_mse::strata::table::{Covariate, Inactive, Scale, StratifiedTable};

use crate::{CovariateError, Table};

/// What the user says about covariates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CovariateChoices {
    /// Covariates to use; empty for all with at least two levels.
    pub use_only: Vec<String>,
    /// Covariates that enter as polynomials, with their degrees.
    pub polynomial: Vec<(String, usize)>,
    /// Where lists did not operate, as `LIST:COVARIATE=LEVEL`.
    pub inactive: Vec<String>,
}

/// Splits a table by its covariates. Columns with one value only are left out.
///
/// # Errors
/// See [`CovariateError`].
pub fn stratify(table: &Table, choices: &CovariateChoices) -> Result<StratifiedTable, CovariateError> {
    let known = || table.covariates.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    let missing = |name: &str| CovariateError::NoSuchCovariate { name: name.to_owned(), covariates: known() };
    for name in choices.use_only.iter().chain(choices.polynomial.iter().map(|p| &p.0)) {
        if !table.covariates.iter().any(|c| c.name == *name) {
            return Err(missing(name));
        }
    }
    let mut columns = Vec::new();
    for column in &table.covariates {
        let wanted = choices.use_only.is_empty() || choices.use_only.contains(&column.name);
        let mut covariate =
            Covariate::from_values(&column.name, column.values.iter().flatten().map(String::as_str));
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
    let rows = table.rows.iter().enumerate().map(|(i, (history, count))| {
        let level = |(covariate, column): &(Covariate, &crate::Covariate)| {
            let value = column.values[i].as_ref()?;
            covariate.levels.iter().position(|l| l == value)
        };
        (*history, columns.iter().map(level).collect(), *count)
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
