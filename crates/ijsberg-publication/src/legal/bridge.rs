//! A series across a change of the law: the published counts of the years before and after it, also recoded if the country profile says how
//! the definitions compare.
//!
//! Only published counts are used, of earlier releases and of this delivery: they passed the gate together, and their sums disclose nothing
//! new. Copies under embargo are left out.

use std::collections::BTreeMap;

use crate::country::{Change, Country, FORMS};
use crate::families::PublishedCount;
use crate::ledger::Release;
use crate::legal::delivery::Delivery;
use crate::legal::measure::Measure;
use crate::persons::folded;
use crate::protection::CountProtection;
use crate::stage::Stage;

/// The law that applied in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LawPeriod {
    /// The law before the change.
    Former,
    /// Both: the change took effect within the year.
    Both,
    /// The law since the change.
    New,
}

impl LawPeriod {
    /// Its name in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Former => "former",
            Self::Both => "both",
            Self::New => "new",
        }
    }
}

/// A count on one side of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BridgeCount {
    /// The year.
    pub year: i16,
    /// The law that applied.
    pub period: LawPeriod,
    /// Whether it is counted by the former definition; otherwise by the one in force.
    pub recoded: bool,
    /// The form of exploitation; empty for all.
    pub form: String,
    /// The published count, or a sum of published counts; `None` if one of them is suppressed.
    pub persons: Option<u64>,
    /// Whether the change breaks the series of this count.
    pub breaks: bool,
    /// The stage of the figure when it was published.
    pub stage: Stage,
}

/// A change of the law with counts on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bridge {
    /// The change.
    pub change: Change,
    /// The counts by the definition in force, and recoded if that is possible.
    pub counts: Vec<BridgeCount>,
}

/// The published counts of a year: total and by form; `None` if suppressed.
#[derive(Debug, Clone, Default)]
struct PublishedYear {
    total: Option<u64>,
    forms: BTreeMap<String, Option<u64>>,
    stage: Stage,
}

/// The bridges of all changes of the law that have a published count of a whole year on both sides.
pub fn bridges(d: &Delivery) -> Vec<Bridge> {
    let Some(ledger) = d.published(Measure::Registered) else { return Vec::new() };
    let public: Vec<&Release> = ledger.releases.iter().filter(|r| r.embargo.is_none()).collect();
    let of = |change: &Change| {
        let in_year = change.from.year();
        let begins = change.from.month() == 1 && change.from.day() == 1;
        let first_after = if begins { in_year } else { in_year + 1 };
        // A year without publications has no count; the years on both sides must have one.
        let count = |y: i16| published(&public, y, &d.request.country).map(|p| (y, p));
        let years: Vec<(i16, PublishedYear)> = (in_year - 1..=first_after).filter_map(count).collect();
        let has = |year: i16| years.iter().any(|y| y.0 == year);
        if !has(in_year - 1) || !has(first_after) {
            return None;
        }
        let mut counts = Vec::new();
        for (year, p) in &years {
            let period = match year {
                y if *y < in_year => LawPeriod::Former,
                y if *y < first_after => LawPeriod::Both,
                _ => LawPeriod::New,
            };
            counts.extend(counts_of((*year, period), p, change));
        }
        Some(Bridge { change: change.clone(), counts })
    };
    d.request.country.law.iter().filter_map(of).collect()
}

/// The counts of a year in the last release that includes it.
fn published(public: &[&Release], of: i16, country: &Country) -> Option<PublishedYear> {
    let year = of.to_string();
    let of_year = |t: &&PublishedCount| t.year.as_deref() == Some(year.as_str());
    let family = |r: &Release, name: &str| -> Vec<PublishedCount> {
        let named = r.families.iter().find(|f| folded(f.0) == name);
        named.map_or_else(Vec::new, |f| f.1.iter().filter(of_year).cloned().collect())
    };
    public.iter().rev().find_map(|r| {
        let all = family(r, "list").into_iter().find(|t| t.level.is_none())?;
        let shown = |t: &PublishedCount| (t.how != CountProtection::Hidden).then_some(t.value);
        let forms =
            family(r, "form").into_iter().filter_map(|t| Some((t.level.clone()?, shown(&t)))).collect();
        Some(PublishedYear { total: shown(&all), forms, stage: Stage::of_release(country, of, r) })
    })
}

fn counts_of((year, period): (i16, LawPeriod), p: &PublishedYear, change: &Change) -> Vec<BridgeCount> {
    let count = |recoded: bool, form: &str, persons: Option<u64>, breaks: bool| BridgeCount {
        year,
        period,
        recoded,
        form: form.to_owned(),
        persons,
        breaks,
        stage: p.stage,
    };
    let breaks = change.breaks();
    let mut all = vec![count(false, "", p.total, breaks)];
    all.extend(p.forms.iter().map(|(form, n)| count(false, form, *n, breaks)));
    let Some(codes) = change.recode.as_ref().filter(|codes| !codes.is_empty()) else { return all };
    // The former code of a form that is not a code of the register is not known.
    let is_code = |form: &String| FORMS.iter().any(|code| folded(code) == folded(form));
    if p.forms.is_empty() || !p.forms.keys().all(is_code) {
        return all;
    }
    let mut sums: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    for (form, n) in &p.forms {
        let code = codes.get(form).map_or(form.as_str(), String::as_str);
        // A form with an empty code was not exploitation by the former definition.
        if code.is_empty() {
            continue;
        }
        let sum = sums.entry(code).or_insert(Some(0));
        *sum = sum.zip(*n).map(|(a, b)| a + b);
    }
    let total = sums.values().copied().sum::<Option<u64>>();
    all.push(count(true, "", total, false));
    all.extend(sums.into_iter().map(|(form, n)| count(true, form, n, false)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(recode: Option<&[(&str, &str)]>) -> Change {
        let owned = |codes: &[(&str, &str)]| {
            codes.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let law = Country::shipped("528").unwrap().law;
        Change { recode: recode.map(owned), ..law[0].clone() }
    }

    fn counts() -> PublishedYear {
        let forms =
            [("LABOUR", Some(40)), ("OTHER", Some(10)), ("FORCED_MARRIAGE", Some(5)), ("SURROGACY", None)];
        let forms = forms.map(|(f, n)| (f.to_owned(), n)).into_iter().collect();
        PublishedYear { total: Some(60), forms, stage: Stage::Final }
    }

    fn shown(counts: &[BridgeCount]) -> Vec<(bool, &str, Option<u64>, bool)> {
        counts.iter().map(|s| (s.recoded, s.form.as_str(), s.persons, s.breaks)).collect()
    }

    #[test]
    fn counts_are_added_up_to_the_former_definition_and_the_break_is_shown() {
        let codes = [("FORCED_MARRIAGE", "OTHER"), ("SURROGACY", "")];
        let all = counts_of((2026, LawPeriod::New), &counts(), &change(Some(&codes)));
        assert_eq!(
            shown(&all),
            [
                (false, "", Some(60), true),
                (false, "FORCED_MARRIAGE", Some(5), true),
                (false, "LABOUR", Some(40), true),
                (false, "OTHER", Some(10), true),
                (false, "SURROGACY", None, true),
                (true, "", Some(55), false),
                (true, "LABOUR", Some(40), false),
                (true, "OTHER", Some(15), false),
            ]
        );
        // A suppressed count suppresses every sum that includes it.
        let all = counts_of((2026, LawPeriod::New), &counts(), &change(Some(&[("SURROGACY", "OTHER")])));
        let recoded: Vec<_> = shown(&all).into_iter().filter(|s| s.0).collect();
        assert!(
            recoded.contains(&(true, "", None, false)) && recoded.contains(&(true, "OTHER", None, false))
        );
    }

    #[test]
    fn forms_that_are_not_codes_are_not_recoded() {
        let mut named = counts();
        named.forms.insert("criminal".to_owned(), Some(5));
        let all = counts_of((2026, LawPeriod::New), &named, &change(Some(&[("FORCED_MARRIAGE", "OTHER")])));
        assert!(all.len() == 6 && all.iter().all(|s| s.breaks && !s.recoded));
    }

    #[test]
    fn renumbering_an_article_breaks_no_series_and_an_unknown_change_does() {
        let same = counts_of((2026, LawPeriod::New), &counts(), &change(Some(&[])));
        assert!(same.len() == 5 && same.iter().all(|s| !s.breaks && !s.recoded));
        let unknown = counts_of((2026, LawPeriod::New), &counts(), &change(None));
        assert!(unknown.len() == 5 && unknown.iter().all(|s| s.breaks && !s.recoded));
    }
}
