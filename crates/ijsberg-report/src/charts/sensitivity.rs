use ijsberg_mse::identification::FACTORS;

use crate::Analysis;
use crate::charts::{LogAxis, Svg, ink, margin_for};
use crate::text::Text;

/// Log-linear estimates as the interaction of all lists departs from what they assume.
pub fn sensitivity(text: &Text, a: &Analysis) -> String {
    let rows = &a.identification.sensitivity;
    if rows.is_empty() {
        return String::new();
    }
    let labels: Vec<String> = rows.iter().map(|s| s.method.clone()).collect();
    let left = margin_for(&labels);
    let ends = || rows.iter().flat_map(|s| s.n_at.iter().copied());
    let axis = LogAxis::new(ends().fold(f64::INFINITY, f64::min), ends().fold(0.0, f64::max), left, 700.0);
    let bottom = 40.0 + 24.0 * rows.len() as f64;
    let description: Vec<String> = rows
        .iter()
        .map(|s| format!("{}: {} – {}", s.method, text.number(s.n_at[0]), text.number(s.n_at[6])))
        .collect();
    let mut svg = Svg::new(720.0, bottom + 30.0, &text.say("chart-sensitivity"), &description.join("; "));
    axis.draw(&mut svg, 20.0, bottom, |x| text.number(x));
    for (i, s) in rows.iter().enumerate() {
        let y = 36.0 + 24.0 * i as f64;
        svg.text(left - 8.0, y + 4.0, 12.0, "end", ink::DEEP, &s.method);
        svg.line((axis.at(s.n_at[0]), y), (axis.at(s.n_at[6]), y), ink::FAINT, 2.0);
        for (n, factor) in s.n_at.iter().zip(FACTORS) {
            let assumed = factor == 1.0;
            svg.dot(
                axis.at(*n),
                y,
                if assumed { 5.0 } else { 3.0 },
                if assumed { ink::WARM } else { ink::DEEP },
            );
        }
    }
    svg.finish()
}
