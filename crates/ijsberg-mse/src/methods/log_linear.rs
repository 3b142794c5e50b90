//! The log-linear methods: what each rule chooses on the data, and an interval that repeats the choice.

use rayon::prelude::*;

use super::{IntervalChoice, Progress, Settings};
use crate::estimate::{Basis, Estimate, Interval, IntervalKind, Note, Outcome};
use crate::loglinear::existence::Existence;
use crate::loglinear::lattice::MAX_LATTICE_LISTS;
use crate::loglinear::newton::Newton;
use crate::loglinear::profile::loglinear_profile;
use crate::loglinear::selection::{AVERAGING_WINDOW, Reselect, Selection, average};
use crate::loglinear::{Criterion, Engine, ModelFit, RANKED_ABOVE};
use crate::method::Method;
use crate::model::Model;
use crate::resample::{Replicates, Scheme, acceleration, bca, bootstrap, jackknife};
use crate::special::{normal_quantile, quantile_type8};

/// Work that a bootstrap may take by default, in replicates times `t 2^t`: within a minute with 16 lists on two cores, and no
/// bound at all up to twelve for the usual thousand.
const WORK: usize = 1 << 27;

/// The least number of replicates that an interval may come from.
const FEWEST_REPLICATES: usize = 100;

/// Replicates that are run: those asked for, or otherwise as many as the number of lists allows.
fn affordable(settings: &Settings, lists: usize) -> usize {
    let usual = settings.replicates;
    if settings.replicates_asked || lists <= RANKED_ABOVE {
        return usual;
    }
    usual.min((WORK / (lists << lists)).max(FEWEST_REPLICATES))
}

/// What a selection rule chose on the data themselves.
struct SelectedModel {
    fit: ModelFit,
    n_hat: f64,
    models: usize,
}

fn choose(engine: &Engine, selection: &Selection) -> Option<SelectedModel> {
    let n = engine.histories().n() as f64;
    let one = |model: &Model| {
        let fit = engine.fit(model);
        Some(SelectedModel { n_hat: n + fit.dark_figure, fit, models: 1 })
    };
    match selection {
        Selection::Fixed(model) => one(model),
        Selection::Stepwise(threshold) => one(&engine.stepwise(*threshold)),
        Selection::Best(criterion) => one(&engine.near_best(*criterion, 0.0).first()?.model),
        Selection::Averaged => {
            let near = engine.near_best(Criterion::Bic, AVERAGING_WINDOW);
            let dark = average(&near.iter().map(|m| (m.delta, m.n_hat - n)).collect::<Vec<_>>());
            Some(SelectedModel { fit: engine.fit(&near.first()?.model), n_hat: n + dark, models: near.len() })
        }
    }
}

/// Replicates of one rule, with the acceleration of its jackknife.
struct RuleReplicates {
    drawn: Replicates,
    acceleration: Option<f64>,
}

/// A run of several rules on one table, which share their replicates.
struct Run<'a> {
    engine: &'a Engine,
    settings: &'a Settings,
    reselect: Reselect,
    replicates: usize,
}

/// Runs the rules.
pub(super) fn estimates(
    engine: &Engine,
    jobs: &[(Method, Selection)],
    settings: &Settings,
    progress: &dyn Progress,
) -> Vec<Estimate> {
    let lists = engine.histories().t();
    let by_default = if lists < MAX_LATTICE_LISTS { Reselect::All } else { Reselect::Shortlist };
    let run = Run {
        engine,
        settings,
        reselect: settings.reselect.unwrap_or(by_default),
        replicates: affordable(settings, lists),
    };
    progress.stage("search", jobs.len() as u64);
    let chosen: Vec<Option<SelectedModel>> = jobs
        .par_iter()
        .map(|(_, selection)| {
            let chosen = choose(engine, selection);
            progress.tick();
            chosen
        })
        .collect();
    let mut resampled = run.resample(jobs, &chosen, progress);
    jobs.iter()
        .zip(&chosen)
        .enumerate()
        .map(|(i, ((id, selection), chosen))| match chosen {
            Some(chosen) => run.estimate(*id, selection, chosen, resampled[i].take()),
            None => Estimate::none(*id, engine.histories().n(), Outcome::Infinite),
        })
        .collect()
}

impl Run<'_> {
    /// Whether the interval of a rule comes from replicates.
    fn wants_replicates(&self, selection: &Selection) -> bool {
        match self.settings.interval {
            IntervalChoice::Auto => !matches!(selection, Selection::Fixed(_)),
            IntervalChoice::Profile | IntervalChoice::Wald => *selection == Selection::Averaged,
            _ => true,
        }
    }

    /// Replicates of the rules that want them, by rule.
    fn resample(
        &self,
        jobs: &[(Method, Selection)],
        chosen: &[Option<SelectedModel>],
        progress: &dyn Progress,
    ) -> Vec<Option<RuleReplicates>> {
        let exists = |i: &usize| chosen[*i].as_ref().is_some_and(|c| c.fit.existence == Existence::Exists);
        let wanted: Vec<usize> =
            (0..jobs.len()).filter(exists).filter(|i| self.wants_replicates(&jobs[*i].1)).collect();
        let mut all: Vec<Option<RuleReplicates>> = jobs.iter().map(|_| None).collect();
        if wanted.is_empty() || self.replicates < 2 {
            return all;
        }
        progress.stage("bootstrap", self.replicates as u64);
        let tick = || progress.tick();
        let selections: Vec<Selection> = wanted.iter().map(|i| jobs[*i].1.clone()).collect();
        let draw = |rules: &[Selection], scheme: Scheme, mu: Option<&[f64]>| {
            let (count, seed) = (self.replicates, self.settings.seed);
            bootstrap(self.engine, rules, self.reselect, scheme, mu, count, seed, &tick)
        };
        let drawn = if self.settings.interval == IntervalChoice::Parametric {
            // Each rule draws from its own fitted model.
            wanted
                .iter()
                .zip(&selections)
                .flat_map(|(i, rule)| {
                    let mu = chosen[*i].as_ref().map(|c| self.engine.fitted_cells(&c.fit.model));
                    draw(std::slice::from_ref(rule), Scheme::Parametric, mu.as_deref())
                })
                .collect()
        } else {
            draw(&selections, Scheme::Nonparametric, None)
        };
        let accelerations = self.accelerations(&wanted, jobs, chosen);
        for ((i, drawn), acceleration) in wanted.into_iter().zip(drawn).zip(accelerations) {
            all[i] = Some(RuleReplicates { drawn, acceleration });
        }
        all
    }

    fn accelerations(
        &self,
        wanted: &[usize],
        jobs: &[(Method, Selection)],
        chosen: &[Option<SelectedModel>],
    ) -> Vec<Option<f64>> {
        let h = self.engine.histories();
        let counts: Vec<u64> = h.cells().iter().map(|c| c.1).collect();
        // With many lists choosing again for every history takes longer than the bootstrap, for a correction that hardly
        // depends on it.
        let rules: Vec<Selection> = wanted
            .iter()
            .map(|i| match &chosen[*i] {
                Some(c) if h.t() > RANKED_ABOVE => Selection::Fixed(c.fit.model.clone()),
                _ => jobs[*i].1.clone(),
            })
            .collect();
        jackknife(self.engine, &rules, self.reselect).iter().map(|j| acceleration(&counts, j)).collect()
    }

    fn estimate(
        &self,
        id: Method,
        selection: &Selection,
        chosen: &SelectedModel,
        resampled: Option<RuleReplicates>,
    ) -> Estimate {
        let (h, fit) = (self.engine.histories(), &chosen.fit);
        let averaged = *selection == Selection::Averaged;
        let mut e = Estimate::none(id, h.n(), fit.existence.into());
        e.model = Some(if averaged {
            Basis::Models(chosen.models)
        } else {
            Basis::Model(fit.model.formula(h.lists()))
        });
        if fit.existence != Existence::Exists {
            return e;
        }
        e.n_hat = Some(chosen.n_hat);
        if !averaged {
            e.aic = Some(fit.aic);
            e.bic = Some(fit.bic);
            e.deviance = Some(fit.deviance);
            e.parameters = Some(fit.model.parameters());
        }
        if !fit.removed.is_empty() {
            e.notes.push(Note::EmptyOverlapsRemoved);
        }
        let searched = matches!(selection, Selection::Best(_) | Selection::Averaged);
        if h.t() > MAX_LATTICE_LISTS && searched {
            e.notes.push(Note::LocalSearch);
        }
        if let Some(resampled) = resampled {
            if self.reselect == Reselect::Shortlist && h.t() <= RANKED_ABOVE && searched {
                e.notes.push(Note::ShortlistReselection);
            }
            self.take_replicates(&mut e, chosen.n_hat, &resampled);
        } else if !averaged {
            e.notes.push(Note::ConditionalOnModel);
            e.interval = Some(self.conditional(fit));
        }
        e
    }

    /// Limits from replicates that chose again.
    fn take_replicates(&self, e: &mut Estimate, n_hat: f64, resampled: &RuleReplicates) {
        let RuleReplicates { drawn, acceleration } = resampled;
        let level = self.settings.level;
        e.replicates = Some(self.replicates);
        if self.replicates < self.settings.replicates {
            e.notes.push(Note::FewerReplicates);
        }
        if drawn.without_estimate > 0 {
            e.notes.push(Note::ReplicatesWithoutEstimate);
        }
        let tail = 0.5 * (1.0 - level);
        let percentile =
            matches!(self.settings.interval, IntervalChoice::Percentile | IntervalChoice::Parametric);
        let (limits, kind) = if percentile {
            let at = |share: f64| quantile_type8(&drawn.sorted, share);
            ((at(tail), at(1.0 - tail)), IntervalKind::Percentile)
        } else {
            if acceleration.is_none() {
                e.notes.push(Note::NoAcceleration);
            }
            let limits = bca(n_hat, &drawn.sorted, acceleration.unwrap_or(0.0), level);
            if limits.saturated {
                e.notes.push(Note::SaturatedInterval);
            }
            if limits.fell_back {
                e.notes.push(Note::PercentileFallback);
            }
            let kind = if limits.fell_back { IntervalKind::Percentile } else { IntervalKind::Bca };
            ((limits.lower, limits.upper), kind)
        };
        e.interval = Some(Interval::new(e.n_observed as f64, limits, level, kind));
    }

    /// Limits that take the model for granted.
    fn conditional(&self, fit: &ModelFit) -> Interval {
        let (n, level) = (self.engine.histories().n() as f64, self.settings.level);
        if self.settings.interval == IntervalChoice::Wald {
            let c = (normal_quantile(0.5 + 0.5 * level) * fit.log_dark_se).exp();
            let limits = (n + fit.dark_figure / c, n + fit.dark_figure * c);
            Interval::new(n, limits, level, IntervalKind::WaldLog)
        } else {
            Interval::new(n, self.engine.profile(&fit.model, level), level, IntervalKind::Profile)
        }
    }
}

/// The generalised Chapman estimate under the best model by BIC, with limits that take the model for granted.
pub(super) fn chapman(engine: &Engine, level: f64) -> Estimate {
    let (id, h) = (Method::BestBicChapman, engine.histories());
    let near = engine.near_best(Criterion::Bic, 0.0);
    let Some(best) = near.first() else { return Estimate::none(id, h.n(), Outcome::Infinite) };
    let found = crate::generalised_chapman::chapman(h, &best.model, level);
    if found.existence != Existence::Exists || !found.upper.is_finite() {
        return Estimate::none(id, h.n(), Outcome::Infinite);
    }
    let interval = Interval::new(h.n() as f64, (found.lower, found.upper), level, IntervalKind::LogNormal);
    let mut e = Estimate::from_n_hat(id, h.n(), found.n_hat, Some(interval));
    e.model = Some(Basis::Model(best.model.formula(h.lists())));
    e.parameters = Some(best.model.parameters());
    e.notes = vec![Note::ConditionalOnModel];
    e
}

impl Engine {
    /// Multinomial profile likelihood limits for a model whose estimate exists.
    pub fn profile(&self, model: &Model, level: f64) -> (f64, f64) {
        let mut newton = Newton::default();
        let (_, fit) = self.settled(model, &mut newton);
        let outside = if fit.regular { Vec::new() } else { self.face(model).outside };
        let p = loglinear_profile(&self.counts, model.terms(), &outside, &fit, level, &mut newton);
        (p.lower, p.upper)
    }

    /// Fitted means by history, with the unseen at index 0.
    pub fn fitted_cells(&self, model: &Model) -> Vec<f64> {
        let (_, fit) = self.settled(model, &mut Newton::default());
        let dark = fit.dark_figure();
        let mut mu = fit.mu;
        mu[0] = dark;
        mu
    }
}
