use crate::Analysis;
use crate::charts::parts::more_than_bounds;
use crate::charts::{Chart, Part, Room, Svg, figures, ink};
use crate::text::Text;

/// Seen and estimated persons by year, with the interval as a ribbon; empty without years.
pub fn trend(text: &Text, a: &Analysis) -> Option<Chart> {
    let c = a.covariates.as_ref()?;
    let year = c.year()?;
    let years = c.breakdown.sizes.iter().filter(|s| s.part.len() == 1 && s.part[0].0 == year);
    let parts = years.map(|s| Part::from_size(s, c.name(text, s)));
    series(text, &text.say("chart-trend"), &parts.collect::<Vec<_>>())
}

/// An axis ends at so many times the largest estimate; an interval may run off it.
const FARTHEST: f64 = 5.0;

/// Seen and estimated persons in order, with the interval as a ribbon where all have one, or the lower bound where that is all that
/// is known of one; empty for fewer than two, or where one has no estimate.
pub fn series(text: &Text, title: &str, parts: &[Part]) -> Option<Chart> {
    Chart::drawn(|room| draw(text, title, parts, room))
}

fn draw(text: &Text, title: &str, parts: &[Part], room: Room) -> Option<Svg> {
    let points = parts.iter().all(|p| p.n_hat.is_finite());
    let bounded = parts.iter().all(Part::is_bounded);
    if parts.len() < 2 || !points && parts.iter().any(|p| p.limits.is_none()) {
        return None;
    }
    let lower = |p: &Part| p.limits.map_or(0.0, |l| l.0);
    let middle = |p: &Part| if points { p.n_hat } else { lower(p) };
    let farthest = FARTHEST * parts.iter().map(middle).fold(0.0, f64::max);
    let end = |p: &Part| match p.limits {
        Some((_, high)) if high.is_finite() => high,
        Some(_) if points => 3.0 * p.n_hat,
        _ => middle(p).max(p.seen),
    };
    let highest = parts.iter().map(end).fold(0.0, f64::max).min(farthest).max(1.0);
    let said =
        |p: &Part| format!("{}: {} {}, {}", p.label, text.number(p.seen), text.say("seen"), p.said(text));
    let description: Vec<String> = parts.iter().map(said).collect();
    let (left, right) = (room.pick(80.0, 58.0), room.pick(690.0, 352.0));
    let (top, bottom) = (room.pick(30.0, 48.0), 280.0);
    let mut svg =
        Svg::new(room.width(), 320.0, title, &description.join("; ")).with(figures(text, parts.iter()));
    let step = nice_step(highest);
    let ceiling = (highest / step).ceil() * step;
    let y = |v: f64| bottom - (v / ceiling).clamp(0.0, 1.0) * (bottom - top);
    let x = |i: usize| left + (right - left) * (i as f64 + 0.5) / parts.len() as f64;
    let mut mark = 0.0;
    while mark <= ceiling + 0.5 * step {
        svg.line((left, y(mark)), (right, y(mark)), ink::GRID, 1.0);
        svg.text(left - 8.0, y(mark) + 4.0, 12.0, "end", ink::TEXT, &text.number(mark));
        mark += step;
    }
    if parts.iter().all(|p| p.limits.is_some()) && (points || bounded) {
        let limits: Vec<(f64, f64)> = parts.iter().filter_map(|p| p.limits).collect();
        let upper = limits.iter().enumerate().map(|(i, l)| (x(i), y(l.1)));
        let lower = limits.iter().enumerate().rev().map(|(i, l)| (x(i), y(l.0)));
        svg.polygon(&upper.chain(lower).collect::<Vec<_>>(), ink::RIBBON, ink::RIBBON);
    }
    for (i, pair) in parts.windows(2).enumerate() {
        if points {
            svg.line((x(i), y(middle(&pair[0]))), (x(i + 1), y(middle(&pair[1]))), ink::DATA, 2.5);
        }
        svg.line((x(i), y(pair[0].seen)), (x(i + 1), y(pair[1].seen)), ink::EMPH, 2.5);
    }
    let mut written = f64::NEG_INFINITY;
    let wide = (right - left) / parts.len() as f64;
    for (i, p) in parts.iter().enumerate() {
        svg.mark(i, (x(i) - 0.5 * wide, top, wide, bottom - top + 28.0), |svg| {
            if points || !bounded {
                svg.dot(x(i), y(middle(p)), 4.5, ink::DATA);
            }
            if !points && !bounded {
                // Lower bounds are not joined, since they rise and fall with what is known; the truth is anywhere above them.
                svg.line((x(i), y(middle(p))), (x(i), y(middle(p)) - 14.0), ink::DATA, 2.0);
            }
            svg.dot(x(i), y(p.seen), 4.5, ink::EMPH);
            // The first label and those that have room after it.
            if x(i) - written >= 8.0 * p.label.chars().count() as f64 {
                written = x(i);
                svg.text(x(i), bottom + 20.0, 13.0, "middle", ink::TEXT, &p.label);
            }
        });
    }
    let legend = if more_than_bounds(parts) { "legend-estimated" } else { "legend-at-least" };
    svg.text(left, 18.0, 13.0, "start", ink::TEXT, &text.say(legend));
    match room {
        Room::Wide => svg.text(right, 18.0, 13.0, "end", ink::LAMP, &text.say("legend-seen")),
        Room::Narrow => svg.text(left, 36.0, 13.0, "start", ink::LAMP, &text.say("legend-seen")),
    }
    Some(svg)
}

/// A round distance between marks that gives about five of them.
fn nice_step(highest: f64) -> f64 {
    let rough = highest / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|m| m * power >= rough).unwrap_or(10.0);
    step * power
}
