//! Victims by group of a monitor, such as the four of the Dutch Rapporteur (form and citizenship together), and by identifying
//! organisation.
//!
//! A group links the counts by form to the counts by citizenship, so that all of them are attacked as one system; likewise the identifying
//! organisation and the decision on status. The counts of the article have priority: if either breakdown would cause one of them to be
//! suppressed, levels of that breakdown are suppressed until this is no longer so. If that does not help, the breakdown is left out.

use crate::asked::SdgCount;
use crate::families::Family;
use crate::gate::{CheckResult, Refusal};
use crate::legal::delivery::{Delivery, Outcome};
use crate::legal::measure::{Measure, UNKNOWN};
use crate::legal::rows::extra_breakdown;
use crate::legal::tables::{Cell, Reason, Row};
use crate::linked::GROUPS;
use crate::protection::CountProtection;

/// Breakdowns published in addition to the counts that the article asks for, if they are known.
pub(super) struct ExtraBreakdowns {
    /// Groups of a monitor.
    pub(super) groups: Option<Family>,
    /// Identifying organisations.
    pub(super) identified: Option<Family>,
}

/// The result of the check with one extra breakdown, or without it and the reason why it is left out.
type CheckedWithOne = (CheckResult, Option<Reason>);

/// The result of the check with both, and the reason why either is left out, in the order of [`ExtraBreakdowns`].
type CheckedWithBoth = (CheckResult, [Option<Reason>; 2]);

/// Attacks the counts together with the extra breakdowns. `attack` suppresses counts that disclose too much.
///
/// # Errors
/// If the counts do not pass without the extra breakdowns either.
pub(super) fn check_with_both(
    families: &mut Vec<Family>,
    numbers: &mut Vec<SdgCount>,
    ExtraBreakdowns { groups, identified }: ExtraBreakdowns,
    attack: impl Fn(&mut [Family], &mut Vec<SdgCount>) -> Result<CheckResult, Refusal>,
) -> Result<CheckedWithBoth, Refusal> {
    let Some(identified) = identified else {
        let (passed, no_groups) = check_with_one(families, numbers, groups, attack)?;
        return Ok((passed, [no_groups, None]));
    };
    // Try both together first: if nothing has to be suppressed, one attack is enough.
    let (mut all, mut all_numbers) = (families.clone(), numbers.clone());
    all.extend(groups.iter().cloned().chain([identified.clone()]));
    if let Ok(passed) = attack(&mut all, &mut all_numbers)
        && passed.suppressed == 0
    {
        (*families, *numbers) = (all, all_numbers);
        return Ok((passed, [None, None]));
    }
    let (first, no_groups) = check_with_one(families, numbers, groups, &attack)?;
    let (mut passed, no_identified) = check_with_one(families, numbers, Some(identified), attack)?;
    passed.suppressed += first.suppressed;
    Ok((passed, [no_groups, no_identified]))
}

/// Attacks the counts together with one extra breakdown, if there is one (here called `groups`).
fn check_with_one(
    families: &mut Vec<Family>,
    numbers: &mut Vec<SdgCount>,
    groups: Option<Family>,
    attack: impl Fn(&mut [Family], &mut Vec<SdgCount>) -> Result<CheckResult, Refusal>,
) -> Result<CheckedWithOne, Refusal> {
    let Some(mut groups) = groups else { return Ok((attack(families, numbers)?, None)) };
    let mut alone: Option<(Vec<Family>, Vec<SdgCount>, CheckResult)> = None;
    loop {
        let (mut all, mut all_numbers) = (families.clone(), numbers.clone());
        all.push(groups.clone());
        let with = attack(&mut all, &mut all_numbers);
        if let Ok(passed) = &with
            && passed.suppressed == 0
        {
            (*families, *numbers) = (all, all_numbers);
            return Ok((passed.clone(), None));
        }
        if alone.is_none() {
            let (mut without, mut its_numbers) = (families.clone(), numbers.clone());
            let passed = attack(&mut without, &mut its_numbers)?;
            alone = Some((without, its_numbers, passed));
        }
        if let (Ok(passed), Some((without, its_numbers, _))) = (&with, &alone) {
            let shown = all.iter().zip(without).all(|(a, b)| is_kept(a, b));
            let of = |n: &SdgCount| (n.series, n.sex, n.age, n.year.clone());
            let has_all = its_numbers.iter().all(|n| all_numbers.iter().any(|m| of(m) == of(n)));
            if shown && has_all {
                (*families, *numbers) = (all, all_numbers);
                return Ok((passed.clone(), None));
            }
        }
        if !withhold_one(&mut groups) {
            break;
        }
    }
    let Some((without, its_numbers, passed)) = alone else { return Ok((attack(families, numbers)?, None)) };
    (*families, *numbers) = (without, its_numbers);
    Ok((passed, Some(Reason::Outweighed)))
}

/// Whether every count that a family shows without the extra breakdown is also shown with it.
fn is_kept(with: &Family, alone: &Family) -> bool {
    let mut both = with.published_counts().into_iter().zip(alone.published_counts());
    both.all(|(with, alone)| alone.how == CountProtection::Hidden || with.how != CountProtection::Hidden)
}

/// Suppresses the last group shown; returns false if fewer than two would remain. The choice does not depend on the counts, because it would
/// then disclose a bound on the suppressed count. A zero is not suppressed: a suppressed count is known not to be zero.
fn withhold_one(groups: &mut Family) -> bool {
    let shown = |l: &usize| groups.by_level[*l].is_some_and(|n| n.get() > 0);
    let some: Vec<usize> = (0..groups.levels.len()).filter(shown).collect();
    let Some(level) = some.last().copied().filter(|_| some.len() > 2) else { return false };
    for n in groups.cells[level].iter_mut().chain([&mut groups.by_level[level]]) {
        if n.is_some_and(|n| n.get() > 0) {
            *n = None;
        }
    }
    true
}

/// A row for each group, all with the same cell.
fn cells(codes: &[&str], cell: &Cell) -> Vec<Row> {
    let row = |code: &&str| Row {
        measure: Measure::Registered,
        by: GROUPS.to_owned(),
        code: (*code).to_owned(),
        cell: cell.clone(),
    };
    codes.iter().map(row).collect()
}

impl Delivery {
    /// Victims by group of the monitor, a row for each group and for those in none; empty if the country profile has no groups. The
    /// Rapporteur counts some notifications of the Marechaussee separately. Here they are included in their group: these people are all on
    /// the list of one organisation, so a separate number would disclose, together with its count, the few others on that list.
    pub fn groups(&self) -> Vec<Row> {
        let groups = &self.request.country.groups;
        let Some(outcome) = self.outcomes.get(&Measure::Registered).filter(|_| !groups.is_empty()) else {
            return Vec::new();
        };
        let ids = groups.iter().map(|g| &g.id);
        let codes: Vec<&str> = ids.map(String::as_str).chain([UNKNOWN]).collect();
        match outcome {
            Outcome::Released(of) if !of.has_no_persons => {
                extra_breakdown(of, of.no_groups.as_ref(), (GROUPS, &codes))
            }
            Outcome::Released(_) => cells(&codes, &Cell::Zero),
            Outcome::Missing(why) => cells(&codes, &Cell::NotDelivered(why.clone())),
        }
    }
}
