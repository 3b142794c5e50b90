//! Victims by group of a monitor, such as the four of the Dutch Rapporteur: form and citizenship together. And by whom they were
//! identified.
//!
//! A group ties what is told of forms to what is told of citizenship, so that all of it is attacked as one system; so does who identified
//! somebody to the decision on their status. What the article asks for comes first: where either would cost a count of it, its levels are
//! suppressed until they do not, and it is left out where that does not help.

use crate::asked::Asked as Number;
use crate::families::Family;
use crate::gate::{Passed, Refused};
use crate::legal::delivery::{Delivery, Spine};
use crate::legal::measure::{Measure, UNKNOWN};
use crate::legal::rows::told_apart;
use crate::legal::tables::{Cell, Row, Why};
use crate::linked::GROUPS;
use crate::protection::How;

/// What is told beside the counts that the article asks for, where it is known.
pub(super) struct Beside {
    /// Groups of a monitor.
    pub(super) groups: Option<Family>,
    /// By whom people were identified.
    pub(super) identified: Option<Family>,
}

/// What the gate made of counts with one of these, or of the counts alone and why.
type Attacked = (Passed, Option<Why>);

/// What it made of counts with both, and why one is not among them, in the order of [`Beside`].
type BothAttacked = (Passed, [Option<Why>; 2]);

/// Has counts attacked with what is told beside them. `attack` hides what tells too much.
///
/// # Errors
/// If the counts do not pass even alone.
pub(super) fn all_attacked(
    families: &mut Vec<Family>,
    numbers: &mut Vec<Number>,
    Beside { groups, identified }: Beside,
    attack: impl Fn(&mut [Family], &mut Vec<Number>) -> Result<Passed, Refused>,
) -> Result<BothAttacked, Refused> {
    let Some(identified) = identified else {
        let (passed, no_groups) = attacked(families, numbers, groups, attack)?;
        return Ok((passed, [no_groups, None]));
    };
    // Both at once first: where nothing has to be hidden, it takes one attack.
    let (mut all, mut all_numbers) = (families.clone(), numbers.clone());
    all.extend(groups.iter().cloned().chain([identified.clone()]));
    if let Ok(passed) = attack(&mut all, &mut all_numbers)
        && passed.hidden == 0
    {
        (*families, *numbers) = (all, all_numbers);
        return Ok((passed, [None, None]));
    }
    let (first, no_groups) = attacked(families, numbers, groups, &attack)?;
    let (mut passed, no_identified) = attacked(families, numbers, Some(identified), attack)?;
    passed.hidden += first.hidden;
    Ok((passed, [no_groups, no_identified]))
}

/// The same with one that is told beside them, if there is one; here called groups.
fn attacked(
    families: &mut Vec<Family>,
    numbers: &mut Vec<Number>,
    groups: Option<Family>,
    attack: impl Fn(&mut [Family], &mut Vec<Number>) -> Result<Passed, Refused>,
) -> Result<Attacked, Refused> {
    let Some(mut groups) = groups else { return Ok((attack(families, numbers)?, None)) };
    let mut alone: Option<(Vec<Family>, Vec<Number>, Passed)> = None;
    loop {
        let (mut all, mut all_numbers) = (families.clone(), numbers.clone());
        all.push(groups.clone());
        let with = attack(&mut all, &mut all_numbers);
        if let Ok(passed) = &with
            && passed.hidden == 0
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
            let of = |n: &Number| (n.series, n.sex, n.age, n.year.clone());
            let asked = its_numbers.iter().all(|n| all_numbers.iter().any(|m| of(m) == of(n)));
            if shown && asked {
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
    Ok((passed, Some(Why::Outweighed)))
}

/// Whether every count that a family tells alone is told with groups too.
fn is_kept(with: &Family, alone: &Family) -> bool {
    let mut both = with.told().into_iter().zip(alone.told());
    both.all(|(with, alone)| alone.how == How::Hidden || with.how != How::Hidden)
}

/// Suppresses the last group that is shown; false where fewer than two would be left to show. Which one does not depend on how many they
/// are, which would put a limit on what is suppressed. Zero stays: what is suppressed is known not to be zero.
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
    /// Victims by group of the monitor, a row for each group and for those in none; none where the profile of the country has no groups.
    /// The Rapporteur counts some notifications of the border police apart. Here they are in their group: all those people are on the list
    /// of one organisation, and beside its count a number of their own would tell of the few others.
    pub fn groups(&self) -> Vec<Row> {
        let groups = &self.asked.country.groups;
        let Some(spine) = self.spines.get(&Measure::Registered).filter(|_| !groups.is_empty()) else {
            return Vec::new();
        };
        let ids = groups.iter().map(|g| &g.id);
        let codes: Vec<&str> = ids.map(String::as_str).chain([UNKNOWN]).collect();
        match spine {
            Spine::Released(of) if !of.nobody => told_apart(of, of.no_groups.as_ref(), (GROUPS, &codes)),
            Spine::Released(_) => cells(&codes, &Cell::Zero),
            Spine::Missing(why) => cells(&codes, &Cell::NotDelivered(why.clone())),
        }
    }
}
