//! Which columns of a table of persons can be published, and as what.

use std::collections::BTreeSet;

use ijsberg_tables::Covariate;

use crate::gate::{ASKED, HISTORIES};
use crate::parts::MARGINS;
use crate::persons::folded;
use crate::source::{Marks, NotPersons, YEAR_NAMES};

/// Words for who has a mark.
pub(crate) const HAS: [&str; 3] = ["yes", "ja", "true"];

/// Words for who has not.
const HAS_NOT: [&str; 3] = ["no", "nee", "false"];

/// Whether a column is one of a family of marks: its name has two parts, and its values are yes and no.
pub(crate) fn is_mark(c: &Covariate) -> bool {
    let named = c.name.split_once('.').is_some_and(|(family, mark)| !family.is_empty() && !mark.is_empty());
    named && c.values.iter().flatten().all(|v| HAS.contains(&v.as_str()) || HAS_NOT.contains(&v.as_str()))
}

/// Levels from which a column may be an identifier, and the fewest persons of a level on average of one that is none.
const MANY_LEVELS: usize = 20;
const FEW_PERSONS: u64 = 3;

/// Whether a column may tell persons apart.
pub(crate) fn is_identifier(c: &Covariate, rows: &[(u32, u64)]) -> bool {
    let known =
        || c.values.iter().zip(rows).filter_map(|(v, row)| Some((v.as_ref()?, row.1))).filter(|v| v.1 > 0);
    let levels: BTreeSet<&String> = known().map(|v| v.0).collect();
    let persons: u64 = known().map(|v| v.1).sum();
    levels.len() > MANY_LEVELS && persons < FEW_PERSONS * levels.len() as u64
}

/// Every covariate and every family of marks has one table, by its name: two of one name would be one to whoever looks for what
/// they tell together.
pub(crate) fn one_table_each(covariates: &[&Covariate], marks: &[&Covariate]) -> Result<(), NotPersons> {
    let own = ["list", "total", HISTORIES, MARGINS, ASKED].into_iter().chain(YEAR_NAMES);
    let mut taken: BTreeSet<String> = own.clone().map(folded).collect();
    let families: BTreeSet<String> =
        marks.iter().filter_map(|m| Some(folded(m.name.split_once('.')?.0))).collect();
    // What stands between the parts of a name in the ledger.
    let control = |text: &String| text.chars().any(char::is_control);
    if let Some(c) = covariates.iter().find(|c| control(&c.name) || c.values.iter().flatten().any(control)) {
        return Err(NotPersons::Column(c.name.clone()));
    }
    if let Some(c) =
        covariates.iter().find(|c| families.contains(&folded(&c.name)) || !taken.insert(folded(&c.name)))
    {
        return Err(NotPersons::Column(c.name.clone()));
    }
    let own: BTreeSet<String> = own.map(folded).collect();
    let (mut each, family) =
        (BTreeSet::new(), |m: &&&Covariate| m.name.split_once('.').map(|name| folded(name.0)));
    match marks.iter().find(|m| !each.insert(folded(&m.name)) || family(m).is_some_and(|f| own.contains(&f)))
    {
        Some(m) => Err(NotPersons::Column(m.name.clone())),
        None => Ok(()),
    }
}

/// Marks by what stands before the dot.
pub(crate) fn families(marks: &[String]) -> Vec<Marks> {
    let mut all: Vec<Marks> = Vec::new();
    for (at, (name, mark)) in marks.iter().enumerate().filter_map(|(i, c)| Some((i, c.split_once('.')?))) {
        match all.iter_mut().find(|m| m.name == name) {
            Some(of) => of.each.push((mark.to_owned(), at)),
            None => all.push(Marks { name: name.to_owned(), each: vec![(mark.to_owned(), at)] }),
        }
    }
    all
}
