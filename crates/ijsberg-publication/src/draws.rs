//! Draws of a linkage: the uncertainty about who is on which list.
//!
//! Everything that is counted is of one draw, that with the median estimate: so all tables agree, and whoever has the public table gets the
//! public number. The other draws are protected as that one is, and estimated too; how far they lie from it is what the linkage leaves
//! open. It is added to every interval on the scale of the logarithm of the number on no list, like the uncertainty due to the noise.
//! Where counts differ between draws so does their noise, which therefore counts twice in part: intervals are rather too wide than too narrow.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::model::Model;
use ijsberg_tables::Contents;

use crate::error::{FEWEST_DRAWS, PublishError};
use crate::persons::Kept;
use crate::source::{Alike, Delivered, Source};
use crate::tables::protected_histories;

/// Persons of a part in a draw: those who were reported, and all.
pub(crate) type Counted = (f64, f64);

/// A part by covariates and levels; none for everybody.
pub(crate) type Part = Vec<(String, String)>;

/// The draws.
#[derive(Debug)]
pub struct Drawn {
    sources: Vec<Source>,
    /// The draw that the counts are of.
    own: usize,
    /// Everybody, by draw.
    all: Vec<Option<Counted>>,
}

/// What the draws add to the uncertainty about everybody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linked {
    /// How many draws there are.
    pub draws: usize,
    /// Standard deviation of the logarithm of the number on no list between them; without bound where some have no estimate.
    pub sd: f64,
}

/// The persons of a table, or of the median draw together with all draws.
///
/// # Errors
/// If some counts are hidden, if there are no persons by year, or if draws cannot be published from.
pub(crate) fn delivered(
    contents: &Contents,
    years: &RangeInclusive<i16>,
    (noise, secret): (&Perturbation, &[u8]),
) -> Result<(Delivered, Option<Drawn>), PublishError> {
    let draws = match contents {
        Contents::Table(table) => return Ok((Delivered::from_table(table, years)?, None)),
        Contents::Hidden(hidden) => return Err(hidden.refusal().into()),
        Contents::Draws(draws) => draws,
    };
    // Missed links make of one person two who were reported, so that even the counts would be too high.
    if !draws.put_back {
        return Err(PublishError::Draws);
    }
    let found = draws.tables.len();
    if found < FEWEST_DRAWS {
        return Err(PublishError::FewDraws(found));
    }
    let all = draws.tables.iter().map(|t| Delivered::from_table(t, years)).collect::<Result<Vec<_>, _>>()?;
    let drawn = Drawn::from_delivered(&all, years, noise, secret);
    Ok((all[drawn.own].clone(), Some(drawn)))
}

impl Drawn {
    fn from_delivered(
        all: &[Delivered],
        years: &RangeInclusive<i16>,
        noise: &Perturbation,
        secret: &[u8],
    ) -> Self {
        let published = |d: &Delivered| d.clone().published(Some(years), &mut Kept::default(), secret, false);
        let sources: Vec<Source> = all.iter().map(published).collect();
        let all: Vec<Option<Counted>> = sources.iter().map(|s| everybody(s, noise)).collect();
        let size = |d: usize| all[d].map_or(f64::INFINITY, |c| c.1);
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|a, b| size(*a).total_cmp(&size(*b)));
        let own = order.get(order.len() / 2).copied().unwrap_or_default();
        Self { sources, own, all }
    }

    /// What the draws add to the uncertainty about everybody.
    pub(crate) fn linked(&self) -> Linked {
        Linked { draws: self.all.len(), sd: around(&self.all, self.own) }
    }

    /// The same for a year or a level, by the model of the whole.
    pub(crate) fn sd_of(&self, noise: &Perturbation, formula: &str, (covariate, level): (&str, &str)) -> f64 {
        let of = |s: &Source| {
            let at = s.covariates.iter().position(|c| c == covariate);
            let fits = |a: &Alike| match at {
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

    /// The same for parts with covariates, which `of` works out for a draw.
    pub(crate) fn by_part(&self, of: impl Fn(&Source) -> Option<BTreeMap<Part, Counted>>) -> ByPart {
        ByPart { draws: self.sources.iter().map(of).collect(), own: self.own }
    }
}

/// Parts with covariates, by draw.
pub(crate) struct ByPart {
    draws: Vec<Option<BTreeMap<Part, Counted>>>,
    own: usize,
}

impl ByPart {
    /// What the draws add to the uncertainty about a part.
    pub(crate) fn sd(&self, part: &[(String, String)]) -> f64 {
        let of = |d: &Option<BTreeMap<Part, Counted>>| d.as_ref()?.get(part).copied();
        around(&self.draws.iter().map(of).collect::<Vec<_>>(), self.own)
    }
}

/// The estimate of everybody, which includes the uncertainty about the model.
fn everybody(source: &Source, noise: &Perturbation) -> Option<Counted> {
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

/// How far draws lie from one of them, on the scale of the logarithm of the number on no list. One without an estimate may lie anywhere.
fn around(draws: &[Option<Counted>], own: usize) -> f64 {
    let Some(Some((seen, _))) = draws.get(own) else { return f64::INFINITY };
    let log = |n: f64| (n - seen).max(0.5).ln();
    let Some(logs) = draws.iter().map(|d| Some(log((*d)?.1))).collect::<Option<Vec<f64>>>() else {
        return f64::INFINITY;
    };
    let sum = logs.iter().map(|l| (l - logs[own]).powi(2)).sum::<f64>();
    let sd = (sum / (logs.len() as f64 - 1.0).max(1.0)).sqrt();
    // A hundredth more at most: a few persons more or less in a draw are not to be read from a limit.
    (sd * 100.0).ceil() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doubt_is_how_far_draws_lie_from_the_one_that_is_counted() {
        let of = |all: &[f64]| {
            let draws: Vec<Option<Counted>> =
                all.iter().map(|unseen| Some((100.0, 100.0 + unseen))).collect();
            around(&draws, 1)
        };
        assert_eq!(of(&[300.0; 12]), 0.0);
        let e = std::f64::consts::E;
        // One logarithm below and one above, of three draws.
        assert!((of(&[300.0 / e, 300.0, 300.0 * e]) - 1.0).abs() < 1e-12);
        // Persons who are two in a draw are more who were reported there: all of them are held beside the one draw.
        let more = around(&[Some((120.0, 500.0)), Some((100.0, 400.0))], 1);
        assert!((0.0..0.01).contains(&(more - (400.0_f64 / 300.0).ln())), "{more}");
        assert_eq!(around(&[None, Some((100.0, 400.0))], 1), f64::INFINITY);
        assert_eq!(around(&[Some((100.0, 400.0)), None], 1), f64::INFINITY);
    }
}
