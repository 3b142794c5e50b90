//! The counts that the United Nations ask for: SDG indicator 16.2.2 by form, sex and age.

use ijsberg_disclosure::attack::Published;
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_disclosure::protected::Protected;
use ijsberg_disclosure::round::{Base, rounded};

use crate::persons::folded;
use crate::protection::{CountProtection, TableProtection};
use crate::source::{PersonGroup, Source};

/// A count for SDG indicator 16.2.2.
#[derive(Debug, Clone, PartialEq)]
pub struct SdgCount {
    /// The code of the series.
    pub series: &'static str,
    /// The code of the sex; `_T` for all.
    pub sex: &'static str,
    /// The code of the age; `_T` for all.
    pub age: &'static str,
    /// The year.
    pub year: String,
    /// The number of persons.
    pub persons: Protected,
    /// Its protection: rounded if counts in tables are rounded; otherwise with noise, also if those are suppressed.
    pub how: CountProtection,
}

impl SdgCount {
    /// The levels of a covariate that it counts; `None` if it does not classify by this covariate alone.
    pub(crate) fn levels_alone(&self, covariate: &str) -> Option<&'static [&'static str]> {
        let at = DIMENSIONS.iter().position(|names| names.contains(&covariate.to_lowercase().as_str()))?;
        let of = levels_of([self.series, self.sex, self.age]);
        let alone = (0..of.len()).all(|d| of[d].is_empty() != (d == at));
        alone.then_some(of[at])
    }

    /// The bounds that it discloses for a sum of cells.
    pub(crate) fn published(&self, cells: Vec<usize>, noise: &Noise) -> Published {
        self.how.published(cells, noise, self.persons.get())
    }
}

/// The names of the covariates form, sex and age.
pub(crate) const DIMENSIONS: [&[&str]; 3] = [&["form", "vorm"], &["sex", "geslacht"], &["age", "leeftijd"]];

/// A code of the United Nations and the levels that it includes; no levels means all.
type Code = (&'static str, &'static [&'static str]);

/// The series for all other known purposes. With it the forms add up to all persons whose form is known.
const OTHER_PURPOSES: Code = (
    "VC_HTF_DETVOP",
    &[
        "BEGGING",
        "CRIMINAL_ACTIVITY",
        "SLAVERY_OR_SIMILAR",
        "FORCED_MARRIAGE",
        "ILLEGAL_ADOPTION",
        "SURROGACY",
        "FORCED_MILITARY",
        "OTHER",
        "criminal",
        "crimineel",
        "overig",
    ],
);

const FORMS: [Code; 5] = [
    ("VC_HTF_DETV", &[]),
    ("VC_HTF_DETVSX", &["sexual", "seksueel", "SEX_PROSTITUTION", "SEX_OTHER"]),
    ("VC_HTF_DETVFL", &["labour", "arbeid", "LABOUR", "DOMESTIC_SERVITUDE", "CHILD_LABOUR"]),
    ("VC_HTF_DETVOG", &["organs", "ORGAN_REMOVAL"]),
    OTHER_PURPOSES,
];
const SEXES: [Code; 3] = [("_T", &[]), ("F", &["F", "female", "vrouw"]), ("M", &["M", "male", "man"])];
const AGES: [Code; 3] =
    [("_T", &[]), ("Y0T17", &["minor", "minderjarig"]), ("Y_GE18", &["adult", "meerderjarig"])];

/// The levels of form, sex and age that codes include; no levels means all.
pub(crate) fn levels_of(codes: [&str; 3]) -> [&'static [&'static str]; 3] {
    let of = |all: &[Code], code: &str| all.iter().find(|c| c.0 == code).map_or(&[] as &[&str], |c| c.1);
    [of(&FORMS, codes[0]), of(&SEXES, codes[1]), of(&AGES, codes[2])]
}

/// Whether a level is one of those included in a code, in any spelling.
pub(crate) fn contains(of: &[&str], level: &str) -> bool {
    let level = folded(level);
    of.iter().any(|l| folded(l) == level)
}

/// All combinations of codes for series, sex and age, the totals first.
pub fn codes() -> Vec<[&'static str; 3]> {
    let mut all = Vec::new();
    for (series, _) in FORMS {
        for (sex, _) in SEXES {
            all.extend(AGES.iter().map(|(age, _)| [series, sex, *age]));
        }
    }
    all
}

/// The counts that a table of persons supports. Left out are counts by a covariate that it does not have, and counts of a form without any
/// person in that year. For a year without persons every count is 0.
pub fn sdg_counts(source: &Source, noise: &Perturbation, plain: TableProtection) -> Vec<SdgCount> {
    let at =
        |names: &[&str]| source.covariates.iter().position(|c| names.iter().any(|n| folded(n) == folded(c)));
    let columns = DIMENSIONS.map(at);
    let mut all = Vec::new();
    for year in &source.years {
        let has_nobody = !source.has_year(year);
        for (series, of_form) in FORMS {
            for (sex, of_sex) in SEXES {
                for (age, of_age) in AGES {
                    let wants = [of_form, of_sex, of_age];
                    if columns.iter().zip(wants).any(|(column, of)| column.is_none() && !of.is_empty()) {
                        continue;
                    }
                    let fits = |a: &PersonGroup| {
                        a.year == *year
                            && columns.iter().zip(wants).all(|(column, of)| {
                                of.is_empty() || column.is_some_and(|c| contains(of, &a.levels[c]))
                            })
                    };
                    if of_form.is_empty() || has_nobody || source.groups.iter().any(fits) {
                        let (persons, how) = match plain {
                            TableProtection::Rounded => {
                                (rounded(source.count(fits), Base::FIVE), CountProtection::Rounded)
                            }
                            TableProtection::Noise | TableProtection::Suppressed => {
                                (source.protected(noise, fits), CountProtection::Noise)
                            }
                        };
                        all.push(SdgCount { series, sex, age, year: year.clone(), persons, how });
                    }
                }
            }
        }
    }
    all
}
