use ijsberg_mse::diagnostics::Verdict;

use crate::Analysis;
use crate::charts::{Svg, ink};
use crate::text::Text;

/// Shades from the ice below to the water around it, for what may lie below a lower bound.
const FADING: u32 = 16;

/// A shade between the ice below and the water, 0 to [`FADING`].
fn shade(step: u32) -> String {
    let of = |colour: &str, at: usize| u32::from_str_radix(&colour[at..at + 2], 16).unwrap_or(0);
    let mix = |at| (of(ink::BELOW, at) * (FADING - step) + of(ink::WATER, at) * step) / FADING;
    format!("#{:02x}{:02x}{:02x}", mix(1), mix(3), mix(5))
}

/// The iceberg: what was seen above the waterline, and how little is known about what lies below. Empty where nothing may be said.
///
/// Areas are true to scale. The part below is drawn twice: as small and as large as the log-linear methods allow. Where only a
/// lower bound may be given out, what lies below that fades away.
pub fn iceberg(text: &Text, a: &Analysis) -> String {
    let d = &a.diagnostics;
    if matches!(d.verdict, Verdict::NoEstimate | Verdict::NotAssessed) {
        return String::new();
    }
    let seen = a.histories.n() as f64;
    let low = d.at_least.unwrap_or(seen).max(seen);
    let high = d.at_most.filter(|h| h.is_finite() && d.verdict != Verdict::LowerBoundOnly);
    let drawn = high.unwrap_or(2.0 * low);
    let numbers = [("seen", text.number(seen)), ("low", text.number(low - seen))];
    let alt = match high {
        Some(high) => {
            let [above, below] = numbers;
            text.fill("chart-iceberg-alt", &[above, below, ("high", text.number(high - seen))])
        }
        None => text.fill("chart-iceberg-alt-bound", &numbers),
    };
    // A triangle that keeps widening: the area down to depth h grows as h squared.
    let total = 300.0 + 90.0;
    let unit = total * total / drawn;
    let tip = (seen * unit).sqrt();
    // Where most were seen the tip is high, and the water stands lower.
    let (middle, water) = (300.0, (tip + 15.0).max(120.0));
    let height = (water + 125.0).max(430.0);
    let mut svg = Svg::new(720.0, height, &text.say("chart-iceberg"), &alt);
    svg.rect(0.0, 0.0, 720.0, water, "#f4f9fc");
    svg.rect(0.0, water, 720.0, height - water, ink::WATER);
    let depth = |n: f64| (n * unit).sqrt() - tip;
    let slope = 0.62;
    let top = water - tip;
    let outline = |depth: f64| {
        let half = slope * (tip + depth);
        vec![
            (middle - slope * tip, water),
            (middle + slope * tip, water),
            (middle + half, water + depth),
            (middle - half, water + depth),
        ]
    };
    let below = (height - water - 12.0).min(depth(drawn));
    let squeeze = below / depth(drawn).max(1.0);
    if high.is_some() {
        svg.polygon(&outline(depth(drawn) * squeeze), ink::BELOW, ink::DEEP);
    } else {
        let (from, to) = (depth(low) * squeeze, depth(drawn) * squeeze);
        for step in (0..FADING).rev() {
            let until = from + (to - from) * f64::from(step + 1) / f64::from(FADING);
            let shade = shade(step);
            svg.polygon(&outline(until), &shade, &shade);
        }
    }
    svg.polygon(&outline(depth(low) * squeeze), ink::DEEP, ink::DEEP);
    svg.polygon(
        &[(middle, top), (middle + slope * tip, water), (middle - slope * tip, water)],
        ink::ICE,
        ink::DEEP,
    );
    svg.line((0.0, water), (720.0, water), ink::DEEP, 2.0);
    let x = 716.0;
    svg.text(x, water - 26.0, 20.0, "end", ink::DEEP, &format!("{} {}", text.number(seen), text.say("seen")));
    let (what, below) = match high {
        Some(high) => ("unseen", format!("{} – {}", text.number(low - seen), text.number(high - seen))),
        None => ("unseen-at-least", text.number(low - seen)),
    };
    svg.text(x, water + 34.0, 15.0, "end", ink::DEEP, &text.say(what));
    svg.text(x, water + 60.0, 20.0, "end", ink::DEEP, &below);
    svg.rect(x - 116.0, water + 78.0, 12.0, 12.0, ink::DEEP);
    svg.text(x, water + 89.0, 13.0, "end", ink::DEEP, &text.say("lower-limit"));
    if high.is_some() {
        svg.rect(x - 116.0, water + 98.0, 12.0, 12.0, ink::BELOW);
        svg.text(x, water + 109.0, 13.0, "end", ink::DEEP, &text.say("upper-limit"));
    }
    svg.finish()
}
