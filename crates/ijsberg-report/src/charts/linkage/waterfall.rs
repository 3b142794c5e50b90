use ijsberg_linkage::fellegi_sunter::Part;

use crate::charts::{Chart, Room, Rows, Svg, ink};
use crate::linkage::part;
use crate::text::Text;

/// Where the weight of a pair comes from: from the prior, part by part, to the sum.
pub fn waterfall(text: &Text, prior: f64, parts: &[(Part, f64)], title: &str) -> Option<Chart> {
    Chart::drawn(|room| Some(draw(text, prior, parts, title, room)))
}

fn draw(text: &Text, prior: f64, parts: &[(Part, f64)], title: &str, room: Room) -> Svg {
    let mut rows: Vec<(String, f64)> = vec![(text.say("part-prior"), prior)];
    rows.extend(parts.iter().filter(|p| p.1.abs() > 0.005).map(|(p, w)| (part(text, *p), *w)));
    let sum: f64 = rows.iter().map(|r| r.1).sum();
    let labels: Vec<String> = rows.iter().map(|r| r.0.clone()).chain([text.say("part-sum")]).collect();
    let lines = Rows::new(room, &labels, 24.0, 26.0);
    let left = lines.left;
    let right = room.of(left + 420.0, 270.0);
    let (mut low, mut high, mut at) = (0.0_f64, 0.0_f64, 0.0);
    for (_, w) in &rows {
        at += w;
        low = low.min(at);
        high = high.max(at);
    }
    let x = |w: f64| left + (w - low) / (high - low).max(1e-9) * (right - left);
    let bits = |w: f64| {
        let sign = if w > 0.0 { "+" } else { "" };
        format!("{sign}{}", text.decimal(w, 1))
    };
    let told: Vec<String> = rows.iter().map(|(l, w)| format!("{l} {}", bits(*w))).collect();
    let bottom = lines.bottom(labels.len());
    let mut svg = Svg::new(room.of(right + 110.0, 360.0), bottom + 40.0, title, &told.join("; "));
    svg.line((x(0.0), 8.0), (x(0.0), bottom), ink::MUTE, 1.0);
    let mut at = 0.0;
    for (i, (label, w)) in rows.iter().enumerate() {
        let y = lines.at(i) - 10.0;
        let (from, to) = (x(at), x(at + w));
        lines.label(&mut svg, i, label);
        svg.rect(
            from.min(to),
            y + 3.0,
            (from - to).abs().max(1.0),
            14.0,
            if *w < 0.0 { ink::EMPH } else { ink::MID },
        );
        svg.text(from.max(to) + 5.0, y + 14.0, 12.0, "start", ink::TEXT, &bits(*w));
        at += w;
    }
    let y = lines.at(rows.len()) - 10.0;
    lines.label(&mut svg, rows.len(), &text.say("part-sum"));
    let (from, to) = (x(0.0), x(sum));
    svg.rect(from.min(to), y + 3.0, (from - to).abs().max(1.0), 14.0, ink::DATA);
    let odds = sum.exp2();
    let chance = text.percent(if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 });
    svg.text(from.max(to) + 5.0, y + 14.0, 12.0, "start", ink::TEXT, &format!("{} = {chance}", bits(sum)));
    svg.text(f64::midpoint(left, right), bottom + 26.0, 12.0, "middle", ink::TEXT, &text.say("axis-bits"));
    svg
}
