//! Log-linear methods: a model given or chosen, and its interval.

use rayon::prelude::*;

use super::{IntervalChoice, Progress, Settings};
use crate::estimate::{Estimate, Interval, IntervalKind, Note, Outcome};
use crate::loglinear::existence::Existence;
use crate::loglinear::lattice::MAX_LATTICE_LISTS;
use crate::loglinear::ranked::RANKED_ABOVE;
use crate::loglinear::selection::{AVERAGING_WINDOW, Reselect, Selection, average};
use crate::loglinear::{Criterion, Engine, ModelFit};
use crate::model::Model;
use crate::resample::{Replicates, Scheme, acceleration, bca, bootstrap, jackknife};
use crate::special::{normal_quantile, quantile_type8};

/// Work that a bootstrap may take, in replicates times `t 2^t`: within a minute with 16 lists on two cores, and no bound at
/// all up to twelve for the usual thousand.
const WORK: usize = 1 << 27;

/// The least number of replicates that an interval may come from.
const FEWEST_REPLICATES: usize = 100;

/// Replicates that are run: those asked for, or what the number of lists allows where nobody asked.
fn affordable(settings: &Settings, lists: usize) -> usize {
    let usual = settings.replicates;
    if settings.replicates_asked || lists <= RANKED_ABOVE {
        return usual;
    }
    usual.min((WORK / (lists << lists)).max(FEWEST_REPLICATES))
}

/// What a selection rule chose on the data themselves.
struct Chosen {
    fit: ModelFit,
    n_hat: f64,
    models: usize,
}

fn choose(engine: &Engine, selection: &Selection) -> Option<Chosen> {
    let n = engine.histories().n() as f64;
    let one = |model: &Model| {
        let fit = engine.fit(model);
        Some(Chosen { n_hat: n + fit.dark_figure, fit, models: 1 })
    };
    match selection {
        Selection::Fixed(model) => one(model),
        Selection::Stepwise(threshold) => one(&engine.stepwise(*threshold)),
        Selection::Best(criterion) => one(&engine.near_best(*criterion, 0.0).first()?.model),
        Selection::Averaged => {
            let near = engine.near_best(Criterion::Bic, AVERAGING_WINDOW);
            let dark = average(&near.iter().map(|m| (m.delta, m.n_hat - n)).collect::<Vec<_>>());
            Some(Chosen { fit: engine.fit(&near.first()?.model), n_hat: n + dark, models: near.len() })
        }
    }
}

/// Every rule on the table, with replicates where its interval comes from them.
pub(super) fn log_linear(
    engine: &Engine,
    jobs: &[(&'static str, Selection)],
    settings: &Settings,
    progress: &dyn Progress,
) -> Vec<Estimate> {
    progress.stage("search", jobs.len() as u64);
    let chosen: Vec<Option<Chosen>> = jobs
        .par_iter()
        .map(|(_, selection)| {
            let chosen = choose(engine, selection);
            progress.tick();
            chosen
        })
        .collect();
    let runs = resample(engine, jobs, &chosen, settings, progress);
    let one = |((id, selection), chosen): (&(&'static str, Selection), Option<Chosen>), run: Option<Run>| {
        let Some(chosen) = chosen else {
            return Estimate::none(id, engine.histories().n(), Outcome::Infinite);
        };
        let mut e = point(engine, id, selection, &chosen);
        if chosen.fit.existence == Existence::Exists {
            match run {
                Some(run) => by_replicates(&mut e, selection, chosen.n_hat, &run, engine, settings),
                None if *selection == Selection::Averaged => {}
                None => given_the_model(&mut e, &chosen.fit, engine, settings),
            }
        }
        e
    };
    jobs.iter().zip(chosen).zip(runs).map(|(job, run)| one(job, run)).collect()
}

/// Replicates of one rule.
struct Run {
    drawn: Replicates,
    acceleration: Option<f64>,
    replicates: usize,
    reselect: Reselect,
}

/// Replicates of the rules whose interval needs them, `None` for the others.
fn resample(
    engine: &Engine,
    jobs: &[(&'static str, Selection)],
    chosen: &[Option<Chosen>],
    settings: &Settings,
    progress: &dyn Progress,
) -> Vec<Option<Run>> {
    let h = engine.histories();
    let needed = |i: &usize| {
        let selection = &jobs[*i].1;
        let exists = chosen[*i].as_ref().is_some_and(|c| c.fit.existence == Existence::Exists);
        exists
            && match settings.interval {
                IntervalChoice::Auto => !matches!(selection, Selection::Fixed(_)),
                IntervalChoice::Profile | IntervalChoice::Wald => *selection == Selection::Averaged,
                _ => true,
            }
    };
    let places: Vec<usize> = (0..jobs.len()).filter(needed).collect();
    let replicates = affordable(settings, h.t());
    let mut runs: Vec<Option<Run>> = jobs.iter().map(|_| None).collect();
    if places.is_empty() || replicates < 2 {
        return runs;
    }
    let all = if h.t() < MAX_LATTICE_LISTS { Reselect::All } else { Reselect::Shortlist };
    let reselect = settings.reselect.unwrap_or(all);
    let selections: Vec<Selection> = places.iter().map(|i| jobs[*i].1.clone()).collect();
    progress.stage("bootstrap", replicates as u64);
    let draw = |rules: &[Selection], scheme: Scheme, mu: Option<&[f64]>| {
        let tick = || progress.tick();
        bootstrap(engine, rules, reselect, scheme, mu, replicates, settings.seed, &tick)
    };
    let drawn: Vec<Replicates> = if settings.interval == IntervalChoice::Parametric {
        // Each rule draws from its own fitted model.
        let own = places.iter().zip(&selections).flat_map(|(i, selection)| {
            let mu = chosen[*i].as_ref().map(|c| engine.fitted_cells(&c.fit.model));
            draw(std::slice::from_ref(selection), Scheme::Parametric, mu.as_deref())
        });
        own.collect()
    } else {
        draw(&selections, Scheme::Nonparametric, None)
    };
    // With many lists choosing again for every history takes longer than the bootstrap, for a correction that hardly
    // depends on it.
    let rule = |i: &usize| match &chosen[*i] {
        Some(c) if h.t() > RANKED_ABOVE => Selection::Fixed(c.fit.model.clone()),
        _ => jobs[*i].1.clone(),
    };
    let rules: Vec<Selection> = places.iter().map(rule).collect();
    let counts: Vec<u64> = h.cells().iter().map(|c| c.1).collect();
    for ((i, drawn), varied) in places.iter().zip(drawn).zip(jackknife(engine, &rules, reselect)) {
        let acceleration = acceleration(&counts, &varied);
        runs[*i] = Some(Run { drawn, acceleration, replicates, reselect });
    }
    runs
}

/// What was chosen and what it estimates, without an interval.
fn point(engine: &Engine, id: &'static str, selection: &Selection, chosen: &Chosen) -> Estimate {
    let (h, fit) = (engine.histories(), &chosen.fit);
    let averaged = *selection == Selection::Averaged;
    let mut e = Estimate::none(id, h.n(), fit.existence.into());
    e.model = Some(if averaged { format!("{} models", chosen.models) } else { fit.model.formula(h.lists()) });
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
    if h.t() > MAX_LATTICE_LISTS && searched(selection) {
        e.notes.push(Note::LocalSearch);
    }
    e
}

fn searched(selection: &Selection) -> bool {
    matches!(selection, Selection::Best(_) | Selection::Averaged)
}

fn by_replicates(
    e: &mut Estimate,
    selection: &Selection,
    n_hat: f64,
    run: &Run,
    engine: &Engine,
    settings: &Settings,
) {
    let (h, level) = (engine.histories(), settings.level);
    e.replicates = Some(run.replicates);
    let note = |notes: &mut Vec<Note>, condition: bool, note: Note| {
        if condition {
            notes.push(note);
        }
    };
    note(&mut e.notes, run.replicates < settings.replicates, Note::FewerReplicates);
    note(&mut e.notes, run.drawn.without_estimate > 0, Note::ReplicatesWithoutEstimate);
    let shortlist = run.reselect == Reselect::Shortlist && h.t() <= RANKED_ABOVE && searched(selection);
    note(&mut e.notes, shortlist, Note::ShortlistReselection);
    let sorted = &run.drawn.sorted;
    let (lower, upper, kind) =
        if matches!(settings.interval, IntervalChoice::Percentile | IntervalChoice::Parametric) {
            let tail = 0.5 * (1.0 - level);
            (quantile_type8(sorted, tail), quantile_type8(sorted, 1.0 - tail), IntervalKind::Percentile)
        } else {
            note(&mut e.notes, run.acceleration.is_none(), Note::NoAcceleration);
            let limits = bca(n_hat, sorted, run.acceleration.unwrap_or(0.0), level);
            note(&mut e.notes, limits.saturated, Note::SaturatedInterval);
            note(&mut e.notes, limits.fell_back, Note::PercentileFallback);
            let kind = if limits.fell_back { IntervalKind::Percentile } else { IntervalKind::Bca };
            (limits.lower, limits.upper, kind)
        };
    e.interval = Some(Interval::new(h.n() as f64, (lower, upper), level, kind));
}

/// The interval for a model taken for granted.
fn given_the_model(e: &mut Estimate, fit: &ModelFit, engine: &Engine, settings: &Settings) {
    let (n, level) = (engine.histories().n() as f64, settings.level);
    e.notes.push(Note::ConditionalOnModel);
    e.interval = Some(if settings.interval == IntervalChoice::Wald {
        let c = (normal_quantile(0.5 + 0.5 * level) * fit.log_dark_se).exp();
        let limits = (n + fit.dark_figure / c, n + fit.dark_figure * c);
        Interval::new(n, limits, level, IntervalKind::WaldLog)
    } else {
        Interval::new(n, engine.profile(&fit.model, level), level, IntervalKind::Profile)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cap_for_many_lists_does_not_bind_what_was_asked_for() {
        let usual = Settings::default();
        assert_eq!(affordable(&usual, 8), 1000);
        assert!(affordable(&usual, 16) < 200);
        let asked = Settings { replicates_asked: true, ..usual };
        assert_eq!(affordable(&asked, 16), 1000);
    }
}
