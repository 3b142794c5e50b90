//! The estimates of parts, as far as they may be published.

use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::methods::Progress;

use super::{Options, Withstood};
use crate::covariates::{WithCovariates, Without, with_covariates};
use crate::draws::Drawn;
use crate::estimate::{Sized, Whole, agree, part};
use crate::families::Shown;
use crate::series::{Series, series};
use crate::source::Alike;

/// Estimates of parts.
pub(super) struct Parts {
    /// The years, then the levels of each covariate.
    pub(super) estimates: Vec<Sized>,
    /// The estimate that takes covariates into account, or why there is none.
    pub(super) with_covariates: Result<WithCovariates, Without>,
    /// How the years came out.
    pub(super) series: Series,
}

/// Estimates the parts.
pub(super) fn estimated(
    (w, drawn): (&Withstood, Option<&Drawn>),
    whole: &Whole,
    noise: &Perturbation,
    options: &Options,
    progress: &dyn Progress,
) -> Parts {
    let (source, families) = (&w.source, &w.families[..w.covariates]);
    let sizes: Vec<usize> =
        std::iter::once(source.years.len()).chain(families[1..].iter().map(|f| f.levels.len())).collect();
    progress.stage("parts", sizes.iter().sum::<usize>() as u64);
    let mut parts = Vec::new();
    let mut one = |what: (&str, &str), reported: Shown, fits: &dyn Fn(&Alike) -> bool| {
        parts.push(part((source, drawn), noise, whole, &options.settings, what, reported, fits));
        progress.tick();
    };
    for (y, year) in source.years.iter().enumerate() {
        one(("year", year), families[0].by_year[y], &|a| a.year == *year);
    }
    for (c, family) in families[1..].iter().enumerate() {
        for (l, level) in family.levels.iter().enumerate() {
            one((&family.name, level), family.by_level[l], &|a| a.levels[c] == *level);
        }
    }
    let shown = |name: &str, level: &str| {
        let at = |levels: &[String]| levels.iter().position(|l| l == level);
        let count = match families[1..].iter().find(|f| f.name == name) {
            None => at(&families[0].years).and_then(|y| families[0].by_year[y]),
            Some(f) => at(&f.levels).and_then(|l| f.by_level[l]),
        };
        count.is_some()
    };
    let with_covariates = match whole.analysis.diagnostics.verdict {
        Verdict::NoEstimate | Verdict::NotAssessed => Err(Without::Overlap),
        _ => with_covariates((source, drawn), noise, &options.settings, shown, progress),
    };
    let mut first = 0;
    for size in sizes {
        agree(&mut parts[first..first + size], whole);
        first += size;
    }
    let series = series(&mut parts[..source.years.len()], whole, with_covariates.as_ref().ok());
    Parts { estimates: parts, with_covariates, series }
}
