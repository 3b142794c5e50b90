//! Draws of a linkage: the uncertainty about who is on which list.
//!
//! All counts come from one draw, the one with the median estimate: all tables agree, and a reader of the public table can reproduce the
//! public estimate. The other draws are protected and estimated in the same way; their spread around that draw is the uncertainty due to
//! linkage. It is added to every interval on the scale of the logarithm of the number on no list, like the uncertainty due to the noise.
//! Where counts differ between draws their noise differs too, so part of the noise counts twice: intervals are too wide rather than too
//! narrow.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::model::Model;
use ijsberg_tables::Contents;

use crate::error::{FEWEST_DRAWS, PublishError};
use crate::persons::KeptYears;
use crate::source::{DeliveredTable, PersonGroup, Source};
use crate::tables::protected_histories;

/// The number of persons of a part in a draw: reported, and in total.
pub(crate) type ReportedAndTotal = (f64, f64);

/// A part of the population by covariates and levels; empty for the whole.
pub(crate) type Part = Vec<(String, String)>;

/// The draws of a linkage.
#[derive(Debug)]
pub struct LinkageDraws {
    sources: Vec<Source>,
    /// The index of the draw that the counts come from.
    own: usize,
    /// The estimate of the whole population, by draw.
    all: Vec<Option<ReportedAndTotal>>,
}

/// The uncertainty that the draws add to the estimate of the whole population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkageUncertainty {
    /// The number of draws.
    pub draws: usize,
    /// The standard deviation between draws of the logarithm of the number on no list; infinite if a draw has no estimate.
    pub sd: f64,
}

/// The persons of a table, or those of the median draw together with all draws.
///
/// # Errors
/// If counts are suppressed, if there are no persons by year, or if the draws are not suitable for publication.
pub(crate) fn persons_and_draws(
    contents: &Contents,
    years: &RangeInclusive<i16>,
    (noise, secret): (&Perturbation, &[u8]),
) -> Result<(DeliveredTable, Option<LinkageDraws>), PublishError> {
    let draws = match contents {
        Contents::Table(table) => return Ok((DeliveredTable::from_table(table, years)?, None)),
        Contents::Hidden(hidden) => return Err(hidden.refusal().into()),
        Contents::Draws(draws) => draws,
    };
    // A missed link makes two reported persons of one, so even the counts would be too high.
    if !draws.put_back {
        return Err(PublishError::Draws);
    }
    let found = draws.tables.len();
    if found < FEWEST_DRAWS {
        return Err(PublishError::FewDraws(found));
    }
    let all =
        draws.tables.iter().map(|t| DeliveredTable::from_table(t, years)).collect::<Result<Vec<_>, _>>()?;
    let drawn = LinkageDraws::from_delivered(&all, years, noise, secret);
    Ok((all[drawn.own].clone(), Some(drawn)))
}

impl LinkageDraws {
    fn from_delivered(
        all: &[DeliveredTable],
        years: &RangeInclusive<i16>,
        noise: &Perturbation,
        secret: &[u8],
    ) -> Self {
        let source =
            |d: &DeliveredTable| d.clone().into_source(Some(years), &mut KeptYears::default(), secret, false);
        let sources: Vec<Source> = all.iter().map(source).collect();
        let all: Vec<Option<ReportedAndTotal>> = sources.iter().map(|s| everybody(s, noise)).collect();
        let size = |d: usize| all[d].map_or(f64::INFINITY, |c| c.1);
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|a, b| size(*a).total_cmp(&size(*b)));
        let own = order.get(order.len() / 2).copied().unwrap_or_default();
        Self { sources, own, all }
    }

    /// The uncertainty that the draws add to the estimate of the whole population.
    pub(crate) fn linked(&self) -> LinkageUncertainty {
        LinkageUncertainty { draws: self.all.len(), sd: around(&self.all, self.own) }
    }

    /// The same as a standard deviation, for a year or a level, with the model of the whole.
    pub(crate) fn sd_of(&self, noise: &Perturbation, formula: &str, (covariate, level): (&str, &str)) -> f64 {
        let of = |s: &Source| {
            let at = s.covariates.iter().position(|c| c == covariate);
            let fits = |a: &PersonGroup| match at {
                Some(at) => a.levels[at] == level,
                None => covariate == "year" && a.year == level,
            };
            let table = protected_histories(&s.lists, &s.histories(noise, fits))?;
            let model = Model::parse(formula, &s.lists).ok()?;
            let (seen, unseen) = (table.n() as f64, Engine::new(&table).dark_figure(&model));
            (unseen.is_finite() && unseen > 0.0).then_some((seen, seen + unseen))
        };
        around(&self.sources.iter().map(of).collect::<Vec<_>>(), self.own)
    }

    /// The estimates of parts with covariates, which `of` computes for a draw.
    pub(crate) fn by_part(&self, of: impl Fn(&Source) -> Option<BTreeMap<Part, ReportedAndTotal>>) -> ByPart {
        ByPart { draws: self.sources.iter().map(of).collect(), own: self.own }
    }
}

/// The estimates of parts with covariates, by draw.
pub(crate) struct ByPart {
    draws: Vec<Option<BTreeMap<Part, ReportedAndTotal>>>,
    own: usize,
}

impl ByPart {
    /// The standard deviation that the draws add to the estimate of a part.
    pub(crate) fn sd(&self, part: &[(String, String)]) -> f64 {
        let of = |d: &Option<BTreeMap<Part, ReportedAndTotal>>| d.as_ref()?.get(part).copied();
        around(&self.draws.iter().map(of).collect::<Vec<_>>(), self.own)
    }
}

/// The estimate of the whole population: the median over the model space.
fn everybody(source: &Source, noise: &Perturbation) -> Option<ReportedAndTotal> {
    let histories = source.histories(noise, |_| true);
    if !histories.iter().any(|h| h.0.count_ones() > 1 && h.1.get() > 0) {
        return None;
    }
    let table = protected_histories(&source.lists, &histories)?;
    let engine = Engine::new(&table);
    let space = engine.space();
    let n = if space.members.is_empty() { f64::INFINITY } else { space.quantile(0.5) };
    n.is_finite().then_some((table.n() as f64, n))
}

/// The spread of draws around one of them, on the scale of the logarithm of the number on no list; infinite if a draw has no estimate.
fn around(draws: &[Option<ReportedAndTotal>], own: usize) -> f64 {
    let Some(Some((seen, _))) = draws.get(own) else { return f64::INFINITY };
    let log = |n: f64| (n - seen).max(0.5).ln();
    let Some(logs) = draws.iter().map(|d| Some(log((*d)?.1))).collect::<Option<Vec<f64>>>() else {
        return f64::INFINITY;
    };
    let sum = logs.iter().map(|l| (l - logs[own]).powi(2)).sum::<f64>();
    let sd = (sum / (logs.len() as f64 - 1.0).max(1.0)).sqrt();
    // Rounded up to hundredths, so that a limit does not disclose a few persons more or less in a draw.
    (sd * 100.0).ceil() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uncertainty_is_the_spread_of_draws_around_the_counted_one() {
        let of = |all: &[f64]| {
            let draws: Vec<Option<ReportedAndTotal>> =
                all.iter().map(|unseen| Some((100.0, 100.0 + unseen))).collect();
            around(&draws, 1)
        };
        assert_eq!(of(&[300.0; 12]), 0.0);
        let e = std::f64::consts::E;
        // Three draws: one below and one above by 1 on the logarithmic scale.
        assert!((of(&[300.0 / e, 300.0, 300.0 * e]) - 1.0).abs() < 1e-12);
        // A draw with missed links has more reported persons; its total is compared with the reported persons of the one draw.
        let more = around(&[Some((120.0, 500.0)), Some((100.0, 400.0))], 1);
        assert!((0.0..0.01).contains(&(more - (400.0_f64 / 300.0).ln())), "{more}");
        assert_eq!(around(&[None, Some((100.0, 400.0))], 1), f64::INFINITY);
        assert_eq!(around(&[Some((100.0, 400.0)), None], 1), f64::INFINITY);
    }
}
