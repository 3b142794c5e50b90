use crate::Analysis;
use crate::charts::{Chart, Part, Room, Rows, Svg, figures, ink, shortened};
use crate::text::Text;

/// For every level of every covariate: persons seen and estimated, with the interval. Empty without covariates.
pub fn levels(text: &Text, a: &Analysis) -> Option<Chart> {
    let c = a.covariates.as_ref()?;
    let parts = c.breakdown.sizes.iter().filter(|s| s.part.len() == 1).map(|s| {
        let of = &c.table.covariates()[s.part[0].0].name;
        Part::from_size(s, format!("{of}: {}", c.name(text, s)))
    });
    bars(text, &text.say("chart-levels"), &parts.collect::<Vec<_>>())
}

/// Seen and estimated persons by part, with the interval, or the lower bound. What has neither is left out.
pub fn bars(text: &Text, title: &str, parts: &[Part]) -> Option<Chart> {
    Chart::drawn(|room| draw(text, title, parts, room))
}

fn draw(text: &Text, title: &str, parts: &[Part], room: Room) -> Option<Svg> {
    let rows: Vec<&Part> = parts.iter().filter(|p| p.n_hat.is_finite() || p.limits.is_some()).collect();
    if rows.is_empty() {
        return None;
    }
    let labels: Vec<String> = rows.iter().map(|p| shortened(&p.label)).collect();
    let at = Rows::new(room, &labels, 20.0, 22.0);
    let left = at.left;
    // To the number, or as far as is sure.
    let until = |p: &Part| if p.n_hat.is_finite() { p.n_hat } else { p.limits.map_or(0.0, |l| l.0) };
    // An interval without an end runs off the picture; a lower bound has nothing to run.
    let farthest = |p: &Part| match p.limits {
        Some((_, high)) if high.is_finite() => high,
        Some(_) if p.n_hat.is_finite() => 2.0 * p.n_hat,
        _ => until(p),
    };
    let highest = rows.iter().map(|p| farthest(p)).fold(0.0, f64::max).max(1.0);
    let x = |v: f64| left + (v / highest).clamp(0.0, 1.0) * (room.pick(600.0, 230.0) - left);
    let said = |(p, l): (&&Part, &String)| {
        format!("{l}: {} {}, {}", text.number(p.seen), text.say("seen"), p.said(text))
    };
    let description: Vec<String> = rows.iter().zip(&labels).map(said).collect();
    let mut svg = Svg::new(room.width(), at.bottom(rows.len()), title, &description.join("; "))
        .with(figures(text, rows.iter().copied()));
    for (i, (p, l)) in rows.iter().zip(&labels).enumerate() {
        at.mark(&mut svg, i, l, |svg, y| {
            svg.rect(left, y - 7.0, x(until(p)) - left, 14.0, ink::RIBBON);
            svg.rect(left, y - 7.0, x(p.seen) - left, 14.0, ink::DATA);
            if let Some((low, high)) = p.limits.filter(|_| p.n_hat.is_finite() || p.is_bounded()) {
                svg.line((x(low), y), (x(high), y), ink::EMPH, 2.0);
            }
            svg.text(x(farthest(p)) + 6.0, y + 4.0, 12.0, "start", ink::TEXT, &p.said(text));
        });
    }
    Some(svg)
}
