//! Everything told of one kind, in all releases, as one system over the persons of all years and vintages.
//!
//! Persons of a year that was revised are told apart into those who are in all its vintages and the others: a witness may take one of
//! the former for somebody else only in all vintages at once, as whoever watches the editions knows. What is told of one covariate and of
//! another meets in the number of persons of a year only, and no witness changes that; so each covariate is a system of its own, and
//! form, sex and age are one, for the United Nations ask for them together, as are lists and capture histories, nationality and
//! citizenship, and decisions on status and by whom people were identified, of which each combination is a count too. Groups of a monitor,
//! which are form and citizenship together, make one system of form, sex and age, of nationality and citizenship, and of their own.

mod places;

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::attack::ANY;
use ijsberg_disclosure::perturbation::Noise;
use ijsberg_disclosure::witness::{Bounded, System, Target};

use crate::asked::{DIMENSIONS, contains, levels_of};
use crate::families::Told;
use crate::persons::{Group, Kept, Year, folded};
use crate::protection::How;
use crate::reserved::{ASKED, HISTORIES};

/// What stands between the parts of a name.
pub(crate) const BETWEEN: &str = "\u{1f}";

/// The covariate of groups of a monitor, which follow from form and citizenship.
pub(crate) const GROUPS: &str = "monitor-group";

/// The covariate of who identified a person as a victim, which follows from the last decision on status.
pub(crate) const IDENTIFIED: &str = "identified-by";

/// The level of persons whom nobody identified as victims.
pub(crate) const NOT_IDENTIFIED: &str = "not_identified";

/// The family of marks of decisions on status.
pub(crate) const STATUS: &str = "status";

/// A release: what its years were given out for the how-manieth time, and what each family told.
pub(crate) struct Release<'a> {
    pub vintages: &'a BTreeMap<String, usize>,
    pub families: &'a BTreeMap<String, Vec<Told>>,
    /// It is a table of capture histories, of whatever years.
    pub table: bool,
    /// It is the one that is being made: what it tells can still be hidden.
    pub now: bool,
}

/// A number of the release that is being made: the family, and where it stands in it.
pub(crate) type Owner = (String, usize);

/// A system with what is needed to hide some of it.
pub(crate) struct Linked {
    pub system: System,
    /// For each published number: where it stands in the release of now; none where an earlier release told it too.
    pub owners: Vec<Option<Vec<Owner>>>,
    /// Counts from 1 to 9, and the numbers that they are told by.
    pub targets: Vec<Target>,
}

/// What a system is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    /// Lists and histories.
    Lists,
    /// Form, sex and age.
    Asked,
    /// Nationality and groups of citizenship, which are two ways to tell the same.
    Citizenship,
    /// Form, sex and age, nationality and citizenship, and the groups that tie them together.
    Groups,
    /// Decisions on status, and by whom people were identified: whom nobody identified has another status or none.
    Identified,
    /// A covariate.
    Covariate(String),
    /// A mark of a family, who has it and who has not.
    Mark(String, String),
}

impl About {
    /// The systems that families of these names are in.
    pub(crate) fn all(
        families: &BTreeSet<String>,
        marks: &BTreeMap<String, BTreeSet<String>>,
    ) -> BTreeSet<Self> {
        let mut all = BTreeSet::new();
        // Only where both may be told; a system of nationality alone is smaller.
        let both = families.iter().any(|name| folded(name) == CITIZENSHIP[1]);
        let groups = families.contains(GROUPS);
        for name in families {
            if name == "list" || name == HISTORIES {
                all.insert(Self::Lists);
            } else if groups && (name == ASKED || of_groups(name).is_some()) {
                all.insert(Self::Groups);
            } else if name == ASKED || dimension(name).is_some() {
                all.insert(Self::Asked);
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

    /// The family that a refusal names.
    pub(crate) fn family(&self) -> String {
        match self {
            Self::Lists => "list".to_owned(),
            Self::Asked | Self::Groups => ASKED.to_owned(),
            Self::Citizenship => CITIZENSHIP[1].to_owned(),
            Self::Identified => STATUS.to_owned(),
            Self::Covariate(name) | Self::Mark(name, _) => name.clone(),
        }
    }

    /// Where a person stands, by what this is about.
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
            Self::Asked => DIMENSIONS.iter().map(|names| level(names[0])).collect(),
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

    /// Whether a number of a family tells of a place; none if the family has no say here.
    fn fits(&self, family: &str, level: Option<&str>, place: &[String]) -> Option<bool> {
        let Some(level) = level else { return self.has_total(family).then_some(true) };
        match self {
            Self::Lists if family == "list" => Some(place.contains(&folded(level))),
            Self::Lists if family == HISTORIES => {
                let on: BTreeSet<String> = level.split(BETWEEN).map(folded).collect();
                Some(place.iter().cloned().collect::<BTreeSet<_>>() == on)
            }
            Self::Asked | Self::Groups if family == ASKED => {
                let mut words = level.split(' ');
                let of = levels_of([words.next()?, words.next()?, words.next()?]);
                let fits = |(of, p): (&&[&str], &String)| of.is_empty() || contains(of, p);
                Some(of.iter().zip(place).all(fits))
            }
            Self::Asked => dimension(family).map(|d| place[d] == folded(level)),
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
            Self::Asked => dimension(family).is_some(),
            Self::Citizenship => citizenship(family).is_some(),
            Self::Groups => of_groups(family).is_some(),
            Self::Identified => family == IDENTIFIED || family == STATUS,
            Self::Covariate(name) | Self::Mark(name, _) => name == family,
        }
    }

    /// Whether who is not at a level is a count of its own, which no table shows.
    fn has_complement(&self, family: &str) -> bool {
        matches!(self, Self::Mark(..)) || family == "list" || *self == Self::Identified && family == STATUS
    }

    /// Adds places where nobody is but somebody could be.
    fn possible(&self, places: &mut BTreeSet<Vec<String>>) {
        if let Self::Mark(_, mark) = self {
            places.extend([vec![folded(mark)], vec![String::new()]]);
        }
        if *self == Self::Identified {
            places::possible(places);
        }
    }
}

/// Which of form, sex and age a family is.
fn dimension(family: &str) -> Option<usize> {
    DIMENSIONS.iter().position(|names| names.iter().any(|n| folded(n) == folded(family)))
}

/// The covariates that tell of citizenship: one's own country or not, and the groups of the European Union.
const CITIZENSHIP: [&str; 2] = ["nationality", "citizenship"];

/// Which of them a family is.
fn citizenship(family: &str) -> Option<usize> {
    CITIZENSHIP.iter().position(|name| *name == folded(family))
}

/// Which part of a place of [`About::Groups`] a family is.
fn of_groups(family: &str) -> Option<usize> {
    let citizenship = || citizenship(family).map(|d| DIMENSIONS.len() + d);
    let groups = || (family == GROUPS).then_some(PARTS - 1);
    dimension(family).or_else(citizenship).or_else(groups)
}

/// Parts of the longest place.
const PARTS: usize = DIMENSIONS.len() + CITIZENSHIP.len() + 1;

/// A year, and which of its persons: those of one vintage only, or of all.
type Block = (String, Option<usize>);

/// Cells by year and part, and by place.
struct Cells {
    blocks: Vec<Block>,
    places: Vec<Vec<String>>,
    truth: Vec<u64>,
    /// How many vintages each year has.
    vintages: BTreeMap<String, usize>,
}

impl Cells {
    fn from_kept(about: &About, kept: &Kept) -> Self {
        let mut counts: BTreeMap<(Block, Vec<String>), u64> = BTreeMap::new();
        for (year, vintages) in &kept.years {
            // Who is alike in lists and place is the same person, as far as there are as many.
            let of = |v: &Year| {
                let mut all: BTreeMap<(Vec<String>, Vec<String>), u64> = BTreeMap::new();
                for g in &v.groups {
                    *all.entry((About::Lists.place(v, g), about.place(v, g))).or_default() += g.count;
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
        about.possible(&mut places);
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

    /// The places that fit.
    fn places(&self, fits: impl Fn(&[String]) -> bool) -> Vec<usize> {
        (0..self.places.len()).filter(|p| fits(&self.places[*p])).collect()
    }

    /// The cells of places in the blocks that fit.
    fn fitting(&self, places: &[usize], block: impl Fn(&Block) -> bool) -> Vec<usize> {
        let blocks = (0..self.blocks.len()).filter(|b| block(&self.blocks[*b]));
        blocks.flat_map(|b| places.iter().map(move |p| b * self.places.len() + p)).collect()
    }

    fn sum(&self, cells: &[usize]) -> u64 {
        cells.iter().map(|c| self.truth[*c]).sum()
    }
}

/// Links all releases.
pub(crate) fn linked(about: &About, kept: &Kept, releases: &[Release<'_>], noise: &Noise) -> Linked {
    let cells = Cells::from_kept(about, kept);
    let mut numbers: BTreeMap<Vec<usize>, (Bounded, Option<Vec<Owner>>)> = BTreeMap::new();
    let mut targets: BTreeSet<Target> = BTreeSet::new();
    let mut levels: BTreeSet<(&String, &String)> = BTreeSet::new();
    for release in releases {
        for (family, told) in release.families {
            for (at, t) in told.iter().enumerate() {
                if about.fits(family, t.level.as_deref(), &vec![String::new(); PARTS]).is_none() {
                    continue;
                }
                let block = |(year, part): &Block| {
                    t.year.as_ref().is_none_or(|of| of == year)
                        && release.vintages.get(year).is_some_and(|v| part.is_none_or(|part| part == *v))
                };
                let is = cells.places(|place| about.fits(family, t.level.as_deref(), place) == Some(true));
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
                // What an earlier release hid can be hidden again.
                if release.now || t.how != How::Hidden {
                    found.1 = found.1.take().zip(owner).map(|(all, one)| [all, one].concat());
                }
                let Some(level) = &t.level else { continue };
                levels.insert((family, level));
                if places::is_small(cells.sum(&of)) {
                    targets.insert(of.iter().map(|c| (*c, 1)).collect());
                }
                if about.has_complement(family) {
                    let not: Vec<usize> = (0..cells.places.len()).filter(|p| !is.contains(p)).collect();
                    let not = cells.fitting(&not, block);
                    if places::is_small(cells.sum(&not)) {
                        targets.insert(not.iter().map(|c| (*c, 1)).collect());
                    }
                }
            }
        }
    }
    // Tables may be of any years, and from those of several follow those of one.
    if releases.iter().any(|r| r.table) {
        for (family, level) in levels.iter().filter(|l| *l.0 == HISTORIES) {
            targets.extend(places::of_one_vintage(
                &cells,
                &cells.places(|place| about.fits(family, Some(level), place) == Some(true)),
            ));
        }
    }
    // Who came and who went between two vintages is a count too.
    let of_level = |(family, level): (&String, &String)| {
        cells.places(|place| about.fits(family, Some(level), place) == Some(true))
    };
    let mut all: BTreeSet<Vec<usize>> = levels.into_iter().map(of_level).collect();
    if *about == About::Identified {
        all.extend((0..cells.places.len()).map(|place| vec![place]));
    }
    targets.extend(all.iter().flat_map(|is| places::between_vintages(&cells, is)));
    let (mut published, mut owners): (Vec<Bounded>, Vec<Option<Vec<Owner>>>) = numbers.into_values().unzip();
    if *about == About::Identified {
        targets.extend(places::counts(&cells, releases));
        published.extend(places::impossible(&cells, kept));
        owners.resize(published.len(), None);
    }
    let width = cells.places.len().max(1);
    let blocks = (0..cells.truth.len()).map(|c| c / width).collect();
    let system = System { truth: cells.truth, blocks, published };
    Linked { system, owners, targets: targets.into_iter().collect() }
}
