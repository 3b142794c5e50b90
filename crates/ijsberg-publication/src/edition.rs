//! One year's report: everything that is published, computed once and independent of the language it is written in.

mod parts;
mod window;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_register::worklist::Organisation;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Cells, Choices, Contents, Limits};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::asked::{SdgCount, sdg_counts};
use crate::country::Country;
use crate::covariates::{NoEstimateReason, WithCovariates};
use crate::draws;
use crate::error::{PublishError, SHORTEST_KEY};
use crate::estimate::{OverallEstimate, PartEstimate, estimate_overall};
use crate::families::{Family, FamilyProtection, PublishedCount, ShownCount};
use crate::gate::{self, CheckResult, ProtectionSettings, Refusal, ReleaseContents};
use crate::ledger::{Ledger, PublishedEstimate, Release};
use crate::persons::{KeptYears, behind};
use crate::protection::{CountProtection, TableProtection};
use crate::series::Series;
use crate::source::{DeliveredTable, Source};

use parts::Parts;
pub use window::years_needed;

/// The settings of an edition.
#[derive(Debug, Clone)]
pub struct Options {
    /// The year.
    pub year: i16,
    /// Number of years in the window, including that year.
    pub years: i16,
    /// The day of the edition.
    pub date: Date,
    /// The key of the noise, the same in every release.
    pub secret: Vec<u8>,
    /// The parameters of the noise.
    pub noise: Noise,
    /// How plain tables are protected.
    pub plain: TableProtection,
    /// Estimation settings, among them replicates and seed.
    pub settings: Settings,
    /// If set, the copy is for named readers only until this day.
    pub embargo: Option<Date>,
    /// Totals that other organisations published.
    pub others: Vec<Other>,
    /// Inhabitants by year, for the rates.
    pub population: BTreeMap<i16, u64>,
    /// The country, by its United Nations number.
    pub country: String,
    /// Whether all persons are synthetic; the report says so.
    pub synthetic: bool,
}

/// A total that another organisation published, which readers will compare with this report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// The year.
    pub year: i16,
    /// The organisation that published it.
    pub body: Bilingual,
    /// The number of persons or notifications.
    pub persons: u64,
    /// The source, and the known reasons for the difference.
    pub source: Bilingual,
}

/// A text from another organisation, in its original wording and in Dutch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// The original wording.
    pub words: String,
    /// The Dutch wording; empty if it is the same.
    pub dutch: String,
}

impl Bilingual {
    /// The text in a language.
    pub(crate) fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Dutch if !self.dutch.is_empty() => &self.dutch,
            _ => &self.words,
        }
    }
}

/// An edition.
#[derive(Debug)]
pub struct Edition {
    /// Its settings.
    pub options: Options,
    /// The lists.
    pub lists: Vec<String>,
    /// Families of tables: the lists, then each covariate.
    pub families: Vec<Family>,
    /// Characteristics that are counted but not estimated: means of coercion, signals, support and so on.
    pub marks: Vec<Family>,
    /// For each list, the number of persons on that list only.
    pub only_here: Vec<crate::Protected>,
    /// The estimate of the whole population.
    pub whole: OverallEstimate,
    /// The estimates of parts: the years, each with its share of the whole, then the levels of each covariate.
    pub parts: Vec<PartEstimate>,
    /// The estimate that takes covariates into account, or why there is none.
    pub with_covariates: Result<WithCovariates, NoEstimateReason>,
    /// How the years were estimated, and what the lists of each year alone would support.
    pub series: Series,
    /// The counts that the United Nations ask for: persons by form, sex and age.
    pub sdg_counts: Vec<SdgCount>,
    /// The number of persons without a year, who are left out: for the producer of the report, not for publication.
    pub without_year: u64,
    /// The result of the disclosure check.
    pub passed: CheckResult,
    /// For each year, the number of persons who arrived or left since it was published and are in no count. For the producer of the
    /// report, not for publication.
    pub held_back: BTreeMap<String, u64>,
    /// Years that are counted and have no persons: each of their counts is exactly 0.
    pub empty_years: BTreeSet<i16>,
    /// Releases before this one.
    pub earlier: Ledger,
    /// The country profile: when figures are final, and the names of organisations. `None` if the country has no profile.
    pub profile: Option<Country>,
    /// The organisations of the source register; empty if the source is a user's own table.
    pub organisations: Vec<Organisation>,
    /// For each year, the number of times it was published with new noise, this edition included.
    vintages: BTreeMap<String, usize>,
    /// The persons of all published years, those of this edition included.
    kept: KeptYears,
}

/// Reads a table, computes an edition and runs the disclosure check on it.
///
/// # Errors
/// See [`PublishError`]; a release that discloses too much is refused.
pub fn edition(
    table: &[u8],
    choices: &Choices,
    options: Options,
    ledger: Ledger,
    progress: &dyn Progress,
) -> Result<Edition, PublishError> {
    edition_of(&Cells::read(table, Limits::OWN)?.open(choices)?, options, ledger, progress)
}

/// Computes an edition of contents that were read before or never were a file.
///
/// # Errors
/// See [`PublishError`].
pub fn edition_of(
    contents: &Contents,
    options: Options,
    ledger: Ledger,
    progress: &dyn Progress,
) -> Result<Edition, PublishError> {
    if options.secret.len() < SHORTEST_KEY {
        return Err(PublishError::ShortKey);
    }
    let noise = Perturbation::new(options.noise)?;
    let from = options.year - options.years + 1;
    let years = from..=options.year;
    let (delivered, drawn) = draws::persons_and_draws(contents, &years, (&noise, options.secret.as_slice()))?;
    progress.stage("attack", 0);
    let w = checked_counts(&delivered, &years, &options, &noise, &ledger)?;
    // Its sentences are written later; no number depends on the language.
    let text = Text::new(Language::English);
    let whole = estimate_overall((&w.source, drawn.as_ref()), &noise, &options.settings, &text, progress)?;
    let of = (&w, drawn.as_ref());
    let Parts { estimates: parts, with_covariates, series } =
        parts::estimated(of, &whole, &noise, &options, progress);
    let CheckedCounts { source, mut families, covariates, sdg_counts, passed, kept } = w;
    let alone = |l: usize| source.protected(&noise, |a| a.history == 1 << l);
    let marks = families.split_off(covariates);
    Ok(Edition {
        only_here: (0..source.lists.len()).map(alone).collect(),
        sdg_counts,
        lists: source.lists.clone(),
        without_year: source.without_year,
        empty_years: window::empty_years(&source),
        held_back: source.held_back,
        vintages: source.vintages,
        kept,
        families,
        marks,
        whole,
        parts,
        with_covariates,
        series,
        passed,
        earlier: ledger,
        profile: Country::shipped(&options.country),
        organisations: Vec::new(),
        options,
    })
}

/// Counts that passed the disclosure check.
struct CheckedCounts {
    source: Source,
    families: Vec<Family>,
    /// The index of the first family of marks.
    covariates: usize,
    sdg_counts: Vec<SdgCount>,
    passed: CheckResult,
    kept: KeptYears,
}

/// Protects the counts and attacks them together with everything published before. If a revised year does not pass, the year keeps its
/// earlier counts.
fn checked_counts(
    delivered: &DeliveredTable,
    years: &RangeInclusive<i16>,
    options: &Options,
    noise: &Perturbation,
    ledger: &Ledger,
) -> Result<CheckedCounts, PublishError> {
    let key = fingerprint(&options.secret);
    let settings = ProtectionSettings { noise: &options.noise, plain: options.plain, key: &key };
    gate::check_settings(settings, noise, ledger)?;
    let last = ledger.releases.last().map_or(options.year, |r| r.year);
    let before = ledger.kept_years(&options.secret).ok_or(Refusal::Lost { year: last })?;
    gate::check_lists(delivered, &before, ledger, false)?;
    let counted = window::counted(delivered, options);
    let attempt = |may_revise: bool| {
        let mut kept = before.clone();
        let source = counted.clone().into_source(Some(years), &mut kept, &options.secret, may_revise);
        if source.groups.is_empty() {
            return Err(PublishError::Nobody(*years.start(), *years.end()));
        }
        let mut sdg_counts = sdg_counts(&source, noise, options.plain);
        let plain = options.plain;
        let how = FamilyProtection { noise, parameters: &options.noise, plain, sdg_counts: &sdg_counts };
        let mut families = vec![Family::by_list(&source, how)];
        families.extend((0..source.covariates.len()).map(|c| Family::by_covariate(&source, how, c)));
        let covariates = families.len();
        families.extend(source.marks.iter().map(|m| Family::by_mark(&source, how, m)));
        let histories = named(&source, noise);
        let contents =
            ReleaseContents { families: &mut families, sdg_counts: &mut sdg_counts, histories: &histories };
        let mut passed = gate::attack(contents, &source.vintages, &kept, &options.noise, ledger)?;
        passed.revised.clone_from(&source.revised);
        Ok(CheckedCounts { source, families, covariates, sdg_counts, passed, kept })
    };
    match attempt(true) {
        Err(PublishError::Refused(why)) => attempt(false).map_err(|_| PublishError::Refused(why)),
        other => other,
    }
}

/// Capture histories by list names.
fn named(source: &Source, noise: &Perturbation) -> Vec<(Vec<String>, crate::Protected)> {
    let names =
        |h: u32| (0..source.lists.len()).filter(move |l| h >> l & 1 == 1).map(|l| source.lists[l].clone());
    source.histories(noise, |_| true).into_iter().map(|(h, n)| (names(h).collect(), n)).collect()
}

/// A fingerprint that distinguishes keys without disclosing them.
pub(crate) fn fingerprint(secret: &[u8]) -> String {
    let hash = Sha256::new().chain_update(b"ijsberg publication key").chain_update(secret).finalize();
    hash.iter().take(8).fold(String::new(), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

impl Edition {
    /// The name of its folder among all reports. For a copy under embargo the name is derived from the key: a listing of all reports
    /// must not show that a report is coming, or for which year.
    pub fn folder(&self) -> String {
        let year = self.options.year.to_string();
        let secret = [b"copy\x1e".as_slice(), year.as_bytes(), b"\x1e", &self.options.secret].concat();
        if self.options.embargo.is_some() { format!("copy-{}", fingerprint(&secret)) } else { year }
    }

    /// Its name in the audit log of a register, which only authorised users read.
    pub fn label(&self) -> String {
        let embargo = if self.options.embargo.is_some() { "-embargo" } else { "" };
        format!("{}{embargo}", self.options.year)
    }

    /// The first year of the window.
    pub fn from(&self) -> i16 {
        self.options.year - self.options.years + 1
    }

    /// Persons reported in a year, if the year is in the window and its count is shown.
    pub fn reported(&self, year: i16) -> ShownCount {
        let family = self.families.first()?;
        let at = family.years.iter().position(|y| *y == year.to_string())?;
        family.by_year[at]
    }

    /// Persons reported in a part: everybody, a year, or a level of one covariate. `None` if the count is hidden or there is none.
    pub fn reported_of(&self, part: &[(String, String)]) -> ShownCount {
        let all = self.families.first()?;
        let at = |levels: &[String], level: &String| levels.iter().position(|l| l == level);
        match part {
            [] => all.total,
            [(name, year)] if name == "year" => all.by_year[at(&all.years, year)?],
            [(name, level)] => {
                let family = self.families.iter().find(|f| f.name == *name)?;
                family.by_level[at(&family.levels, level)?]
            }
            _ => None,
        }
    }

    /// The estimate of a year.
    pub fn of_year(&self, year: i16) -> Option<&PartEstimate> {
        self.parts.iter().find(|p| p.covariate == "year" && p.level == year.to_string())
    }

    /// How the counts of a year are protected: the 0 of a year without persons is exact.
    pub(crate) fn how_in(&self, year: i16, how: CountProtection) -> CountProtection {
        if self.empty_years.contains(&year) { CountProtection::Exact } else { how }
    }

    /// The number of times a year was published with new noise, this edition included.
    pub fn vintage(&self, year: i16) -> usize {
        self.vintages.get(&year.to_string()).copied().unwrap_or(0)
    }

    /// All published counts, by family.
    fn published_counts(&self) -> BTreeMap<String, Vec<PublishedCount>> {
        let families: Vec<Family> = self.families.iter().chain(&self.marks).cloned().collect();
        let names =
            |h: u32| (0..self.lists.len()).filter(move |l| h >> l & 1 == 1).map(|l| self.lists[l].clone());
        let histories: Vec<_> = self.whole.histories.iter().map(|(h, n)| (names(*h).collect(), *n)).collect();
        gate::published_counts(&families, &self.sdg_counts, &histories)
    }

    /// The ledger entry of this edition.
    pub fn release(&self) -> Release {
        let o = &self.options;
        let date = o.date.to_string();
        let reported = self.whole.analysis.histories.n();
        Release {
            year: o.year,
            from: self.from(),
            date,
            embargo: o.embargo.map(|d| d.to_string()),
            key: fingerprint(&o.secret),
            delivery: None,
            noise: (o.noise.variance, o.noise.largest, o.noise.hidden),
            plain: o.plain,
            vintages: self.vintages.clone(),
            behind: behind(&self.held_back),
            delays: BTreeMap::new(),
            families: self.published_counts(),
            estimate: PublishedEstimate { reported, lower: self.at_least(), upper: self.at_most() },
        }
    }

    /// The ledger including this edition; an edition identical to an earlier one is not added again.
    pub fn ledger(&self) -> Ledger {
        let release = self.release();
        let mut ledger = self.earlier.clone();
        ledger.persons = self.kept.sealed(&self.options.secret);
        // Earlier releases are never removed: a different edition of the same day is a separate release.
        if !ledger.releases.contains(&release) {
            ledger.releases.push(release);
        }
        ledger
    }

    /// Whether the verdict allows publishing more than a lower bound.
    pub fn is_more_than_a_bound(&self) -> bool {
        matches!(self.whole.analysis.diagnostics.verdict, Verdict::FitToPublish | Verdict::RangeOnly)
    }

    /// The lower limit of the estimate of the whole, if the verdict allows publishing it.
    pub fn at_least(&self) -> Option<f64> {
        let d = &self.whole.analysis.diagnostics;
        d.at_least.filter(|_| d.verdict < Verdict::NoEstimate)
    }

    /// The upper limit, on the same condition.
    pub fn at_most(&self) -> Option<f64> {
        self.whole.analysis.diagnostics.at_most.filter(|x| x.is_finite() && self.is_more_than_a_bound())
    }
}
