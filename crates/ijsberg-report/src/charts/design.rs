use ijsberg_mse::verdict::{NUMBER_UP_TO, RANGE_UP_TO};

use crate::charts::{LogAxis, Svg, ink, margin_for};
use crate::design::{Design, name};
use crate::text::Text;

/// Farther than this times the largest middle no interval is drawn, so that one that runs away does not squeeze the others.
const FARTHEST: f64 = 3.0;

/// For each change how wide the interval would be, eight in ten and the middle one, beside how often each verdict followed.
pub fn design(text: &Text, d: &Design) -> String {
    let rows = &d.plan.outlooks;
    let labels: Vec<String> = rows.iter().map(|o| name(text, d, &o.change)).collect();
    let left = margin_for(&labels);
    let (right, bar, end) = (left + 240.0, left + 270.0, left + 430.0);
    let finite = rows.iter().map(|o| o.factor.median).filter(|f| f.is_finite()).fold(RANGE_UP_TO, f64::max);
    let axis = LogAxis::new(1.0, FARTHEST * finite, left, right);
    let bottom = 56.0 + 22.0 * rows.len() as f64;
    let said: Vec<String> = rows
        .iter()
        .zip(&labels)
        .map(|(o, label)| {
            let shares = [o.verdicts.number, o.verdicts.range, o.verdicts.bound, o.verdicts.nothing];
            let shares = shares.map(|s| text.number(100.0 * s)).join("/");
            format!("{label}: {} ({shares})", text.decimal(o.factor.median, 1))
        })
        .collect();
    let mut svg = Svg::new(end + 20.0, bottom + 50.0, &text.say("design-chart"), &said.join("; "));
    let limits = [("number", text.number(NUMBER_UP_TO)), ("range", text.number(RANGE_UP_TO))];
    svg.text(left, 14.0, 12.0, "start", ink::TEXT, &text.fill("design-chart-limits", &limits));
    svg.text(bar, 32.0, 12.0, "start", ink::TEXT, &text.say("design-chart-verdict"));
    axis.draw(&mut svg, 40.0, bottom, |x| text.plain(x));
    for limit in [NUMBER_UP_TO, RANGE_UP_TO] {
        svg.line((axis.at(limit), 40.0), (axis.at(limit), bottom), ink::EMPH, 1.5);
    }
    for (i, (o, label)) in rows.iter().zip(&labels).enumerate() {
        let y = 52.0 + 22.0 * i as f64;
        svg.text(left - 8.0, y + 4.0, 12.0, "end", ink::TEXT, label);
        svg.line((axis.at(o.factor.low), y), (axis.at(o.factor.high), y), ink::MID, 3.0);
        if o.factor.median.is_finite() {
            svg.dot(axis.at(o.factor.median), y, 4.5, ink::DATA);
        } else {
            svg.text(right + 8.0, y + 4.0, 12.0, "start", ink::TEXT, "→");
        }
        let mut from = bar;
        let parts = [o.verdicts.number, o.verdicts.range, o.verdicts.bound, o.verdicts.nothing];
        for (share, fill) in parts.into_iter().zip(FILLS) {
            svg.rect(from, y - 7.0, share * (end - bar), 14.0, fill);
            from += share * (end - bar);
        }
    }
    let mut from = left;
    for (key, fill) in ["number", "range", "bound", "nothing"].into_iter().zip(FILLS) {
        let word = text.say(&format!("design-col-{key}"));
        svg.rect(from, bottom + 30.0, 14.0, 12.0, fill);
        svg.text(from + 20.0, bottom + 40.0, 12.0, "start", ink::TEXT, &word);
        from += 44.0 + 8.0 * word.chars().count() as f64;
    }
    svg.finish()
}

/// From the best verdict to the worst: dark to light, apart in black and white as well.
const FILLS: [&str; 4] = [ink::DATA, ink::MID, ink::RIBBON, ink::MUTE];
