//! Attacks on published folders, by somebody who has all of them and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::attack::{ANY, Outcome, Published, range};

use super::folders::{Estimate, Folder, LARGEST, Number, Way, folded};

/// What integer programs leave of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Narrowed {
    /// The covariate.
    pub family: String,
    /// Its level.
    pub level: String,
    /// The year.
    pub year: String,
    /// Which version of the year it is, from 0; or, of those who arrived since the version before, that one.
    pub version: usize,
    /// It is the count of those who arrived.
    pub arrived: bool,
    /// The least and the most that it can be.
    pub range: [u64; 2],
}

impl Narrowed {
    /// How many values it can still have.
    pub(crate) fn values(&self) -> u64 {
        self.range[1] - self.range[0] + 1
    }
}

/// For each year and folder: which version of the year is printed there. Folders in which everything that both print of the year is
/// the same print the same version.
pub(crate) fn versions(folders: &[Folder]) -> BTreeMap<String, Vec<Option<usize>>> {
    let years: BTreeSet<String> = folders.iter().flat_map(|f| f.years.clone()).collect();
    let same = |a: &Folder, b: &Folder, year: &str| {
        let key = |n: &Number| (n.family.clone(), n.level.clone());
        let of: BTreeMap<_, _> = b.of_year(year).into_iter().map(|n| (key(n), n.value)).collect();
        a.of_year(year).iter().all(|n| {
            // What one of them hides it does not contradict.
            of.get(&key(n)).is_none_or(|v| v.is_none() || n.value.is_none() || *v == n.value)
        })
    };
    let mut all = BTreeMap::new();
    for year in years {
        let mut first: Vec<&Folder> = Vec::new();
        let of = folders.iter().map(|folder| {
            folder.years.contains(&year).then(|| {
                first.iter().position(|f| same(folder, f, &year)).unwrap_or_else(|| {
                    first.push(folder);
                    first.len() - 1
                })
            })
        });
        all.insert(year.clone(), of.collect());
    }
    all
}

/// Years of which some counts changed from one version to the next and others that hold somebody stayed: whoever sees it knows
/// whom it was about. By year, how many changed and how many stayed.
pub(crate) fn differences(folders: &[Folder]) -> BTreeMap<String, (usize, usize)> {
    let mut all = BTreeMap::new();
    for (year, versions) in versions(folders) {
        for pair in [0, 1].map(|v| versions.iter().position(|of| *of == Some(v))).windows(2) {
            let [Some(before), Some(now)] = pair else { continue };
            let key = |n: &Number| (n.family.clone(), n.level.clone());
            let then: BTreeMap<_, _> =
                folders[*before].of_year(&year).into_iter().map(|n| (key(n), n.value)).collect();
            let both = folders[*now].of_year(&year);
            let both = both.iter().filter(|n| n.value.is_some_and(|v| v > 0));
            let found: Vec<bool> = both.filter_map(|n| then.get(&key(n)).map(|v| *v != n.value)).collect();
            let changed = found.iter().filter(|c| **c).count();
            all.insert(year.clone(), (changed, found.len() - changed));
        }
    }
    all
}

/// A cell: level, year, and who came with which version of the year.
type Cell = (String, String, usize);

/// The cells of a family and everything printed of them.
struct System {
    cells: Vec<Cell>,
    published: Vec<Published>,
}

/// Everybody of a year, where persons may be at several levels.
const EVERYBODY: &str = "";

fn system(folders: &[Folder], family: &str, way: Way) -> System {
    let versions = versions(folders);
    let of_family =
        |f: &'_ Folder| -> Vec<Number> { f.numbers.iter().filter(|n| n.family == family).cloned().collect() };
    let overlapping = family == "list" || family == "means";
    let mut cells: BTreeSet<Cell> = BTreeSet::new();
    for folder in folders {
        for n in of_family(folder) {
            let Some(year) = &n.year else { continue };
            let last = versions[year].iter().flatten().max().copied().unwrap_or(0);
            if let Some(level) = n.level.clone().or_else(|| overlapping.then(|| EVERYBODY.to_owned())) {
                cells.extend((0..=last).map(|v| (level.clone(), year.clone(), v)));
            }
        }
    }
    let cells: Vec<Cell> = cells.into_iter().collect();
    let mut published = Vec::new();
    for (at, folder) in folders.iter().enumerate() {
        for n in of_family(folder) {
            let level = n.level.clone().or_else(|| overlapping.then(|| EVERYBODY.to_owned()));
            let fits = |(l, y, v): &Cell| {
                level.as_ref().is_none_or(|level| level == l)
                    && n.year.as_ref().is_none_or(|year| year == y)
                    && versions[y][at].is_some_and(|version| *v <= version)
            };
            let of: Vec<usize> = (0..cells.len()).filter(|c| fits(&cells[*c])).collect();
            let (low, high) = way.bounds(n.value);
            if !of.is_empty() && !published.iter().any(|p: &Published| p.cells == of && p.low == low) {
                published.push(Published { cells: of, low, high: high.unwrap_or(ANY) });
            }
        }
    }
    System { cells, published }
}

/// Integer programs over all folders: the ends of every count of a family, and of those who arrived between two versions of a year,
/// taking it that nobody left. `worth` says for which it is worth the time.
pub(crate) fn integer_programs(
    folders: &[Folder],
    family: &str,
    way: Way,
    worth: impl Fn(&str, &str) -> bool,
) -> Outcome<Vec<Narrowed>> {
    let System { cells, published } = system(folders, family, way);
    let mut all = Vec::new();
    for (level, year, version) in cells.iter().filter(|(l, y, _)| l != EVERYBODY && worth(l, y)) {
        let upto: Vec<usize> = (0..cells.len())
            .filter(|c| cells[*c].0 == *level && cells[*c].1 == *year && cells[*c].2 <= *version)
            .collect();
        let came: Vec<usize> = upto.iter().copied().filter(|c| cells[*c].2 == *version).collect();
        for (of, arrived) in [(upto, false), (came, true)].into_iter().take(1 + usize::from(*version > 0)) {
            let range = match range(&published, &of) {
                Outcome::Proven(range) => range,
                Outcome::Infeasible => return Outcome::Infeasible,
                Outcome::Failed => return Outcome::Failed,
            };
            let (family, level, year) = (family.to_owned(), level.clone(), year.clone());
            all.push(Narrowed { family, level, year, version: *version, arrived, range });
        }
    }
    Outcome::Proven(all)
}

/// Levels of form, sex and age that a code of the United Nations stands for; none for all.
fn coded(dimension: usize, code: &str) -> Vec<&'static str> {
    match (dimension, code) {
        (0, "VC_HTF_DETVSX") => vec!["sexual exploitation", "sexual: prostitution", "sexual: other"],
        (0, "VC_HTF_DETVFL") => vec!["labour", "labour exploitation", "domestic servitude", "child labour"],
        (0, "VC_HTF_DETVOG") => vec!["organs", "removal of organs"],
        (0, "VC_HTF_DETVOP") => vec![
            "other",
            "begging",
            "criminal",
            "criminal exploitation",
            "slavery or similar",
            "forced marriage",
            "illegal adoption",
            "surrogacy",
            "forced military service",
        ],
        (1, "F") => vec!["female"],
        (1, "M") => vec!["male"],
        (2, "Y0T17") => vec!["minor"],
        (2, "Y_GE18") => vec!["adult"],
        _ => Vec::new(),
    }
}

/// Integer programs over form, sex and age at once, with what the United Nations are told of them together, in one year of one folder.
pub(crate) fn with_united_nations(folder: &Folder, year: &str, way: Way) -> Outcome<Vec<Narrowed>> {
    const NAMES: [&str; 3] = ["form", "sex", "age"];
    let levels = NAMES.map(|family| {
        let of = folder.numbers.iter().filter(|n| n.family == family && n.year.as_deref() == Some(year));
        let of: Vec<String> = of.filter_map(|n| n.level.clone()).collect();
        // What is not printed is one level, of which nothing is known.
        if of.is_empty() { vec![String::new()] } else { of }
    });
    let mut cells: Vec<[String; 3]> = Vec::new();
    for form in &levels[0] {
        for sex in &levels[1] {
            cells.extend(levels[2].iter().map(|age| [form.clone(), sex.clone(), age.clone()]));
        }
    }
    let place = |fits: &dyn Fn(&[String; 3]) -> bool| (0..cells.len()).filter(|c| fits(&cells[*c])).collect();
    let mut published = Vec::new();
    let mut tell = |cells: Vec<usize>, (low, high): (u64, Option<u64>)| {
        if !cells.is_empty() {
            published.push(Published { cells, low, high: high.unwrap_or(ANY) });
        }
    };
    for n in folder.numbers.iter().filter(|n| n.year.as_deref() == Some(year)) {
        let Some(d) = NAMES.iter().position(|name| *name == n.family) else { continue };
        tell(place(&|c| n.level.as_ref().is_none_or(|l| *l == c[d])), way.bounds(n.value));
    }
    // The series has noise where plain counts are hidden.
    let of_series = if way == Way::Suppressed { Way::Noise } else { way };
    for (codes, _, count) in folder.asked.iter().filter(|a| a.1 == year) {
        let fits = |c: &[String; 3]| {
            (0..3).all(|d| {
                let of = coded(d, &codes[d]);
                of.is_empty() || of.contains(&c[d].as_str())
            })
        };
        tell(place(&fits), of_series.bounds(Some(*count)));
    }
    let mut all = Vec::new();
    for (d, family) in NAMES.iter().enumerate() {
        for level in levels[d].iter().filter(|l| !l.is_empty()) {
            let of: Vec<usize> = place(&|c| c[d] == *level);
            match range(&published, &of) {
                Outcome::Proven(range) => all.push(Narrowed {
                    family: (*family).to_owned(),
                    level: level.clone(),
                    year: year.to_owned(),
                    version: 0,
                    arrived: false,
                    range,
                }),
                Outcome::Infeasible => return Outcome::Infeasible,
                Outcome::Failed => return Outcome::Failed,
            }
        }
    }
    Outcome::Proven(all)
}

/// Every count that is printed several times, of the same persons by the versions of their years, with the values printed: where they
/// differ their mean is nearer to the truth than either.
pub(crate) fn draws(folders: &[Folder]) -> BTreeMap<(String, String, String), BTreeSet<u64>> {
    let mut all: BTreeMap<_, BTreeSet<u64>> = BTreeMap::new();
    for n in folders.iter().flat_map(|f| &f.numbers) {
        if let (Some(level), Some(year), Some(value)) = (&n.level, &n.year, n.value) {
            all.entry((n.family.clone(), level.clone(), year.clone())).or_default().insert(value);
        }
    }
    all
}

/// Two lists: every number of persons on both that agrees with a printed estimate `n1 n2 / m` and the printed sizes of both lists, and
/// with what protection leaves open.
pub(crate) fn overlaps([n1, n2]: [u64; 2], n_hat: f64, way: Way) -> BTreeSet<u64> {
    // An estimate is computed from histories with noise of their own: list alone, other list alone, both.
    let slack = if way == Way::Exact { 0 } else { 3 * LARGEST };
    let near = |n: u64| n.saturating_sub(slack)..=n + slack;
    let mut from = BTreeSet::new();
    for (a, b) in near(n1).flat_map(|a| near(n2).map(move |b| (a, b))) {
        let product = (a * b) as f64;
        let (least, most) = ((product / (n_hat + 0.5)).ceil().max(1.0), (product / (n_hat - 0.5)).floor());
        from.extend((least as u64..=most.min(a.min(b) as f64) as u64).collect::<Vec<_>>());
    }
    if way == Way::Exact {
        return from;
    }
    from.iter().flat_map(|m| m.saturating_sub(LARGEST).max(1)..=m + LARGEST).collect()
}

/// The estimates of years from two lists, with what they tell of the overlap.
pub(crate) fn inverted(folder: &Folder, way: Way) -> Vec<(String, BTreeSet<u64>)> {
    let size = |year: &str| -> Vec<u64> {
        let of = folder.numbers.iter().filter(|n| n.family == "list" && n.year.as_deref() == Some(year));
        of.filter(|n| n.level.is_some()).filter_map(|n| n.value).collect()
    };
    let one = |e: &Estimate| {
        let sizes: [u64; 2] = size(&e.part.1).try_into().ok()?;
        (e.part.0 == "year").then(|| (e.part.1.clone(), overlaps(sizes, e.n_hat, way)))
    };
    folder.estimates.iter().filter_map(one).collect()
}

/// The families that are printed.
pub(crate) fn families(folders: &[Folder]) -> BTreeSet<String> {
    folders.iter().flat_map(|f| &f.numbers).map(|n| folded(&n.family)).collect()
}
