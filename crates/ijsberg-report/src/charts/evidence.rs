use ijsberg_mse::evidence::{Kind, SideBySide};

use crate::Analysis;
use crate::charts::{Cell, Chart, Data, LogAxis, Room, Rows, Svg, ink, shortened};
use crate::text::Text;

/// The estimate of a table and those from elsewhere on a logarithmic axis; the pooled one below them where there is one.
pub fn evidence(text: &Text, a: &Analysis) -> Option<Chart> {
    let e = a.evidence.as_ref()?;
    Chart::drawn(|room| Some(draw(text, e, room)))
}

/// A row: label, estimate, limits, and whether it is drawn stronger.
type Row = (String, f64, Option<(f64, f64)>, bool);

fn draw(text: &Text, e: &SideBySide, room: Room) -> Svg {
    let mut rows: Vec<Row> = e
        .estimates
        .iter()
        .map(|g| (g.name.clone(), g.estimate, g.limits_at(e.level), g.kind == Kind::MultipleSystems))
        .collect();
    if let Some(p) = &e.pooled {
        rows.push((text.say("evidence-pooled-label"), p.estimate, Some((p.lower, p.upper)), true));
    }
    let lowest = |r: &Row| r.2.map_or(r.1, |l| l.0);
    let highest = |r: &Row| r.2.map_or(r.1, |l| l.1);
    let largest = rows.iter().map(|r| r.1).fold(1.0, f64::max);
    let low = rows.iter().map(lowest).fold(f64::INFINITY, f64::min);
    // One runaway limit must not squeeze all others together; it is cut off with an arrow.
    let high = rows.iter().map(highest).fold(1.0, f64::max).min(30.0 * largest);
    let labels: Vec<String> = rows.iter().map(|r| shortened(&r.0)).collect();
    let at = Rows::new(room, &labels, 34.0, 24.0);
    let end = room.pick(700.0, 340.0);
    let axis = LogAxis::new(low, high, at.left, end);
    let bottom = at.bottom(rows.len());
    let description: Vec<String> = rows.iter().map(|r| format!("{} {}", r.0, text.number(r.1))).collect();
    let mut svg = Svg::new(room.width(), bottom + 30.0, &text.say("chart-evidence"), &description.join("; "))
        .with(figures(text, &rows, &labels));
    axis.draw(&mut svg, 20.0, bottom, |x| text.number(x));
    for (i, ((_, estimate, limits, strong), label)) in rows.iter().zip(&labels).enumerate() {
        at.mark(&mut svg, i, label, |svg, y| {
            let colour = if *strong { ink::DATA } else { ink::MUTE };
            if let Some((lower, upper)) = limits {
                svg.line((axis.at(*lower), y), (axis.at(*upper), y), colour, if *strong { 3.0 } else { 2.0 });
                if *upper > high * 1.05 {
                    svg.text(end + 6.0, y + 4.0, 12.0, "middle", colour, "→");
                }
            }
            svg.dot(axis.at(*estimate), y, if *strong { 5.0 } else { 4.0 }, colour);
        });
    }
    svg
}

/// The estimates with their limits at the level of the table.
fn figures(text: &Text, rows: &[Row], labels: &[String]) -> Data {
    let columns = [
        ("name", text.say("evidence-col-name")),
        ("estimate", text.say("col-estimate")),
        ("lower", text.say("col-lower")),
        ("upper", text.say("col-upper")),
    ];
    let mut data = Data::new(text, columns);
    for ((name, estimate, limits, _), label) in rows.iter().zip(labels) {
        data.row([
            Cell::named(label, name),
            Cell::number(text, Some(*estimate)),
            Cell::number(text, limits.map(|l| l.0)),
            Cell::number(text, limits.map(|l| l.1)),
        ]);
    }
    data
}
