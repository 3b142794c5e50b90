use ijsberg_mse::identification::FACTORS;

use crate::Analysis;
use crate::charts::{LogAxis, Svg, ink, margin_for};
use crate::text::Text;

/// The caption, which says at which end an odds ratio above one lies; empty where there is no chart.
pub fn sensitivity_caption(text: &Text, a: &Analysis) -> String {
    let Some(s) = a.identification.sensitivity.first() else { return String::new() };
    let rising = s.n_at.first() < s.n_at.last();
    let (least, most) = if rising { ("side-left", "side-right") } else { ("side-right", "side-left") };
    let values = [("lists", s.lists.to_string()), ("least", text.say(least)), ("most", text.say(most))];
    text.fill("chart-sensitivity", &values)
}

/// Log-linear estimates as the interaction of all lists departs from what they assume. With an odd number of lists the
/// largest odds ratio is at the left.
pub fn sensitivity(text: &Text, a: &Analysis) -> String {
    let rows = &a.identification.sensitivity;
    if rows.is_empty() {
        return String::new();
    }
    let labels: Vec<String> = rows.iter().map(|s| s.method.to_string()).collect();
    let left = margin_for(&labels);
    let ends = || rows.iter().flat_map(|s| s.n_at.iter().copied());
    let axis = LogAxis::new(ends().fold(f64::INFINITY, f64::min), ends().fold(0.0, f64::max), left, 700.0);
    let bottom = 40.0 + 24.0 * rows.len() as f64;
    let description: Vec<String> = rows
        .iter()
        .map(|s| {
            let ends = [("1/8", s.n_at[0]), ("1", s.n_at[3]), ("8", s.n_at[6])];
            let ends = ends.map(|(xi, n)| format!("{xi}: {}", text.number(n)));
            format!("{} ({})", s.method, ends.join(", "))
        })
        .collect();
    let mut svg = Svg::new(720.0, bottom + 30.0, &sensitivity_caption(text, a), &description.join("; "));
    axis.draw(&mut svg, 20.0, bottom, |x| text.number(x));
    for (i, s) in rows.iter().enumerate() {
        let y = 36.0 + 24.0 * i as f64;
        svg.text(left - 8.0, y + 4.0, 12.0, "end", ink::TEXT, s.method.id());
        svg.line((axis.at(s.n_at[0]), y), (axis.at(s.n_at[6]), y), ink::MUTE, 2.0);
        for (n, factor) in s.n_at.iter().zip(FACTORS) {
            let assumed = factor == 1.0;
            svg.dot(
                axis.at(*n),
                y,
                if assumed { 5.0 } else { 3.0 },
                if assumed { ink::EMPH } else { ink::DATA },
            );
        }
    }
    svg.finish()
}
