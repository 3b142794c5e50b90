//! What the United Nations ask for: indicator 16.2.2 by form, sex and age.

use ijsberg_disclosure::attack::Published;
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_disclosure::protected::Protected;
use ijsberg_disclosure::round::{Base, rounded};

use crate::persons::folded;
use crate::protection::{How, Plain};
use crate::source::{Alike, Source};

/// A number that the United Nations ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The series.
    pub series: &'static str,
    /// The sex, as their code; `_T` for all.
    pub sex: &'static str,
    /// The age, as their code; `_T` for all.
    pub age: &'static str,
    /// The year.
    pub year: String,
    /// Persons.
    pub persons: Protected,
    /// Rounded where plain counts are; otherwise with noise, also where those are suppressed.
    pub how: How,
}

impl Asked {
    /// The levels of a covariate that it counts, whatever else they are; none if it counts by something else too.
    pub(crate) fn levels_alone(&self, covariate: &str) -> Option<&'static [&'static str]> {
        let at = DIMENSIONS.iter().position(|names| names.contains(&covariate.to_lowercase().as_str()))?;
        let of = levels_of([self.series, self.sex, self.age]);
        let alone = (0..of.len()).all(|d| of[d].is_empty() != (d == at));
        alone.then_some(of[at])
    }

    /// What it says of a sum of cells.
    pub(crate) fn published(&self, cells: Vec<usize>, noise: &Noise) -> Published {
        self.how.published(cells, noise, self.persons.get())
    }
}

/// Names of the covariates form, sex and age.
pub(crate) const DIMENSIONS: [&[&str]; 3] = [&["form", "vorm"], &["sex", "geslacht"], &["age", "leeftijd"]];

/// A code of theirs and the levels that it stands for; none for all.
type Code = (&'static str, &'static [&'static str]);

/// The series of every other purpose that is known. With it the forms add up to all persons whose form is known.
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

/// The levels of form, sex and age that codes stand for; none for all.
pub(crate) fn levels_of(codes: [&str; 3]) -> [&'static [&'static str]; 3] {
    let of = |all: &[Code], code: &str| all.iter().find(|c| c.0 == code).map_or(&[] as &[&str], |c| c.1);
    [of(&FORMS, codes[0]), of(&SEXES, codes[1]), of(&AGES, codes[2])]
}

/// Whether a level is one of those that a code stands for, however it is written.
pub(crate) fn contains(of: &[&str], level: &str) -> bool {
    let level = folded(level);
    of.iter().any(|l| folded(l) == level)
}

/// All codes of series, sexes and ages, the whole first.
pub fn codes() -> Vec<[&'static str; 3]> {
    let mut all = Vec::new();
    for (series, _) in FORMS {
        for (sex, _) in SEXES {
            all.extend(AGES.iter().map(|(age, _)| [series, sex, *age]));
        }
    }
    all
}

/// The numbers that a table of persons answers; what it does not tell is not asked of it. Of a year with nobody every number is 0.
pub fn asked(source: &Source, noise: &Perturbation, plain: Plain) -> Vec<Asked> {
    let at =
        |names: &[&str]| source.covariates.iter().position(|c| names.iter().any(|n| folded(n) == folded(c)));
    let columns = DIMENSIONS.map(at);
    let mut all = Vec::new();
    for year in &source.years {
        let is_of_nobody = !source.has_year(year);
        for (series, of_form) in FORMS {
            for (sex, of_sex) in SEXES {
                for (age, of_age) in AGES {
                    let wants = [of_form, of_sex, of_age];
                    if columns.iter().zip(wants).any(|(column, of)| column.is_none() && !of.is_empty()) {
                        continue;
                    }
                    let fits = |a: &Alike| {
                        a.year == *year
                            && columns.iter().zip(wants).all(|(column, of)| {
                                of.is_empty() || column.is_some_and(|c| contains(of, &a.levels[c]))
                            })
                    };
                    if of_form.is_empty() || is_of_nobody || source.alike.iter().any(fits) {
                        let (persons, how) = match plain {
                            Plain::Rounded => (rounded(source.count(fits), Base::FIVE), How::Rounded),
                            Plain::Noise | Plain::Suppressed => (source.protected(noise, fits), How::Noise),
                        };
                        all.push(Asked { series, sex, age, year: year.clone(), persons, how });
                    }
                }
            }
        }
    }
    all
}
