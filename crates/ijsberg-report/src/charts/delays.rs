use ijsberg_mse::delays::Figure;

use crate::charts::{Cell, Chart, Data, Room, Rows, Svg, ink};
use crate::reports::{DelayReport, shown};
use crate::text::Text;

/// The last months: what is registered, what is expected, and the interval where it is not final.
pub fn delays(text: &Text, c: &DelayReport) -> Option<Chart> {
    Chart::drawn(|room| draw(text, shown(&c.delays), room))
}

/// One runaway limit must not squeeze all others together: the picture ends at so many times the largest count.
const FARTHEST: f64 = 3.0;

fn draw(text: &Text, months: &[Figure], room: Room) -> Option<Svg> {
    let finite = |x: f64| Some(x).filter(|x| x.is_finite());
    let middle = |f: &Figure| finite(f.expected).unwrap_or(0.0).max(f.registered as f64);
    let largest = months.iter().map(middle).fold(0.0, f64::max);
    if largest <= 0.0 {
        return None;
    }
    let upper = months.iter().filter_map(|f| finite(f.upper)).fold(largest, f64::max);
    let highest = upper.min(FARTHEST * largest);
    let labels: Vec<String> = months.iter().map(|f| text.day(&f.month.to_string())).collect();
    let at = Rows::new(room, &labels, 40.0, 22.0);
    let left = at.left;
    let x = |v: f64| left + (v / highest).clamp(0.0, 1.0) * (room.pick(620.0, 270.0) - left);
    let said: Vec<String> = months
        .iter()
        .zip(&labels)
        .map(|(f, label)| format!("{label}: {}, {}", text.number(f.registered as f64), expected(text, f)))
        .collect();
    let mut svg =
        Svg::new(room.width(), at.bottom(months.len()), &text.say("delays-chart"), &said.join("; "))
            .with(figures(text, months, &labels));
    let second = left + room.pick(180.0, 150.0);
    for (place, fill, key) in
        [(left, ink::DATA, "delays-col-registered"), (second, ink::RIBBON, "delays-col-expected")]
    {
        svg.rect(place, 6.0, 14.0, 12.0, fill);
        svg.text(place + 20.0, 16.0, 12.0, "start", ink::TEXT, &text.say(key));
    }
    for (i, (f, label)) in months.iter().zip(&labels).enumerate() {
        at.mark(&mut svg, i, label, |svg, y| {
            svg.rect(left, y - 7.0, x(middle(f)) - left, 14.0, ink::RIBBON);
            svg.rect(left, y - 7.0, x(f.registered as f64) - left, 14.0, ink::DATA);
            let mut end = x(middle(f));
            if let Some(upper) = finite(f.upper).filter(|_| !f.is_final) {
                svg.line((x(f.lower), y), (x(upper), y), ink::EMPH, 2.0);
                end = x(upper);
            }
            svg.text(end + 6.0, y + 4.0, 12.0, "start", ink::TEXT, &expected(text, f));
        });
    }
    Some(svg)
}

/// The count that is expected; a dash where nothing was ever registered so soon.
fn expected(text: &Text, f: &Figure) -> String {
    if f.expected.is_finite() { text.number(f.expected) } else { "–".to_owned() }
}

/// The months: registered, expected and its limits.
fn figures(text: &Text, months: &[Figure], labels: &[String]) -> Data {
    let columns = [
        ("month", text.say("delays-col-month")),
        ("registered", text.say("delays-col-registered")),
        ("expected", text.say("delays-col-expected")),
        ("lower", text.say("col-lower")),
        ("upper", text.say("col-upper")),
        ("final", text.say("delays-col-status")),
    ];
    let mut data = Data::new(text, columns);
    for (f, label) in months.iter().zip(labels) {
        let known = |x: f64| Cell::number(text, Some(x).filter(|x| x.is_finite()));
        let key = if f.is_final { "delays-final" } else { "delays-preliminary" };
        data.row([
            Cell::named(label, &f.month.to_string()),
            Cell::number(text, f.registered as f64),
            known(f.expected),
            known(f.lower),
            known(f.upper),
            Cell::named(&text.say(key), if f.is_final { "true" } else { "false" }),
        ]);
    }
    data
}
