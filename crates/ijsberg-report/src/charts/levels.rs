use crate::Analysis;
use crate::charts::{Svg, ink, margin_for, shortened};
use crate::text::Text;

/// For every level of every covariate: persons seen and estimated, with the interval. Empty without covariates.
pub fn levels(text: &Text, a: &Analysis) -> String {
    let Some(c) = &a.covariates else { return String::new() };
    let rows: Vec<_> =
        c.breakdown.sizes.iter().filter(|s| s.part.len() == 1 && s.n_hat.is_finite()).collect();
    if rows.is_empty() {
        return String::new();
    }
    let label = |s: &&ijsberg_mse::strata::breakdown::Size| {
        let covariate = &c.table.covariates()[s.part[0].0].name;
        shortened(&format!("{covariate}: {}", c.name(text, s)))
    };
    let labels: Vec<String> = rows.iter().map(label).collect();
    let left = margin_for(&labels);
    let highest = rows
        .iter()
        .map(|s| s.limits.map_or(s.n_hat, |l| if l.1.is_finite() { l.1 } else { 2.0 * s.n_hat }))
        .fold(0.0, f64::max);
    let x = |v: f64| left + (v / highest).clamp(0.0, 1.0) * (640.0 - left);
    let description: Vec<String> = rows
        .iter()
        .zip(&labels)
        .map(|(s, l)| {
            format!("{l}: {} {}, {}", text.number(s.observed), text.say("seen"), text.number(s.n_hat))
        })
        .collect();
    let height = 20.0 + 22.0 * rows.len() as f64;
    let mut svg = Svg::new(720.0, height, &text.say("chart-levels"), &description.join("; "));
    for (i, (s, l)) in rows.iter().zip(&labels).enumerate() {
        let y = 20.0 + 22.0 * i as f64;
        svg.text(left - 8.0, y + 4.0, 12.0, "end", ink::DEEP, l);
        svg.rect(left, y - 7.0, x(s.n_hat) - left, 14.0, ink::BELOW);
        svg.rect(left, y - 7.0, x(s.observed) - left, 14.0, ink::DEEP);
        let mut end = x(s.n_hat);
        if let Some((low, high)) = s.limits {
            svg.line((x(low), y), (x(high), y), ink::WARM, 2.0);
            end = end.max(x(high));
        }
        svg.text(end + 6.0, y + 4.0, 12.0, "start", ink::DEEP, &text.number(s.n_hat));
    }
    svg.finish()
}
