//! The estimates of parts, as far as they may be published.

use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::methods::Progress;

use super::{CheckedCounts, Options};
use crate::covariates::{NoEstimateReason, WithCovariates, with_covariates};
use crate::draws::LinkageDraws;
use crate::estimate::{OverallEstimate, PartEstimate, estimate_part, lower_part_limits};
use crate::families::ShownCount;
use crate::series::{Series, series};
use crate::source::PersonGroup;

/// Estimates of parts.
pub(super) struct Parts {
    /// The years, then the levels of each covariate.
    pub(super) estimates: Vec<PartEstimate>,
    /// The estimate that takes covariates into account, or why there is none.
    pub(super) with_covariates: Result<WithCovariates, NoEstimateReason>,
    /// How the whole estimate is divided over the years.
    pub(super) series: Series,
}

/// Estimates the parts.
pub(super) fn estimated(
    (w, drawn): (&CheckedCounts, Option<&LinkageDraws>),
    whole: &OverallEstimate,
    noise: &Perturbation,
    options: &Options,
    progress: &dyn Progress,
) -> Parts {
    let (source, families) = (&w.source, &w.families[..w.covariates]);
    let sizes: Vec<usize> =
        std::iter::once(source.years.len()).chain(families[1..].iter().map(|f| f.levels.len())).collect();
    progress.stage("parts", sizes.iter().sum::<usize>() as u64);
    let mut parts = Vec::new();
    let mut one = |what: (&str, &str), reported: ShownCount, fits: &dyn Fn(&PersonGroup) -> bool| {
        parts.push(estimate_part((source, drawn), noise, whole, &options.settings, what, reported, fits));
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
        Verdict::NoEstimate | Verdict::NotAssessed => Err(NoEstimateReason::Overlap),
        _ => with_covariates((source, drawn), noise, &options.settings, shown, progress),
    };
    let mut first = 0;
    for size in sizes {
        lower_part_limits(&mut parts[first..first + size], whole);
        first += size;
    }
    let series = series(&mut parts[..source.years.len()], whole, with_covariates.as_ref().ok());
    Parts { estimates: parts, with_covariates, series }
}
