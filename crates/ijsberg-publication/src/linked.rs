//! All published counts on one topic, in all releases, as one system over the persons of all years and vintages.
//!
//! The persons of a revised year are split into those who are in all its vintages and the others: a witness may replace one of the former
//! by another person only in all vintages at once, because an attacker can compare the editions. Counts by different covariates have only
//! the number of persons of a year in common, and no witness changes that number, so each covariate is a system of its own. Some
//! covariates share a system: form, sex and age, because the United Nations ask for them together; lists and capture histories;
//! nationality and citizenship; and decisions on status and who identified people as victims, because each combination of these is a count
//! too. Groups of a monitor, which follow from form and citizenship, join form, sex and age, nationality and citizenship, and the groups
//! themselves in one system.

mod places;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::attack::ANY;
use ijsberg_disclosure::perturbation::Noise;
use ijsberg_disclosure::witness::{Bounded, System, Target};

use crate::asked::{DIMENSIONS, contains, levels_of};
use crate::families::PublishedCount;
use crate::persons::{Group, KeptYears, Year, folded};
use crate::protection::CountProtection;
use crate::reserved::{HISTORIES, SDG_INDICATOR};

/// The separator between the parts of a name.
pub(crate) const BETWEEN: &str = "\u{1f}";

/// The covariate for groups of a monitor, which follow from form and citizenship.
pub(crate) const GROUPS: &str = "monitor-group";

/// The covariate for who identified a person as a victim, which follows from the last decision on status.
pub(crate) const IDENTIFIED: &str = "identified-by";

/// The level of persons who were not identified as victims.
pub(crate) const NOT_IDENTIFIED: &str = "not_identified";

/// The family of marks for decisions on status.
pub(crate) const STATUS: &str = "status";

/// A release: the vintage of each of its years, and the published counts of each family.
pub(crate) struct LinkedRelease<'a> {
    pub vintages: &'a BTreeMap<String, usize>,
    pub families: &'a BTreeMap<String, Vec<PublishedCount>>,
    /// Whether it is a table of capture histories, of any years.
    pub table: bool,
    /// Whether it is the current release, whose counts can still be suppressed.
    pub now: bool,
}

/// A count of the current release: its family, and its index in the published counts of the family.
pub(crate) type CountPosition = (String, usize);

/// A system, with the information needed to suppress some of its counts.
pub(crate) struct LinkedSystem {
    pub system: System,
    /// For each published number, its counts in the current release; `None` if an earlier release published it too.
    pub owners: Vec<Option<Vec<CountPosition>>>,
    /// The counts from 1 to 9 that must be protected.
    pub targets: Vec<Target>,
}

/// The topic of a system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// Lists and capture histories.
    Lists,
    /// Form, sex and age.
    Sdg,
    /// Nationality and groups of citizenship, which classify the same characteristic.
    Citizenship,
    /// Form, sex and age, nationality and citizenship, and the groups of a monitor that depend on them.
    Groups,
    /// Decisions on status, and who identified people as victims: people who were not identified have another status or none.
    Identified,
    /// A covariate.
    Covariate(String),
    /// A mark of a family: the persons with it and the persons without it.
    Mark(String, String),
}

impl Topic {
    /// The topics of families with these names.
    pub(crate) fn all(
        families: &BTreeSet<String>,
        marks: &BTreeMap<String, BTreeSet<String>>,
    ) -> BTreeSet<Self> {
        let mut all = BTreeSet::new();
        // Only if both may be published; a system of nationality alone is smaller.
        let both = families.iter().any(|name| folded(name) == CITIZENSHIP[1]);
        let groups = families.contains(GROUPS);
        for name in families {
            if name == "list" || name == HISTORIES {
                all.insert(Self::Lists);
            } else if groups && (name == SDG_INDICATOR || of_groups(name).is_some()) {
                all.insert(Self::Groups);
            } else if name == SDG_INDICATOR || dimension(name).is_some() {
                all.insert(Self::Sdg);
            } else if both && citizenship(name).is_some() {
                all.insert(Self::Citizenship);
            } else if name == IDENTIFIED || name == STATUS && marks.contains_key(name) {
                all.insert(Self::Identified);
            } else if let Some(marks) = marks.get(name) {
                all.extend(marks.iter().map(|m| Self::Mark(name.clone(), m.clone())));
            } else {
                all.insert(Self::Covariate(name.clone()));
            }
        }
        all
    }

    /// The family named in a refusal.
    pub(crate) fn family(&self) -> String {
        match self {
            Self::Lists => "list".to_owned(),
            Self::Sdg | Self::Groups => SDG_INDICATOR.to_owned(),
            Self::Citizenship => CITIZENSHIP[1].to_owned(),
            Self::Identified => STATUS.to_owned(),
            Self::Covariate(name) | Self::Mark(name, _) => name.clone(),
        }
    }

    /// The place of a group of persons in the classification of this topic.
    fn place(&self, year: &Year, g: &Group) -> Vec<String> {
        let level = |name: &str| {
            let at = year.covariates.iter().position(|c| folded(c) == folded(name));
            folded(at.map_or(crate::persons::UNKNOWN, |at| &g.levels[at]))
        };
        match self {
            Self::Lists => {
                let on = (0..year.lists.len()).filter(|l| g.history >> l & 1 == 1);
                on.map(|l| folded(&year.lists[l])).collect::<BTreeSet<_>>().into_iter().collect()
            }
            Self::Sdg => DIMENSIONS.iter().map(|names| level(names[0])).collect(),
            Self::Citizenship => CITIZENSHIP.iter().map(|name| level(name)).collect(),
            Self::Groups => {
                let names = DIMENSIONS.iter().map(|names| names[0]).chain(CITIZENSHIP).chain([GROUPS]);
                names.map(level).collect()
            }
            Self::Identified => {
                let marks = year.marks.iter().zip(&g.marks).filter(|m| *m.1);
                let of_status = marks.filter_map(|m| m.0.split_once('.')).filter(|m| folded(m.0) == STATUS);
                let status: BTreeSet<String> = of_status.map(|m| folded(m.1)).collect();
                std::iter::once(level(IDENTIFIED)).chain(status).collect()
            }
            Self::Covariate(name) => vec![level(name)],
            Self::Mark(family, mark) => {
                let name = format!("{family}.{mark}");
                let at = year.marks.iter().position(|m| folded(m) == folded(&name));
                vec![if at.is_some_and(|at| g.marks[at]) { folded(mark) } else { String::new() }]
            }
        }
    }

    /// Whether a count of a family includes a place; `None` if the family does not belong to this topic.
    fn fits(&self, family: &str, level: Option<&str>, place: &[String]) -> Option<bool> {
        let Some(level) = level else { return self.has_total(family).then_some(true) };
        match self {
            Self::Lists if family == "list" => Some(place.contains(&folded(level))),
            Self::Lists if family == HISTORIES => {
                let on: BTreeSet<String> = level.split(BETWEEN).map(folded).collect();
                Some(place.iter().cloned().collect::<BTreeSet<_>>() == on)
            }
            Self::Sdg | Self::Groups if family == SDG_INDICATOR => {
                let mut words = level.split(' ');
                let of = levels_of([words.next()?, words.next()?, words.next()?]);
                let fits = |(of, p): (&&[&str], &String)| of.is_empty() || contains(of, p);
                Some(of.iter().zip(place).all(fits))
            }
            Self::Sdg => dimension(family).map(|d| place[d] == folded(level)),
            Self::Citizenship => citizenship(family).map(|d| place[d] == folded(level)),
            Self::Groups => of_groups(family).map(|d| place[d] == folded(level)),
            Self::Identified if family == IDENTIFIED => Some(place[0] == folded(level)),
            Self::Identified if family == STATUS => Some(place[1..].contains(&folded(level))),
            Self::Covariate(name) => (name == family).then(|| place[0] == folded(level)),
            Self::Mark(name, mark) => (name == family && mark == level).then(|| place[0] == folded(level)),
            Self::Lists | Self::Identified => None,
        }
    }

    fn has_total(&self, family: &str) -> bool {
        match self {
            Self::Lists => family == "list",
            Self::Sdg => dimension(family).is_some(),
            Self::Citizenship => citizenship(family).is_some(),
            Self::Groups => of_groups(family).is_some(),
            Self::Identified => family == IDENTIFIED || family == STATUS,
            Self::Covariate(name) | Self::Mark(name, _) => name == family,
        }
    }

    /// Whether the persons who are not at a level are a count of their own, which no table shows.
    fn has_complement(&self, family: &str) -> bool {
        matches!(self, Self::Mark(..)) || family == "list" || *self == Self::Identified && family == STATUS
    }

    /// Adds places without persons that could have some.
    fn possible(&self, places: &mut BTreeSet<Vec<String>>) {
        if let Self::Mark(_, mark) = self {
            places.extend([vec![folded(mark)], vec![String::new()]]);
        }
        if *self == Self::Identified {
            places::possible(places);
        }
    }
}

/// The index of a family among form, sex and age.
fn dimension(family: &str) -> Option<usize> {
    DIMENSIONS.iter().position(|names| names.iter().any(|n| folded(n) == folded(family)))
}

/// The covariates for citizenship: national or foreign, and the groups of the European Union.
const CITIZENSHIP: [&str; 2] = ["nationality", "citizenship"];

/// The index of a family among these.
fn citizenship(family: &str) -> Option<usize> {
    CITIZENSHIP.iter().position(|name| *name == folded(family))
}

/// The index of a family among the parts of a place of [`Topic::Groups`].
fn of_groups(family: &str) -> Option<usize> {
    let citizenship = || citizenship(family).map(|d| DIMENSIONS.len() + d);
    let groups = || (family == GROUPS).then_some(PARTS - 1);
    dimension(family).or_else(citizenship).or_else(groups)
}

/// The number of parts of the longest place.
const PARTS: usize = DIMENSIONS.len() + CITIZENSHIP.len() + 1;

/// A year, and a part of its persons: those of one vintage only, or those of all vintages.
type Block = (String, Option<usize>);

/// Cells by block and place.
struct Cells {
    blocks: Vec<Block>,
    places: Vec<Vec<String>>,
    truth: Vec<u64>,
    /// The number of vintages of each year.
    vintages: BTreeMap<String, usize>,
}

impl Cells {
    fn from_kept(topic: &Topic, kept: &KeptYears) -> Self {
        let mut counts: BTreeMap<(Block, Vec<String>), u64> = BTreeMap::new();
        for (year, vintages) in &kept.years {
            // Persons with the same lists and place count as the same persons in all vintages, up to the smallest number.
            let of = |v: &Year| {
                let mut all: BTreeMap<(Vec<String>, Vec<String>), u64> = BTreeMap::new();
                for g in &v.groups {
                    *all.entry((Topic::Lists.place(v, g), topic.place(v, g))).or_default() += g.count;
                }
                all
            };
            let by_vintage: Vec<_> = vintages.iter().map(of).collect();
            let every: BTreeSet<_> = by_vintage.iter().flat_map(BTreeMap::keys).collect();
            for who in every {
                let each: Vec<u64> = by_vintage.iter().map(|v| v.get(who).copied().unwrap_or(0)).collect();
                let common = each.iter().copied().min().unwrap_or(0);
                let parts = each.iter().enumerate().map(|(v, n)| (Some(v + 1), n - common));
                for (part, n) in std::iter::once((None, common)).chain(parts).filter(|p| p.1 > 0) {
                    *counts.entry(((year.clone(), part), who.1.clone())).or_default() += n;
                }
            }
        }
        let blocks: BTreeSet<Block> = counts.keys().map(|key| key.0.clone()).collect();
        let mut places: BTreeSet<Vec<String>> = counts.keys().map(|key| key.1.clone()).collect();
        topic.possible(&mut places);
        let (blocks, places): (Vec<Block>, Vec<Vec<String>>) =
            (blocks.into_iter().collect(), places.into_iter().collect());
        let both = blocks.iter().flat_map(|b| places.iter().map(move |p| (b.clone(), p.clone())));
        let truth = both.map(|key| counts.get(&key).copied().unwrap_or(0)).collect();
        Self {
            truth,
            vintages: kept.years.iter().map(|(y, v)| (y.clone(), v.len())).collect(),
            blocks,
            places,
        }
    }

    /// The places that satisfy a condition.
    fn places(&self, fits: impl Fn(&[String]) -> bool) -> Vec<usize> {
        (0..self.places.len()).filter(|p| fits(&self.places[*p])).collect()
    }

    /// The cells of these places in the blocks that satisfy a condition.
    fn fitting(&self, places: &[usize], block: impl Fn(&Block) -> bool) -> Vec<usize> {
        let blocks = (0..self.blocks.len()).filter(|b| block(&self.blocks[*b]));
        blocks.flat_map(|b| places.iter().map(move |p| b * self.places.len() + p)).collect()
    }

    fn sum(&self, cells: &[usize]) -> u64 {
        cells.iter().map(|c| self.truth[*c]).sum()
    }
}

/// Combines all releases into one system.
pub(crate) fn link_releases(
    topic: &Topic,
    kept: &KeptYears,
    releases: &[LinkedRelease<'_>],
    noise: &Noise,
) -> LinkedSystem {
    let cells = Cells::from_kept(topic, kept);
    let mut numbers: BTreeMap<Vec<usize>, (Bounded, Option<Vec<CountPosition>>)> = BTreeMap::new();
    let mut targets: BTreeSet<Target> = BTreeSet::new();
    let mut levels: BTreeSet<(&String, &String)> = BTreeSet::new();
    for release in releases {
        for (family, counts) in release.families {
            for (at, t) in counts.iter().enumerate() {
                if topic.fits(family, t.level.as_deref(), &vec![String::new(); PARTS]).is_none() {
                    continue;
                }
                let block = |(year, part): &Block| {
                    t.year.as_ref().is_none_or(|of| of == year)
                        && release.vintages.get(year).is_some_and(|v| part.is_none_or(|part| part == *v))
                };
                let is = cells.places(|place| topic.fits(family, t.level.as_deref(), place) == Some(true));
                let of = cells.fitting(&is, block);
                if of.is_empty() && t.value == 0 {
                    continue;
                }
                let p = t.how.published(Vec::new(), noise, t.value);
                let owner = release.now.then(|| vec![(family.clone(), at)]);
                let found = numbers.entry(of.clone());
                let found = found
                    .or_insert_with(|| (Bounded { cells: of.clone(), low: 0, high: ANY }, Some(Vec::new())));
                found.0.low = found.0.low.max(p.low);
                found.0.high = found.0.high.min(p.high);
                // A count that an earlier release suppressed can be suppressed again.
                if release.now || t.how != CountProtection::Hidden {
                    found.1 = found.1.take().zip(owner).map(|(all, one)| [all, one].concat());
                }
                let Some(level) = &t.level else { continue };
                levels.insert((family, level));
                if places::is_small(cells.sum(&of)) {
                    targets.insert(of.iter().map(|c| (*c, 1)).collect());
                }
                if topic.has_complement(family) {
                    let not: Vec<usize> = (0..cells.places.len()).filter(|p| !is.contains(p)).collect();
                    let not = cells.fitting(&not, block);
                    if places::is_small(cells.sum(&not)) {
                        targets.insert(not.iter().map(|c| (*c, 1)).collect());
                    }
                }
            }
        }
    }
    // Tables may cover any years, and counts of one year may follow from tables of several years.
    if releases.iter().any(|r| r.table) {
        for (family, level) in levels.iter().filter(|l| *l.0 == HISTORIES) {
            targets.extend(places::of_one_vintage(
                &cells,
                &cells.places(|place| topic.fits(family, Some(level), place) == Some(true)),
            ));
        }
    }
    // The net change between any two vintages is a count too.
    let of_level = |(family, level): (&String, &String)| {
        cells.places(|place| topic.fits(family, Some(level), place) == Some(true))
    };
    let mut all: BTreeSet<Vec<usize>> = levels.into_iter().map(of_level).collect();
    if *topic == Topic::Identified {
        all.extend((0..cells.places.len()).map(|place| vec![place]));
    }
    targets.extend(all.iter().flat_map(|is| places::between_vintages(&cells, is)));
    let (mut published, mut owners): (Vec<_>, Vec<_>) = numbers.into_values().unzip();
    if *topic == Topic::Identified {
        targets.extend(places::counts(&cells, releases));
        published.extend(places::impossible(&cells, kept));
        owners.resize(published.len(), None);
    }
    let width = cells.places.len().max(1);
    let blocks = (0..cells.truth.len()).map(|c| c / width).collect();
    let system = System { truth: cells.truth, blocks, published };
    LinkedSystem { system, owners, targets: targets.into_iter().collect() }
}
