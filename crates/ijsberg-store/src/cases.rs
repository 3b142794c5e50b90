//! Cases: registrations as a list of them shows them, filtered, in an order, a page at a time, and as a search finds them.

use crate::ask::{all, count, each};
use crate::registrations::StoredRegistration;
use crate::{Driver, StoreError, Value, Within};

/// The condition that the sex, the age, the nationality or the form is not known.
const INCOMPLETE: &str = "(sex = 'UNKNOWN' OR form = 'UNKNOWN' OR nationality IN ('', 'ZZ') \
     OR (minor NOT IN ('yes', 'no') AND birth_year IS NULL))";

/// A list that people come back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// Everything.
    All,
    /// A pair left undecided, a person who is listed for erasing or whose emergency access nobody reviewed, or a case incomplete for long.
    Attention {
        /// What is incomplete and was recorded before this counts as long.
        incomplete_before: String,
    },
    /// Recorded since then.
    New {
        /// The first moment or day of it.
        since: String,
    },
    /// Under 18, or it is not known whether they are.
    Minors,
    /// The sex, the age, the nationality or the form is not known.
    Incomplete,
}

impl View {
    fn condition(&self, within: Within<'_>, values: &mut Vec<Value>) -> String {
        match self {
            Self::All => "1 = 1".to_owned(),
            Self::Attention { incomplete_before } => {
                values.push(incomplete_before.as_str().into());
                let overdue = format!("({INCOMPLETE} AND recorded_at < ${})", values.len());
                let pairs = within.of_both(values);
                let undecided = |side: &str| {
                    format!(
                        "id IN (SELECT {side} FROM link_decision \
                         WHERE undone_at IS NULL AND decision = 'undecided' AND {pairs})"
                    )
                };
                let listed = within.of_person("id", values);
                let read = within.of_person("person", values);
                format!(
                    "({overdue} OR {} OR {} \
                     OR person IN (SELECT id FROM erasing WHERE kind = 'person' AND {listed}) \
                     OR person IN (SELECT person FROM break_glass WHERE reviewed_by IS NULL AND {read}))",
                    undecided("a"),
                    undecided("b")
                )
            }
            Self::New { since } => {
                values.push(since.as_str().into());
                format!("recorded_at >= ${}", values.len())
            }
            Self::Minors => "minor <> 'no'".to_owned(),
            Self::Incomplete => INCOMPLETE.to_owned(),
        }
    }
}

/// What cases are put in order by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortColumn {
    /// When they were recorded.
    Recorded,
    /// When it happened.
    Happened,
    /// Who notified.
    Organisation,
    /// The form of exploitation.
    Form,
    /// The nationality.
    Nationality,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// By this column, and where that is the same by pseudonym.
    pub by: SortColumn,
    /// The smallest first.
    pub ascending: bool,
}

impl Order {
    fn clause(self) -> String {
        let column = match self.by {
            SortColumn::Recorded => "recorded_at",
            SortColumn::Happened => "happened_on",
            SortColumn::Organisation => "organisation",
            SortColumn::Form => "form",
            SortColumn::Nationality => "nationality",
        };
        let direction = if self.ascending { "ASC" } else { "DESC" };
        format!("ORDER BY {column} {direction}, id {direction}")
    }
}

/// Which cases. An empty text restricts nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFilter<'a> {
    /// Of these organisations.
    pub within: Within<'a>,
    /// On a list that people come back to.
    pub view: View,
    /// Of one organisation.
    pub organisation: &'a str,
    /// Of one form of exploitation.
    pub form: &'a str,
    /// On one track.
    pub lane: &'a str,
    /// From the first day of one year, or of all before where that is empty, to the last day of another.
    pub years: Option<(&'a str, &'a str)>,
    /// Only people whose status somebody can decide on: on the support track, and not erased.
    pub undecided: bool,
}

impl CaseFilter<'_> {
    fn condition(&self, values: &mut Vec<Value>) -> String {
        let mut conditions = vec![self.view.condition(self.within, values)];
        let codes = [("organisation", self.organisation), ("form", self.form), ("lane", self.lane)];
        for (column, value) in codes {
            if !value.is_empty() {
                values.push(value.into());
                conditions.push(format!("{column} = ${}", values.len()));
            }
        }
        if let Some((first, last)) = self.years {
            values.push(first.into());
            values.push(format!("{last}-12-31").into());
            let (from, to) = (values.len() - 1, values.len());
            conditions.push(format!("happened_on >= ${from} AND happened_on <= ${to}"));
        }
        conditions.push(self.within.condition("organisation", values));
        if self.undecided {
            let there = "lane = 'help' AND person IN (SELECT id FROM person WHERE erased_at IS NULL)";
            conditions.push(there.to_owned());
        }
        conditions.join(" AND ")
    }
}

/// A part of the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its number, from 0.
    pub number: usize,
    /// Cases on each.
    pub size: usize,
}

/// How many cases there are; no further is counted than to `most`.
///
/// # Errors
/// If the storage fails.
pub fn counted(driver: &mut dyn Driver, which: &CaseFilter<'_>, most: u64) -> Result<u64, StoreError> {
    let mut values = Vec::new();
    let condition = which.condition(&mut values);
    let sql =
        format!("SELECT count(*) FROM (SELECT id FROM registration WHERE {condition} LIMIT {most}) AS found");
    count(driver, &sql, &values)
}

/// A page of the cases.
///
/// # Errors
/// If the storage fails.
pub fn page(
    driver: &mut dyn Driver,
    which: &CaseFilter<'_>,
    order: Order,
    page: Page,
) -> Result<Vec<StoredRegistration>, StoreError> {
    let mut values = Vec::new();
    let condition = which.condition(&mut values);
    let rest = format!(
        "FROM registration WHERE {condition} {} LIMIT {} OFFSET {}",
        order.clause(),
        page.size,
        page.number * page.size
    );
    all(driver, &rest, &values)
}

/// Hands over each of the cases.
///
/// # Errors
/// If the storage fails.
pub fn each_case(
    driver: &mut dyn Driver,
    which: &CaseFilter<'_>,
    order: Order,
    row: &mut dyn FnMut(StoredRegistration),
) -> Result<(), StoreError> {
    let mut values = Vec::new();
    let condition = which.condition(&mut values);
    each(driver, &format!("FROM registration WHERE {condition} {}", order.clause()), &values, row)
}

/// The latest registrations of organisations within reach whose person has a pseudonym from one to another.
///
/// # Errors
/// If the storage fails.
pub fn by_pseudonym(
    driver: &mut dyn Driver,
    (least, greatest): (&[u8; 16], &[u8; 16]),
    within: Within<'_>,
    most: usize,
) -> Result<Vec<StoredRegistration>, StoreError> {
    let mut values = vec![least.as_slice().into(), greatest.as_slice().into()];
    let own = within.condition("organisation", &mut values);
    let rest = format!(
        "FROM registration WHERE person >= $1 AND person <= $2 AND {own} \
         ORDER BY recorded_at DESC, id DESC LIMIT {most}"
    );
    all(driver, &rest, &values)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ALL: CaseFilter<'static> = CaseFilter {
        within: Within::Everywhere,
        view: View::All,
        organisation: "",
        form: "",
        lane: "",
        years: None,
        undecided: false,
    };

    fn put(which: &CaseFilter<'_>) -> (String, Vec<Value>) {
        let mut values = Vec::new();
        (which.condition(&mut values), values)
    }

    #[test]
    fn a_filter_is_a_condition() {
        assert_eq!(put(&ALL), ("1 = 1 AND 1 = 1".to_owned(), vec![]));
        let only = BTreeSet::from(["ngo".to_owned()]);
        let since = "2026-11-21".to_owned();
        let which = CaseFilter {
            within: Within::Only(&only),
            view: View::New { since: since.clone() },
            form: "LABOUR",
            undecided: true,
            ..ALL
        };
        let (condition, values) = put(&which);
        assert_eq!(
            condition,
            "recorded_at >= $1 AND form = $2 AND organisation IN ($3) \
             AND lane = 'help' AND person IN (SELECT id FROM person WHERE erased_at IS NULL)"
        );
        assert_eq!(values, [since.into(), "LABOUR".into(), "ngo".into()]);
        let order = Order { by: SortColumn::Happened, ascending: true };
        assert_eq!(order.clause(), "ORDER BY happened_on ASC, id ASC");
    }

    #[test]
    fn a_year_is_every_day_in_it() {
        let of = |first, last| put(&CaseFilter { years: Some((first, last)), ..ALL }).1;
        assert_eq!(of("2015", "2015"), ["2015".into(), "2015-12-31".into()]);
        assert_eq!(of("2015", "2017"), ["2015".into(), "2017-12-31".into()]);
        let inside = |day: &str| ("2015"..="2015-12-31").contains(&day);
        assert!(inside("2015") && inside("2015-01") && inside("2015-12-31"));
        assert!(!inside("2014-12-31") && !inside("2016") && !inside("2016-01-01"));
    }
}
