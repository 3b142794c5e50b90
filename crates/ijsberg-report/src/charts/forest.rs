use ijsberg_mse::estimate::{Basis, Estimate};
use ijsberg_mse::method::Family;

use crate::Analysis;
use crate::charts::{LogAxis, Svg, ink, shortened};
use crate::families::groups;
use crate::text::Text;

/// All estimates with their intervals on a logarithmic axis; by family, the headline first; those over models of the lists are drawn stronger.
pub fn forest(text: &Text, a: &Analysis) -> String {
    let by_family = groups(&a.estimates);
    let all = by_family.iter().flat_map(|g| g.estimates.iter().copied());
    let rows: Vec<&Estimate> = all.filter(|e| e.n_hat.is_some()).collect();
    let seen = a.histories.n() as f64;
    let finite = |x: &f64| x.is_finite();
    let ends =
        rows.iter().filter_map(|e| e.interval).map(|i| i.upper).chain(rows.iter().filter_map(|e| e.n_hat));
    let mut ends: Vec<f64> = ends.filter(finite).collect();
    ends.sort_by(f64::total_cmp);
    // One runaway limit must not squeeze all others together; it is cut off with an arrow.
    let high = ends.last().copied().unwrap_or(seen).min(300.0 * seen);
    let axis = LogAxis::new(seen, high, 210.0, 700.0);
    let bottom = 34.0 + 20.0 * rows.len() as f64;
    let description: Vec<String> =
        rows.iter().map(|e| format!("{} {}", e.method, text.number(e.n_hat.unwrap_or_default()))).collect();
    let mut svg = Svg::new(720.0, bottom + 30.0, &text.say("chart-forest"), &description.join("; "));
    axis.draw(&mut svg, 20.0, bottom, |x| text.number(x));
    let x = axis.at(seen);
    svg.line((x, 20.0), (x, bottom), ink::EMPH, 1.5);
    svg.text(x + 4.0, 14.0, 12.0, "start", ink::LAMP, &format!("{} {}", text.number(seen), text.say("seen")));
    for (i, e) in rows.iter().enumerate() {
        let y = 34.0 + 20.0 * i as f64;
        let strong = matches!(e.method.family(), Family::Headline | Family::LogLinear | Family::Bayesian);
        let colour = if strong { ink::DATA } else { ink::MUTE };
        // A method that gives several estimates is told apart by its list.
        let several = rows.iter().filter(|r| r.method == e.method).count() > 1;
        let list =
            e.model.as_ref().and_then(Basis::formula).and_then(|m| m.split_once(" | ")).filter(|_| several);
        let label = list.map_or_else(|| e.method.to_string(), |(list, _)| format!("{} {list}", e.method));
        svg.text(200.0, y + 4.0, 12.0, "end", ink::TEXT, &shortened(&label));
        if let Some(interval) = e.interval {
            svg.line(
                (axis.at(interval.lower), y),
                (axis.at(interval.upper), y),
                colour,
                if strong { 3.0 } else { 2.0 },
            );
            if interval.upper > high * 1.05 {
                svg.text(706.0, y + 4.0, 12.0, "middle", colour, "→");
            }
        }
        svg.dot(axis.at(e.n_hat.unwrap_or_default()), y, if strong { 5.0 } else { 4.0 }, colour);
    }
    svg.finish()
}
