//! One year's report: everything that is given out, computed once, whatever language it is then written in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ijsberg_analysis::AnalysisError;
use ijsberg_disclosure::perturbation::{Noise, NoiseError, Perturbation};
use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_report::errors;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, ReadError, read, read_draws};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::estimate::{Sized, Whole, part, whole};
use crate::families::{Family, Told};
use crate::gate::{self, Passed, Refused};
use crate::ledger::{Given, Ledger, Release};
use crate::source::Source;

/// What an edition is of.
#[derive(Debug, Clone)]
pub struct Options {
    /// The year.
    pub year: i16,
    /// Years in the window, that one included.
    pub years: i16,
    /// The day of the edition.
    pub date: Date,
    /// The key of the noise, kept from release to release.
    pub secret: Vec<u8>,
    /// The noise.
    pub noise: Noise,
    /// Replicates and seed.
    pub settings: Settings,
    /// Inhabitants by year, for rates.
    pub population: BTreeMap<i16, u64>,
    /// The country, as the United Nations number it.
    pub country: String,
    /// All persons are synthetic, and the report says so.
    pub synthetic: bool,
}

/// Why there is no edition.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The table cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no such noise.
    #[error(transparent)]
    Noise(#[from] NoiseError),
    /// The protected table cannot be analysed.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The gate is shut.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The key is guessed too fast.
    #[error("the key has fewer than 16 bytes")]
    ShortKey,
    /// Draws of a linkage would be added up.
    #[error("the table holds draws of a linkage; they would be added up")]
    Draws,
    /// The table has no column for the year.
    #[error("the table has no column `year`, `jaar` or `period`")]
    NoYear,
    /// Nobody in these years.
    #[error("nobody was registered in {0} to {1}")]
    Nobody(i16, i16),
    /// So few were on several lists that an estimate would tell too much and be worth too little.
    #[error("{0} persons on two lists or more; at least 10 are needed for an estimate that may be given out")]
    LittleOverlap(u64),
}

impl PublishError {
    /// What went wrong in the reader's language.
    pub fn in_words(&self, text: &Text) -> String {
        let of = |family: &str| crate::document::covariate(text, family);
        let year = |year: &i16| [("year", year.to_string())];
        let why = match self {
            Self::Read(e) => return errors::read_error(text, e),
            Self::Analysis(e) => return e.in_words(text),
            Self::Noise(e) => return errors::register::noise_error(text, e),
            Self::ShortKey => return text.fill("protect-short-key", &[("least", SHORTEST_KEY.to_string())]),
            Self::Draws => return text.say("publish-draws"),
            Self::NoYear => return text.say("publish-no-year"),
            Self::Nobody(from, to) => {
                return text.fill("publish-nobody", &[("from", from.to_string()), ("to", to.to_string())]);
            }
            Self::LittleOverlap(_) => {
                return text.fill("protect-little-overlap", &[("least", LEAST_OVERLAP.to_string())]);
            }
            Self::Refused(Refused::Recovered { family, cells }) => text.fill(
                "publish-recovered",
                &[
                    ("cells", cells.to_string()),
                    ("least", gate::THRESHOLD.to_string()),
                    ("family", of(family)),
                ],
            ),
            Self::Refused(Refused::OtherKey { year: of }) => text.fill("publish-other-key", &year(of)),
            Self::Refused(Refused::OtherNoise { year: of }) => text.fill("publish-other-noise", &year(of)),
            Self::Refused(Refused::Impossible { family }) => {
                text.fill("publish-impossible", &[("family", of(family))])
            }
        };
        text.fill("publish-refused", &[("why", why)])
    }
}

/// Bytes that a key has at least.
const SHORTEST_KEY: usize = 16;

/// Fewer persons than this on two lists or more, and nothing is estimated.
const LEAST_OVERLAP: u64 = 10;

/// An edition.
#[derive(Debug)]
pub struct Edition {
    /// What it is of.
    pub options: Options,
    /// The lists.
    pub lists: Vec<String>,
    /// Families of tables: the lists, then each covariate.
    pub families: Vec<Family>,
    /// For each list: persons on no other.
    pub only_here: Vec<crate::Protected>,
    /// For each covariate: persons of whom it is not known.
    pub unknown: Vec<(String, crate::Protected)>,
    /// The estimate.
    pub whole: Whole,
    /// The estimate by part: the years, then the levels of each covariate.
    pub parts: Vec<Sized>,
    /// Persons of the year by sex and age, or by form: what the United Nations ask.
    pub asked: Vec<Asked>,
    /// Persons without a year, who are left out: for whoever makes the report, not to be given out.
    pub without_year: u64,
    /// What the gate found.
    pub passed: Passed,
    /// Releases before this one.
    pub earlier: Ledger,
}

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
    pub persons: crate::Protected,
}

/// Computes an edition and has it attacked.
///
/// # Errors
/// See [`PublishError`]; a release that tells too much is refused.
pub fn edition(
    table: &[u8],
    options: Options,
    ledger: Ledger,
    progress: &dyn Progress,
) -> Result<Edition, PublishError> {
    if options.secret.len() < SHORTEST_KEY {
        return Err(PublishError::ShortKey);
    }
    let noise = Perturbation::new(options.noise)?;
    let from = options.year - options.years + 1;
    if read_draws(table, &Choices::default())?.is_some() {
        return Err(PublishError::Draws);
    }
    let read = read(table, &Choices::default())?;
    let source = Source::of(&read, from..=options.year, &options.secret).ok_or(PublishError::NoYear)?;
    if source.alike.is_empty() {
        return Err(PublishError::Nobody(from, options.year));
    }
    let overlap = source.count(|a| a.history.count_ones() > 1);
    if overlap < LEAST_OVERLAP {
        return Err(PublishError::LittleOverlap(overlap));
    }
    let mut families = vec![Family::by_list(&source, &noise)];
    families.extend((0..source.covariates.len()).map(|c| Family::by_covariate(&source, &noise, c)));
    let asked = asked(&source, &noise);
    let passed = gate(&source, &noise, &families, &asked, &options, &ledger)?;
    // The words of an analysis are made later; none of its numbers depends on the language.
    let text = Text::new(Language::English);
    let whole = whole(&source, &noise, &options.settings, &text, progress)?;
    let model = whole.model.as_deref();
    let seed = options.settings.seed;
    let years =
        source.years.iter().map(|y| part(&source, &noise, model, seed, ("year", y), |a| a.year == *y));
    let mut parts: Vec<Sized> = years.collect();
    for (c, name) in source.covariates.iter().enumerate() {
        for level in source.levels(c) {
            parts.push(part(&source, &noise, model, seed, (name, &level), |a| a.levels[c] == level));
        }
    }
    let alone = |l: usize| source.protected(&noise, |a| a.history == 1 << l);
    let unknown = |c: usize| {
        let of = source.protected(&noise, |a| a.levels[c] == crate::source::UNKNOWN);
        (source.covariates[c].clone(), of)
    };
    Ok(Edition {
        only_here: (0..source.lists.len()).map(alone).collect(),
        unknown: (0..source.covariates.len()).map(unknown).collect(),
        asked,
        lists: source.lists.clone(),
        without_year: source.without_year,
        families,
        whole,
        parts,
        passed,
        earlier: ledger,
        options,
    })
}

fn gate(
    source: &Source,
    noise: &Perturbation,
    families: &[Family],
    asked: &[Asked],
    options: &Options,
    ledger: &Ledger,
) -> Result<Passed, PublishError> {
    let key = fingerprint(&options.secret);
    let mut passed = gate::attack(families, &options.noise, &key, ledger)?;
    gate::attack_asked(asked, &options.noise, ledger, &mut passed)?;
    let histories = source.histories(noise, |_| true);
    let (sizes, total) = (&families[0].by_level, families[0].total);
    gate::attack_histories(source.lists.len(), &histories, sizes, total, &options.noise, &mut passed)?;
    Ok(passed)
}

/// Tells one key from another, and nothing of either.
fn fingerprint(secret: &[u8]) -> String {
    let hash = Sha256::new().chain_update(b"ijsberg publication key").chain_update(secret).finalize();
    hash.iter().take(8).fold(String::new(), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

/// Series of indicator 16.2.2 by sex and age, and by form.
fn asked(source: &Source, noise: &Perturbation) -> Vec<Asked> {
    let at =
        |names: &[&str]| source.covariates.iter().position(|c| names.contains(&c.to_lowercase().as_str()));
    let (sex, age, form) = (at(&["sex", "geslacht"]), at(&["age", "leeftijd"]), at(&["form", "vorm"]));
    let sexes: [(&str, &[&str]); 3] =
        [("_T", &[]), ("F", &["F", "female", "vrouw"]), ("M", &["M", "male", "man"])];
    let ages: [(&str, &[&str]); 3] =
        [("_T", &[]), ("Y0T17", &["minor", "minderjarig"]), ("Y_GE18", &["adult", "meerderjarig"])];
    let forms: [(&str, &[&str]); 4] = [
        ("VC_HTF_DETV", &[]),
        ("VC_HTF_DETVSX", &["sexual", "seksueel", "SEX_PROSTITUTION", "SEX_OTHER"]),
        ("VC_HTF_DETVFL", &["labour", "arbeid", "LABOUR", "DOMESTIC_SERVITUDE", "CHILD_LABOUR"]),
        ("VC_HTF_DETVOG", &["organs", "ORGAN_REMOVAL"]),
    ];
    let mut all = Vec::new();
    for year in &source.years {
        for (series, of_form) in &forms {
            for (sex_code, of_sex) in &sexes {
                for (age_code, of_age) in &ages {
                    let wants = [(form, of_form), (sex, of_sex), (age, of_age)];
                    // What the table does not tell is not asked of it.
                    if wants.iter().any(|(column, of)| column.is_none() && !of.is_empty()) {
                        continue;
                    }
                    let fits = |a: &crate::source::Alike| {
                        a.year == *year
                            && wants.iter().all(|(column, of)| {
                                of.is_empty() || column.is_some_and(|c| of.contains(&a.levels[c].as_str()))
                            })
                    };
                    let named = of_form.is_empty() || source.alike.iter().any(fits);
                    if named {
                        let persons = source.protected(noise, fits);
                        all.push(Asked { series, sex: sex_code, age: age_code, year: year.clone(), persons });
                    }
                }
            }
        }
    }
    all
}

impl Edition {
    /// The first year of the window.
    pub fn from(&self) -> i16 {
        self.options.year - self.options.years + 1
    }

    /// Persons reported in a year, where it is in the window.
    pub fn reported(&self, year: i16) -> Option<crate::Protected> {
        let family = self.families.first()?;
        let at = family.years.iter().position(|y| *y == year.to_string())?;
        Some(family.by_year[at])
    }

    /// The estimate of a year.
    pub fn of_year(&self, year: i16) -> Option<&Sized> {
        self.parts.iter().find(|p| p.covariate == "year" && p.level == year.to_string())
    }

    /// All that is told, by family.
    fn told(&self) -> BTreeMap<String, Vec<Told>> {
        let asked = self.asked.iter().map(|a| Told {
            level: Some(format!("{} {} {}", a.series, a.sex, a.age)),
            year: Some(a.year.clone()),
            value: a.persons.get(),
        });
        let families = self.families.iter().map(|f| (f.name.clone(), f.told()));
        families.chain([(gate::ASKED.to_owned(), asked.collect())]).collect()
    }

    /// The ledger with this edition in it; one that tells nothing new stands there once.
    pub fn ledger(&self) -> Ledger {
        let o = &self.options;
        let date = o.date.to_string();
        let reported = self.families.first().map_or(0, |f| f.total.get());
        let release = Release {
            year: o.year,
            from: self.from(),
            date,
            key: fingerprint(&o.secret),
            noise: (o.noise.variance, o.noise.largest, o.noise.hidden),
            families: self.told(),
            estimate: Given { reported, lower: self.at_least(), upper: self.at_most() },
        };
        let mut ledger = self.earlier.clone();
        // Whatever was given out stays: another edition of the same day is another release.
        if !ledger.releases.contains(&release) {
            ledger.releases.push(release);
        }
        ledger
    }

    /// Whether the verdict lets more be given out than a lower bound.
    pub fn is_more_than_a_bound(&self) -> bool {
        matches!(self.whole.analysis.diagnostics.verdict, Verdict::FitToPublish | Verdict::RangeOnly)
    }

    /// The lower limit of the estimate of the whole, if the verdict lets it be given out.
    pub fn at_least(&self) -> Option<f64> {
        let d = &self.whole.analysis.diagnostics;
        d.at_least.filter(|_| d.verdict != Verdict::NoEstimate)
    }

    /// The upper limit, likewise.
    pub fn at_most(&self) -> Option<f64> {
        self.whole.analysis.diagnostics.at_most.filter(|x| x.is_finite() && self.is_more_than_a_bound())
    }
}
