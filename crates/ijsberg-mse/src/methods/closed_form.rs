//! Closed forms and closed-population models, as estimates.

use super::Settings;
use crate::bounds::{self, Coverage, Simple};
use crate::closed::{self, Heterogeneity};
use crate::estimate::{Estimate, Interval, IntervalKind, Note, Outcome};
use crate::histories::Histories;
use crate::method::Method;

/// Two lists, lower bounds and sample coverage; `None` for other methods, and where the number of lists does not suit.
pub(super) fn estimate(h: &Histories, id: Method, settings: &Settings) -> Option<Estimate> {
    let level = settings.level;
    let sizes = || (h.list_size(0), h.list_size(1), h.on_all(3));
    let bound = [Note::BoundNeedsPositiveDependence];
    let cover = |which| {
        let value = bounds::coverage(h, which, level, settings.replicates.max(50), settings.seed);
        simple(id, h, value, level, &[])
    };
    Some(match id {
        Method::LincolnPetersen if h.t() == 2 => {
            let (a, b, m) = sizes();
            simple(id, h, bounds::lincoln_petersen(a, b, m, level), level, &[Note::ConditionalOnModel])
        }
        Method::Chapman if h.t() == 2 => {
            let (a, b, m) = sizes();
            simple(id, h, Some(bounds::chapman(a, b, m, level)), level, &[Note::ConditionalOnModel])
        }
        Method::Chao => simple(id, h, bounds::chao(h, level), level, &bound),
        Method::ChaoCorrected => simple(id, h, Some(bounds::chao_corrected(h, level)), level, &bound),
        Method::ChaoPairs => simple(id, h, bounds::chao_pairs(h, level), level, &bound),
        Method::Zelterman => simple(id, h, bounds::zelterman(h, level), level, &[Note::ConditionalOnModel]),
        Method::CoverageLow if h.t() > 2 => cover(Coverage::Low),
        Method::CoverageHigh if h.t() > 2 => cover(Coverage::High),
        _ => return None,
    })
}

/// A closed-population model: whether lists have chances of their own, and how persons differ.
struct Closed {
    by_list: bool,
    heterogeneity: Heterogeneity,
    corrected: bool,
}

impl Closed {
    fn from_method(method: Method) -> Option<Self> {
        use Heterogeneity as H;
        let (by_list, heterogeneity, corrected) = match method {
            Method::M0 => (false, H::None, false),
            Method::M0Corrected => (false, H::None, true),
            Method::Mt => (true, H::None, false),
            Method::MtCorrected => (true, H::None, true),
            Method::MhChao => (false, H::Chao, false),
            Method::MhPoisson => (false, H::Poisson, false),
            Method::MhPoissonCorrected => (false, H::Poisson, true),
            Method::MhDarroch => (false, H::Darroch, false),
            Method::MhDarrochCorrected => (false, H::Darroch, true),
            Method::MhGamma => (false, H::Gamma, false),
            Method::MhGammaCorrected => (false, H::Gamma, true),
            Method::MthChao => (true, H::Chao, false),
            Method::MthChaoCorrected => (true, H::Chao, true),
            Method::MthPoisson => (true, H::Poisson, false),
            Method::MthPoissonCorrected => (true, H::Poisson, true),
            Method::MthDarroch => (true, H::Darroch, false),
            Method::MthDarrochCorrected => (true, H::Darroch, true),
            Method::MthGamma => (true, H::Gamma, false),
            Method::MthGammaCorrected => (true, H::Gamma, true),
            _ => return None,
        };
        Some(Self { by_list, heterogeneity, corrected })
    }
}

/// The closed-population models; `None` for other methods, and where persons cannot be told to differ: on two lists.
pub(super) fn population(h: &Histories, id: Method, level: f64) -> Option<Estimate> {
    let two = h.t() < 3;
    match id {
        Method::MhNormal | Method::MthNormal => (!two).then(|| normal(h, id, level)),
        Method::Mb | Method::Mbh => (!two).then(|| behaviour(h, id, level)),
        _ => {
            let model = Closed::from_method(id)?;
            if two && (model.corrected || model.heterogeneity != Heterogeneity::None) {
                return None;
            }
            Some(if model.corrected {
                corrected(h, id, &model, level)
            } else {
                profiled(h, id, &model, level)
            })
        }
    }
}

fn simple(id: Method, h: &Histories, value: Option<Simple>, level: f64, notes: &[Note]) -> Estimate {
    match value {
        // A standard error that cannot be worked out must not pass for a limit.
        Some(s) if s.lower.is_nan() || s.upper.is_nan() => Estimate::none(id, h.n(), Outcome::Degenerate),
        Some(s) => {
            let interval = Interval::new(h.n() as f64, (s.lower, s.upper), level, IntervalKind::LogNormal);
            Estimate { notes: notes.to_vec(), ..Estimate::from_n_hat(id, h.n(), s.n_hat, Some(interval)) }
        }
        None => Estimate::none(id, h.n(), Outcome::NotApplicable),
    }
}

fn normal(h: &Histories, id: Method, level: f64) -> Estimate {
    let n = h.n() as f64;
    let fit = match closed::fit_normal(h, id == Method::MthNormal, level) {
        Ok(fit) if fit.n_hat.is_finite() => fit,
        // Any number of unseen persons fits as well.
        Ok(_) => return Estimate::none(id, h.n(), Outcome::Infinite),
        Err(outcome) => return Estimate::none(id, h.n(), outcome),
    };
    let interval = Interval::new(n, (fit.lower, fit.upper), level, IntervalKind::Profile);
    let mut e = Estimate::from_n_hat(id, h.n(), fit.n_hat, Some(interval));
    e.notes = vec![Note::ConditionalOnModel];
    e.deviance = Some(fit.deviance);
    e.parameters = Some(fit.parameters);
    e.aic = Some(2.0 * fit.parameters as f64 - 2.0 * fit.log_likelihood);
    e.bic = Some(n.ln() * fit.parameters as f64 - 2.0 * fit.log_likelihood);
    e
}

fn behaviour(h: &Histories, id: Method, level: f64) -> Estimate {
    let n = h.n() as f64;
    let fit = if id == Method::Mb { closed::mb(h) } else { closed::mbh(h) };
    if !fit.n_hat.is_finite() || !fit.se.is_finite() {
        return Estimate::none(id, h.n(), Outcome::Degenerate);
    }
    if fit.n_hat < n {
        let mut e = Estimate::none(id, h.n(), Outcome::Degenerate);
        e.notes = vec![Note::OrderDependent, Note::BelowObserved];
        return e;
    }
    let value = Simple::log_normal(n, fit.n_hat, fit.se, level);
    let mut e = simple(id, h, Some(value), level, &[Note::OrderDependent]);
    e.deviance = Some(fit.deviance);
    e
}

fn corrected(h: &Histories, id: Method, model: &Closed, level: f64) -> Estimate {
    let value = match (model.by_list, model.heterogeneity) {
        (true, Heterogeneity::None) => closed::bias_corrected_mt(h),
        (true, heterogeneity) => closed::bias_corrected_mth(h, heterogeneity),
        (false, heterogeneity) => closed::bias_corrected(h, heterogeneity),
    };
    let value = value.map(|(n_hat, se)| Simple::log_normal(h.n() as f64, n_hat, se, level));
    simple(id, h, value, level, &[Note::ConditionalOnModel])
}

fn profiled(h: &Histories, id: Method, model: &Closed, level: f64) -> Estimate {
    let n = h.n() as f64;
    let fit = closed::fit(h, model.by_list, model.heterogeneity);
    if !fit.regular {
        return Estimate::none(id, h.n(), Outcome::Degenerate);
    }
    let (_, lower, upper) = fit.profile(h, level);
    let interval = Interval::new(n, (lower, upper), level, IntervalKind::Profile);
    let r = fit.parameters as f64;
    let bound = model.heterogeneity == Heterogeneity::Chao;
    Estimate {
        aic: Some(2.0 * r - 2.0 * fit.log_likelihood),
        bic: Some(n.ln() * r - 2.0 * fit.log_likelihood),
        deviance: Some(fit.deviance),
        parameters: Some(fit.parameters),
        notes: vec![if bound { Note::BoundNeedsPositiveDependence } else { Note::ConditionalOnModel }],
        ..Estimate::from_n_hat(id, h.n(), fit.n_hat, Some(interval))
    }
}
