//! Methods in closed form and of the closed population, from their identifiers.

use crate::bounds::{self, Coverage, Simple};
use crate::closed::{self, Heterogeneity};
use crate::estimate::{Estimate, Interval, IntervalKind, Note, Outcome};
use crate::histories::Histories;

use super::Settings;

pub(super) fn simple(
    id: &'static str,
    h: &Histories,
    value: Option<Simple>,
    level: f64,
    notes: &[Note],
) -> Estimate {
    match value {
        // A standard error that cannot be worked out must not pass for a limit.
        Some(s) if s.lower.is_nan() || s.upper.is_nan() => Estimate::none(id, h.n(), Outcome::Degenerate),
        Some(s) => {
            let interval = Interval::new(h.n() as f64, (s.lower, s.upper), level, IntervalKind::LogNormal);
            Estimate { notes: notes.to_vec(), ..Estimate::of(id, h.n(), s.n_hat, Some(interval)) }
        }
        None => Estimate::none(id, h.n(), Outcome::NotApplicable),
    }
}

pub(super) fn closed_form(h: &Histories, id: &'static str, settings: &Settings) -> Option<Estimate> {
    let level = settings.level;
    let sizes = || (h.list_size(0), h.list_size(1), h.on_all(3));
    let bound = [Note::BoundNeedsPositiveDependence];
    let cover = |which| {
        let value = bounds::coverage(h, which, level, settings.replicates.max(50), settings.seed);
        simple(id, h, value, level, &[])
    };
    Some(match id {
        "lincoln-petersen" if h.t() == 2 => {
            let (a, b, m) = sizes();
            simple(id, h, bounds::lincoln_petersen(a, b, m, level), level, &[Note::ConditionalOnModel])
        }
        "chapman" if h.t() == 2 => {
            let (a, b, m) = sizes();
            simple(id, h, Some(bounds::chapman(a, b, m, level)), level, &[Note::ConditionalOnModel])
        }
        "chao" => simple(id, h, bounds::chao(h, level), level, &bound),
        "chao.bc" => simple(id, h, Some(bounds::chao_corrected(h, level)), level, &bound),
        "chao.pairs" => simple(id, h, bounds::chao_pairs(h, level), level, &bound),
        "zelterman" => simple(id, h, bounds::zelterman(h, level), level, &[Note::ConditionalOnModel]),
        "coverage.low" if h.t() > 2 => cover(Coverage::Low),
        "coverage.high" if h.t() > 2 => cover(Coverage::High),
        _ => return None,
    })
}

pub(super) fn closed_population(h: &Histories, id: &'static str, settings: &Settings) -> Option<Estimate> {
    let (level, n) = (settings.level, h.n() as f64);
    let mut parts = id.split('.');
    let (family, mixing, corrected) =
        (parts.next()?, parts.next().unwrap_or(""), id.strip_suffix(".bc").is_some());
    let by_list = matches!(family, "mt" | "mth");
    if h.t() < 3 && (!mixing.is_empty() || matches!(family, "mb" | "mbh")) {
        return None;
    }
    let heterogeneity = match mixing {
        "" | "bc" => Heterogeneity::None,
        "chao" => Heterogeneity::Chao,
        "poisson" => Heterogeneity::Poisson,
        "darroch" => Heterogeneity::Darroch,
        "gamma" => Heterogeneity::Gamma,
        "normal" => {
            let fit = match closed::fit_normal(h, by_list, level) {
                Ok(fit) if fit.n_hat.is_finite() => fit,
                // Any number of unseen persons fits as well.
                Ok(_) => return Some(Estimate::none(id, h.n(), Outcome::Infinite)),
                Err(outcome) => return Some(Estimate::none(id, h.n(), outcome)),
            };
            let interval = Interval::new(n, (fit.lower, fit.upper), level, IntervalKind::Profile);
            let mut e = Estimate::of(id, h.n(), fit.n_hat, Some(interval));
            e.notes = vec![Note::ConditionalOnModel];
            e.deviance = Some(fit.deviance);
            e.parameters = Some(fit.parameters);
            e.aic = Some(2.0 * fit.parameters as f64 - 2.0 * fit.log_likelihood);
            e.bic = Some(n.ln() * fit.parameters as f64 - 2.0 * fit.log_likelihood);
            return Some(e);
        }
        _ => return None,
    };
    match family {
        "mb" | "mbh" => {
            let fit = if family == "mb" { closed::mb(h) } else { closed::mbh(h) };
            if !fit.n_hat.is_finite() || !fit.se.is_finite() {
                return Some(Estimate::none(id, h.n(), Outcome::Degenerate));
            }
            if fit.n_hat < n {
                let mut e = Estimate::none(id, h.n(), Outcome::Degenerate);
                e.notes = vec![Note::OrderDependent, Note::BelowObserved];
                return Some(e);
            }
            let mut e = simple(
                id,
                h,
                Some(Simple::log_normal(n, fit.n_hat, fit.se, level)),
                level,
                &[Note::OrderDependent],
            );
            e.deviance = Some(fit.deviance);
            Some(e)
        }
        "m0" | "mt" | "mh" | "mth" if corrected => {
            let corrected = match family {
                "mt" => closed::bias_corrected_mt(h),
                "mth" => closed::bias_corrected_mth(h, heterogeneity),
                _ => closed::bias_corrected(h, heterogeneity),
            };
            let value = corrected.map(|(n_hat, se)| Simple::log_normal(n, n_hat, se, level));
            Some(simple(id, h, value, level, &[Note::ConditionalOnModel]))
        }
        "m0" | "mt" | "mh" | "mth" => {
            let fit = closed::fit(h, by_list, heterogeneity);
            if !fit.regular {
                return Some(Estimate::none(id, h.n(), Outcome::Degenerate));
            }
            let (_, lower, upper) = fit.profile(h, level);
            let interval = Interval::new(n, (lower, upper), level, IntervalKind::Profile);
            let r = fit.parameters as f64;
            Some(Estimate {
                aic: Some(2.0 * r - 2.0 * fit.log_likelihood),
                bic: Some(n.ln() * r - 2.0 * fit.log_likelihood),
                deviance: Some(fit.deviance),
                parameters: Some(fit.parameters),
                notes: vec![if heterogeneity == Heterogeneity::Chao {
                    Note::BoundNeedsPositiveDependence
                } else {
                    Note::ConditionalOnModel
                }],
                ..Estimate::of(id, h.n(), fit.n_hat, Some(interval))
            })
        }
        _ => None,
    }
}
