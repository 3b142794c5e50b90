use ijsberg_mse::estimate::{Basis, Estimate};
use ijsberg_mse::method::Family;

use crate::Analysis;
use crate::charts::{Cell, Chart, Data, LogAxis, Room, Rows, Svg, ink, shortened};
use crate::families::groups;
use crate::text::Text;

/// All estimates with their intervals on a logarithmic axis; by family, the headline first; those over models of the lists are drawn stronger.
pub fn forest(text: &Text, a: &Analysis) -> Option<Chart> {
    Chart::drawn(|room| Some(draw(text, a, room)))
}

fn draw(text: &Text, a: &Analysis, room: Room) -> Svg {
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
    // The list distinguishes the estimates of a method that gives several.
    let label = |e: &&Estimate| {
        let several = rows.iter().filter(|r| r.method == e.method).count() > 1;
        let list =
            e.model.as_ref().and_then(Basis::formula).and_then(|m| m.split_once(" | ")).filter(|_| several);
        shortened(&list.map_or_else(|| e.method.to_string(), |(list, _)| format!("{} {list}", e.method)))
    };
    let labels: Vec<String> = rows.iter().map(label).collect();
    let at = Rows::new(room, &labels, 34.0, 20.0);
    let end = room.pick(700.0, 340.0);
    let axis = LogAxis::new(seen, high, at.left, end);
    let bottom = at.bottom(rows.len());
    let description: Vec<String> =
        rows.iter().map(|e| format!("{} {}", e.method, text.number(e.n_hat.unwrap_or_default()))).collect();
    let mut svg = Svg::new(room.width(), bottom + 30.0, &text.say("chart-forest"), &description.join("; "))
        .with(figures(text, &rows, &labels));
    axis.draw(&mut svg, 20.0, bottom, |x| text.number(x));
    let x = axis.at(seen);
    svg.line((x, 20.0), (x, bottom), ink::EMPH, 1.5);
    svg.text(x + 4.0, 14.0, 12.0, "start", ink::LAMP, &format!("{} {}", text.number(seen), text.say("seen")));
    for (i, (e, label)) in rows.iter().zip(&labels).enumerate() {
        at.mark(&mut svg, i, label, |svg, y| {
            let strong = matches!(e.method.family(), Family::Headline | Family::LogLinear | Family::Bayesian);
            let colour = if strong { ink::DATA } else { ink::MUTE };
            if let Some(interval) = e.interval {
                let thick = if strong { 3.0 } else { 2.0 };
                svg.line((axis.at(interval.lower), y), (axis.at(interval.upper), y), colour, thick);
                if interval.upper > high * 1.05 {
                    svg.text(end + 6.0, y + 4.0, 12.0, "middle", colour, "→");
                }
            }
            svg.dot(axis.at(e.n_hat.unwrap_or_default()), y, if strong { 5.0 } else { 4.0 }, colour);
        });
    }
    svg
}

/// The estimates; for programs also the model, which distinguishes those of one method.
fn figures(text: &Text, rows: &[&Estimate], labels: &[String]) -> Data {
    let columns = [
        ("method", text.say("col-method")),
        ("model", String::new()),
        ("n_hat", text.say("col-estimate")),
        ("lower", text.say("col-lower")),
        ("upper", text.say("col-upper")),
        ("level", String::new()),
    ];
    let mut data = Data::new(text, columns);
    for (e, label) in rows.iter().zip(labels) {
        let model = e.model.as_ref().map_or_else(String::new, ToString::to_string);
        data.row([
            Cell::named(label, e.method.id()),
            Cell::words(&model),
            Cell::number(text, e.n_hat),
            Cell::number(text, e.interval.map(|i| i.lower)),
            Cell::number(text, e.interval.map(|i| i.upper)),
            Cell::number(text, e.interval.map(|i| i.level)),
        ]);
    }
    data
}
