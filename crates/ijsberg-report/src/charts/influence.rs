use ijsberg_mse::diagnostics::{Fragility, Influence};

use crate::Analysis;
use crate::charts::{Cell, Chart, Data, LogAxis, Room, Rows, Svg, ink, shortened};
use crate::text::Text;

/// The most cells that are drawn.
const ROWS: usize = 16;

/// The cells where one person more or less moves the estimate most; first those where it leaves none.
pub fn influence(text: &Text, a: &Analysis) -> Option<Chart> {
    Chart::drawn(|room| draw(text, a, room))
}

fn draw(text: &Text, a: &Analysis, room: Room) -> Option<Svg> {
    let base = a.diagnostics.near_best.first().map(|m| m.n_hat)?;
    let mut rows: Vec<&Influence> = a.diagnostics.influence.iter().collect();
    let moved = |n: f64| if n.is_finite() { (n / base).ln().abs() } else { f64::INFINITY };
    let far = |i: &Influence| moved(i.one_more).max(i.one_less.map_or(0.0, moved));
    rows.sort_by(|x, y| {
        let stays = |i: &Influence| i.vanishes == Fragility::Never;
        stays(x).cmp(&stays(y)).then(far(y).total_cmp(&far(x)))
    });
    rows.truncate(ROWS);
    let ends = || rows.iter().flat_map(|i| [more(i), less(i)]).flatten();
    let labels: Vec<String> =
        rows.iter().map(|i| shortened(&format!("{} ({})", i.history, i.count))).collect();
    let at = Rows::new(room, &labels, 26.0, 20.0);
    let left = at.left;
    let axis =
        LogAxis::new(ends().fold(base, f64::min), ends().fold(base, f64::max), left, room.pick(690.0, 340.0));
    let bottom = at.bottom(rows.len());
    let none = text.say("influence-none");
    let said = |x: Option<f64>| x.map_or_else(|| none.clone(), |x| text.number(x));
    let description: Vec<String> = rows
        .iter()
        .map(|i| {
            let less = i.one_less.map_or_else(String::new, |_| format!(", −1: {}", said(less(i))));
            format!("{} +1: {}{less}", i.history, said(more(i)))
        })
        .collect();
    let mut svg =
        Svg::new(room.width(), bottom + 30.0, &text.say("chart-influence"), &description.join("; "))
            .with(figures(text, &rows));
    axis.draw(&mut svg, 10.0, bottom, |x| text.number(x));
    svg.line((axis.at(base), 10.0), (axis.at(base), bottom), ink::EMPH, 1.5);
    for (i, (row, label)) in rows.iter().zip(&labels).enumerate() {
        at.mark(&mut svg, i, label, |svg, y| {
            let signs = match row.vanishes {
                Fragility::Never => None,
                Fragility::WithOneMore => Some("+"),
                Fragility::WithOneLess => Some("−"),
                Fragility::WithEither => Some("+ −"),
            };
            if let Some(signs) = signs {
                svg.text(left + 4.0, y + 4.0, 12.0, "start", ink::LAMP, &format!("{signs} {none}"));
            }
            if let Some(less) = less(row) {
                svg.line((axis.at(base), y), (axis.at(less), y), ink::MUTE, 2.0);
                svg.text(axis.at(less), y + 4.0, 14.0, "middle", ink::QUIET, "−");
            }
            if let Some(more) = more(row) {
                svg.line((axis.at(base), y), (axis.at(more), y), ink::DATA, 2.0);
                svg.text(axis.at(more), y + 5.0, 15.0, "middle", ink::TEXT, "+");
            }
        });
    }
    Some(svg)
}

/// The estimate with one person more in a cell, where there is one.
fn more(i: &Influence) -> Option<f64> {
    Some(i.one_more).filter(|x| x.is_finite() && !i.vanishes.with_one_more())
}

/// The estimate with one person less, where there is one.
fn less(i: &Influence) -> Option<f64> {
    i.one_less.filter(|x| x.is_finite() && !i.vanishes.with_one_less())
}

/// Each cell with both estimates, or that there is none.
fn figures(text: &Text, rows: &[&Influence]) -> Data {
    let columns = [
        ("history", text.say("col-combination")),
        ("count", text.say("col-people")),
        ("one_more", text.say("col-one-more")),
        ("one_less", text.say("col-one-less")),
    ];
    let mut data = Data::new(text, columns);
    let none = text.say("influence-none");
    let estimate = |x: Option<f64>| x.map_or_else(|| Cell::named(&none, ""), |x| Cell::number(text, x));
    for i in rows {
        data.row([
            Cell::words(&i.history),
            Cell::number(text, i.count as f64),
            estimate(more(i)),
            i.one_less.map_or_else(Cell::nothing, |_| estimate(less(i))),
        ]);
    }
    data
}
