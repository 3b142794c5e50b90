use ijsberg_mse::identification::{FACTORS, Sensitivity};

use crate::Analysis;
use crate::charts::{Cell, Chart, Data, LogAxis, Room, Rows, Svg, ink};
use crate::text::Text;

/// The caption, which says at which end an odds ratio above one lies; empty where there is no chart.
pub fn sensitivity_caption(text: &Text, a: &Analysis) -> String {
    let Some(s) = a.identification.sensitivity.first() else { return String::new() };
    let rising = s.n_at.first() < s.n_at.last();
    let (least, most) = if rising { ("side-left", "side-right") } else { ("side-right", "side-left") };
    let values = [("lists", s.lists.to_string()), ("least", text.say(least)), ("most", text.say(most))];
    text.fill("chart-sensitivity", &values)
}

/// Log-linear estimates as the interaction of all lists departs from what they assume. With an odd number of lists the
/// largest odds ratio is at the left.
pub fn sensitivity(text: &Text, a: &Analysis) -> Option<Chart> {
    Chart::drawn(|room| draw(text, a, room))
}

fn draw(text: &Text, a: &Analysis, room: Room) -> Option<Svg> {
    let rows = &a.identification.sensitivity;
    if rows.is_empty() {
        return None;
    }
    let labels: Vec<String> = rows.iter().map(|s| s.method.to_string()).collect();
    let at = Rows::new(room, &labels, 36.0, 24.0);
    let ends = || rows.iter().flat_map(|s| s.n_at.iter().copied());
    let (low, high) = (ends().fold(f64::INFINITY, f64::min), ends().fold(0.0, f64::max));
    let axis = LogAxis::new(low, high, at.left, room.pick(700.0, 345.0));
    let bottom = at.bottom(rows.len());
    let description: Vec<String> = rows
        .iter()
        .map(|s| {
            let ends = [("1/8", s.n_at[0]), ("1", s.n_at[3]), ("8", s.n_at[6])];
            let ends = ends.map(|(xi, n)| format!("{xi}: {}", text.number(n)));
            format!("{} ({})", s.method, ends.join(", "))
        })
        .collect();
    let (caption, told) = (sensitivity_caption(text, a), description.join("; "));
    let mut svg = Svg::new(room.width(), bottom + 30.0, &caption, &told).with(figures(text, rows));
    axis.draw(&mut svg, 20.0, bottom, |x| text.number(x));
    for (i, s) in rows.iter().enumerate() {
        at.mark(&mut svg, i, s.method.id(), |svg, y| {
            svg.line((axis.at(s.n_at[0]), y), (axis.at(s.n_at[6]), y), ink::MUTE, 2.0);
            for (n, factor) in s.n_at.iter().zip(FACTORS) {
                let (size, colour) = if factor == 1.0 { (5.0, ink::EMPH) } else { (3.0, ink::DATA) };
                svg.dot(axis.at(*n), y, size, colour);
            }
        });
    }
    Some(svg)
}

/// The columns of the estimates for programs and the odds ratios as readers write them, in the order of [`FACTORS`].
const AT: [(&str, &str); 7] = [
    ("n_at_0.125", "1/8"),
    ("n_at_0.25", "1/4"),
    ("n_at_0.5", "1/2"),
    ("n_at_1", "1"),
    ("n_at_2", "2"),
    ("n_at_4", "4"),
    ("n_at_8", "8"),
];

/// Each method with its estimate at each odds ratio.
fn figures(text: &Text, rows: &[Sensitivity]) -> Data {
    let mut columns = vec![("method", text.say("col-method"))];
    columns.extend(AT.map(|(name, xi)| (name, text.fill("col-odds-ratio", &[("n", xi.to_owned())]))));
    let mut data = Data::new(text, columns);
    for s in rows {
        let mut cells = vec![Cell::words(s.method.id())];
        cells.extend(s.n_at.iter().map(|n| Cell::number(text, *n)));
        data.row(cells);
    }
    data
}
