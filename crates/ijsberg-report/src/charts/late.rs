use crate::charts::{Cell, Chart, Data, LogAxis, Room, Rows, Svg, ink, shortened};
use crate::reports::NowcastReport;
use crate::text::Text;

/// Each replayed year and the present one: the preliminary figure with its interval, and the final one where it is known.
pub fn late(text: &Text, l: &NowcastReport) -> Option<Chart> {
    let rows = years(l);
    Chart::drawn(|room| draw(text, &rows, room))
}

/// One year.
struct Year {
    label: String,
    preliminary: Option<f64>,
    limits: Option<(f64, f64)>,
    settled: Option<f64>,
}

fn years(l: &NowcastReport) -> Vec<Year> {
    let n = &l.nowcast;
    let replayed = n.replayed.iter().map(|r| Year {
        label: r.year.clone(),
        preliminary: r.preliminary,
        limits: r.lower.zip(r.upper),
        settled: r.settled,
    });
    let present = Year {
        label: n.year.clone(),
        preliminary: Some(n.preliminary),
        limits: Some((n.lower, n.upper)),
        settled: None,
    };
    replayed.chain([present]).collect()
}

/// One runaway limit must not squeeze all others together: an axis ends at so many times the largest figure.
const FARTHEST: f64 = 5.0;

fn draw(text: &Text, rows: &[Year], room: Room) -> Option<Svg> {
    let figures_of = |y: &Year| [y.preliminary, y.settled];
    let finite = || rows.iter().flat_map(figures_of).flatten().filter(|x| x.is_finite());
    let largest = finite().fold(0.0, f64::max);
    if largest <= 0.0 {
        return None;
    }
    let lower = finite().chain(rows.iter().filter_map(|y| y.limits).map(|l| l.0)).fold(largest, f64::min);
    let upper = rows.iter().filter_map(|y| y.limits).map(|l| l.1).fold(largest, f64::max);
    let high = upper.min(FARTHEST * largest);
    let labels: Vec<String> = rows.iter().map(|y| shortened(&y.label)).collect();
    let at = Rows::new(room, &labels, 54.0, 24.0);
    let end = room.pick(700.0, 340.0);
    let axis = LogAxis::new(lower, high, at.left, end);
    let bottom = at.bottom(rows.len());
    let number = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| text.number(x));
    let said: Vec<String> = rows
        .iter()
        .map(|y| format!("{}: {}, {}", y.label, number(y.preliminary), number(y.settled)))
        .collect();
    let mut svg = Svg::new(room.width(), bottom + 30.0, &text.say("nowcast-chart"), &said.join("; "))
        .with(figures(text, rows));
    let second = at.left + room.pick(180.0, 150.0);
    svg.dot(at.left + 6.0, 14.0, 5.0, ink::DATA);
    svg.text(at.left + 18.0, 18.0, 12.0, "start", ink::TEXT, &text.say("nowcast-col-preliminary"));
    svg.rect(second, 9.0, 10.0, 10.0, ink::EMPH);
    svg.text(second + 18.0, 18.0, 12.0, "start", ink::TEXT, &text.say("nowcast-col-final"));
    axis.draw(&mut svg, 36.0, bottom, |x| text.number(x));
    for (i, (year, label)) in rows.iter().zip(&labels).enumerate() {
        at.mark(&mut svg, i, label, |svg, y| {
            if let Some((lower, upper)) = year.limits {
                svg.line((axis.at(lower), y), (axis.at(upper), y), ink::MID, 3.0);
                if upper > high * 1.05 {
                    svg.text(end + 6.0, y + 4.0, 12.0, "middle", ink::TEXT, "→");
                }
            }
            if let Some(settled) = year.settled {
                svg.rect(axis.at(settled) - 5.0, y - 5.0, 10.0, 10.0, ink::EMPH);
            }
            if let Some(preliminary) = year.preliminary {
                svg.dot(axis.at(preliminary), y, 4.5, ink::DATA);
            }
        });
    }
    Some(svg)
}

/// The years: the preliminary figure, its limits, and the final one.
fn figures(text: &Text, rows: &[Year]) -> Data {
    let columns = [
        ("year", text.say("nowcast-col-year")),
        ("preliminary", text.say("nowcast-col-preliminary")),
        ("lower", text.say("col-lower")),
        ("upper", text.say("col-upper")),
        ("final", text.say("nowcast-col-final")),
    ];
    let mut data = Data::new(text, columns);
    for y in rows {
        data.row([
            Cell::words(&y.label),
            Cell::number(text, y.preliminary),
            Cell::number(text, y.limits.map(|l| l.0)),
            Cell::number(text, y.limits.map(|l| l.1)),
            Cell::number(text, y.settled),
        ]);
    }
    data
}
