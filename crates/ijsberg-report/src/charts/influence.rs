use crate::Analysis;
use crate::charts::{LogAxis, Svg, ink, margin_for, shortened};
use crate::text::Text;

/// The most cells that are drawn.
const ROWS: usize = 16;

/// The cells where one person more moves the estimate most.
pub fn influence(text: &Text, a: &Analysis) -> String {
    let Some(base) = a.diagnostics.near_best.first().map(|m| m.n_hat) else { return String::new() };
    let mut rows: Vec<_> = a.diagnostics.influence.iter().filter(|i| i.one_more.is_finite()).collect();
    rows.sort_by(|x, y| {
        let moved = |n: f64| (n / base).ln().abs();
        moved(y.one_more).total_cmp(&moved(x.one_more))
    });
    rows.truncate(ROWS);
    let ends =
        || rows.iter().flat_map(|i| [Some(i.one_more), i.one_less]).flatten().filter(|x| x.is_finite());
    let labels: Vec<String> =
        rows.iter().map(|i| shortened(&format!("{} ({})", i.history, i.count))).collect();
    let left = margin_for(&labels);
    let axis = LogAxis::new(ends().fold(base, f64::min), ends().fold(base, f64::max), left, 690.0);
    let bottom = 24.0 + 20.0 * rows.len() as f64;
    let description: Vec<String> =
        rows.iter().map(|i| format!("{} +1: {}", i.history, text.number(i.one_more))).collect();
    let mut svg = Svg::new(720.0, bottom + 30.0, &text.say("chart-influence"), &description.join("; "));
    axis.draw(&mut svg, 10.0, bottom, |x| text.number(x));
    svg.line((axis.at(base), 10.0), (axis.at(base), bottom), ink::WARM, 1.5);
    for (i, (row, label)) in rows.iter().zip(&labels).enumerate() {
        let y = 26.0 + 20.0 * i as f64;
        svg.text(left - 10.0, y + 4.0, 12.0, "end", ink::DEEP, label);
        if let Some(less) = row.one_less.filter(|x| x.is_finite()) {
            svg.line((axis.at(base), y), (axis.at(less), y), ink::FAINT, 2.0);
            svg.text(axis.at(less), y + 4.0, 14.0, "middle", ink::FAINT, "−");
        }
        svg.line((axis.at(base), y), (axis.at(row.one_more), y), ink::DEEP, 2.0);
        svg.text(axis.at(row.one_more), y + 5.0, 15.0, "middle", ink::DEEP, "+");
    }
    svg.finish()
}
