use ijsberg_linkage::fellegi_sunter::Part;

use crate::charts::{Svg, ink, margin_for};
use crate::linkage::part;
use crate::text::Text;

/// Where the weight of a pair comes from: from the prior, part by part, to the sum.
pub fn waterfall(text: &Text, prior: f64, parts: &[(Part, f64)], title: &str) -> String {
    let mut rows: Vec<(String, f64)> = vec![(text.say("part-prior"), prior)];
    rows.extend(parts.iter().filter(|p| p.1.abs() > 0.005).map(|(p, w)| (part(text, *p), *w)));
    let sum: f64 = rows.iter().map(|r| r.1).sum();
    let labels: Vec<String> = rows.iter().map(|r| r.0.clone()).chain([text.say("part-sum")]).collect();
    let left = margin_for(&labels);
    let (right, row) = (left + 420.0, 26.0);
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
    let bottom = 14.0 + row * labels.len() as f64;
    let mut svg = Svg::new(right + 110.0, bottom + 40.0, title, &told.join("; "));
    svg.line((x(0.0), 8.0), (x(0.0), bottom), ink::MUTE, 1.0);
    let mut at = 0.0;
    for (i, (label, w)) in rows.iter().enumerate() {
        let y = 14.0 + row * i as f64;
        let (from, to) = (x(at), x(at + w));
        svg.text(left - 10.0, y + 14.0, 12.0, "end", ink::TEXT, label);
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
    let y = 14.0 + row * rows.len() as f64;
    svg.text(left - 10.0, y + 14.0, 12.0, "end", ink::TEXT, &text.say("part-sum"));
    let (from, to) = (x(0.0), x(sum));
    svg.rect(from.min(to), y + 3.0, (from - to).abs().max(1.0), 14.0, ink::DATA);
    let odds = sum.exp2();
    let chance = text.percent(if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 });
    svg.text(from.max(to) + 5.0, y + 14.0, 12.0, "start", ink::TEXT, &format!("{} = {chance}", bits(sum)));
    svg.text(f64::midpoint(left, right), bottom + 26.0, 12.0, "middle", ink::TEXT, &text.say("axis-bits"));
    svg.finish()
}
