use crate::Analysis;
use crate::charts::{Svg, ink};
use crate::text::Text;

/// Seen and estimated persons by year, with the interval as a ribbon; empty without years.
pub fn trend(text: &Text, a: &Analysis) -> String {
    let Some(c) = &a.covariates else { return String::new() };
    let Some(year) = c.year() else { return String::new() };
    let years: Vec<_> =
        c.breakdown.sizes.iter().filter(|s| s.part.len() == 1 && s.part[0].0 == year).collect();
    if years.len() < 2 || years.iter().any(|s| !s.n_hat.is_finite()) {
        return String::new();
    }
    let highest = years
        .iter()
        .map(|s| s.limits.map_or(s.n_hat, |l| if l.1.is_finite() { l.1 } else { 3.0 * s.n_hat }))
        .fold(0.0, f64::max);
    let description: Vec<String> = years
        .iter()
        .map(|s| {
            format!(
                "{}: {} {}, {}",
                c.name(text, s),
                text.number(s.observed),
                text.say("seen"),
                text.number(s.n_hat)
            )
        })
        .collect();
    let (left, right, top, bottom) = (80.0, 690.0, 30.0, 280.0);
    let mut svg = Svg::new(720.0, 320.0, &text.say("chart-trend"), &description.join("; "));
    let step = nice_step(highest);
    let ceiling = (highest / step).ceil() * step;
    let y = |v: f64| bottom - (v / ceiling).clamp(0.0, 1.0) * (bottom - top);
    let x = |i: usize| left + (right - left) * (i as f64 + 0.5) / years.len() as f64;
    let mut mark = 0.0;
    while mark <= ceiling + 0.5 * step {
        svg.line((left, y(mark)), (right, y(mark)), "#dde5e9", 1.0);
        svg.text(left - 8.0, y(mark) + 4.0, 12.0, "end", ink::DEEP, &text.number(mark));
        mark += step;
    }
    if years.iter().all(|s| s.limits.is_some()) {
        let limits: Vec<(f64, f64)> = years.iter().filter_map(|s| s.limits).collect();
        let upper = limits.iter().enumerate().map(|(i, l)| (x(i), y(l.1)));
        let lower = limits.iter().enumerate().rev().map(|(i, l)| (x(i), y(l.0)));
        svg.polygon(&upper.chain(lower).collect::<Vec<_>>(), ink::WATER, ink::BELOW);
    }
    for (i, pair) in years.windows(2).enumerate() {
        svg.line((x(i), y(pair[0].n_hat)), (x(i + 1), y(pair[1].n_hat)), ink::DEEP, 2.5);
        svg.line((x(i), y(pair[0].observed)), (x(i + 1), y(pair[1].observed)), ink::WARM, 2.5);
    }
    for (i, s) in years.iter().enumerate() {
        svg.dot(x(i), y(s.n_hat), 4.5, ink::DEEP);
        svg.dot(x(i), y(s.observed), 4.5, ink::WARM);
        svg.text(x(i), bottom + 20.0, 13.0, "middle", ink::DEEP, &c.name(text, s));
    }
    svg.text(left, 18.0, 13.0, "start", ink::DEEP, &text.say("legend-estimated"));
    svg.text(right, 18.0, 13.0, "end", ink::WARM, &text.say("legend-seen"));
    svg.finish()
}

/// A round distance between marks that gives about five of them.
fn nice_step(highest: f64) -> f64 {
    let rough = highest / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|m| m * power >= rough).unwrap_or(10.0);
    step * power
}
