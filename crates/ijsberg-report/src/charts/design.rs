use ijsberg_mse::design::Outlook;
use ijsberg_mse::verdict::{NUMBER_UP_TO, RANGE_UP_TO};

use crate::changes::name;
use crate::charts::{Cell, Chart, Data, LogAxis, Room, Rows, Svg, ink, wrapped};
use crate::reports::Design;
use crate::text::Text;

/// Farther than this times the largest middle no interval is drawn, so that one that runs away does not squeeze the others.
const FARTHEST: f64 = 3.0;

/// For each change how wide the interval would be, eight in ten and the middle one, beside how often each verdict followed.
pub fn design(text: &Text, d: &Design) -> Option<Chart> {
    Chart::drawn(|room| Some(draw(text, d, room)))
}

fn draw(text: &Text, d: &Design, room: Room) -> Svg {
    let rows = &d.plan.outlooks;
    let labels: Vec<String> = rows.iter().map(|o| name(text, d, &o.change)).collect();
    let limits = [("number", text.number(NUMBER_UP_TO)), ("range", text.number(RANGE_UP_TO))];
    // On a phone the heads of the two parts stand below each other, in lines that fit.
    let head = wrapped(&text.fill("design-chart-limits", &limits), room.pick(200.0, 50.0) as usize);
    let lines = room.pick(0.0, 15.0) * (head.len() as f64 - 1.0);
    let at = Rows::new(room, &labels, 52.0 + lines, 22.0);
    let left = at.left;
    let (right, bar, end) =
        (left + room.pick(240.0, 180.0), left + room.pick(270.0, 210.0), left + room.pick(430.0, 340.0));
    let finite = rows.iter().map(|o| o.factor.median).filter(|f| f.is_finite()).fold(RANGE_UP_TO, f64::max);
    let axis = LogAxis::new(1.0, FARTHEST * finite, left, right);
    let bottom = at.bottom(rows.len());
    let said: Vec<String> = rows
        .iter()
        .zip(&labels)
        .map(|(o, label)| {
            let shares = [o.verdicts.number, o.verdicts.range, o.verdicts.bound, o.verdicts.nothing];
            let shares = shares.map(|s| text.number(100.0 * s)).join("/");
            format!("{label}: {} ({shares})", text.decimal(o.factor.median, 1))
        })
        .collect();
    let keys = legend(text, room);
    let below = bottom + 50.0 + 18.0 * (keys.last().map_or(0, |k| k.line) as f64);
    let width = room.pick(end + 20.0, room.width());
    let mut svg = Svg::new(width, below, &text.say("design-chart"), &said.join("; "))
        .with(figures(text, rows, &labels));
    for (i, line) in head.iter().enumerate() {
        svg.text(left, 14.0 + 15.0 * i as f64, 12.0, "start", ink::TEXT, line);
    }
    let top = 40.0 + lines;
    let (anchor, x) = if room == Room::Wide { ("start", bar) } else { ("end", end) };
    svg.text(x, top - 8.0, 12.0, anchor, ink::TEXT, &text.say("design-chart-verdict"));
    axis.draw(&mut svg, top, bottom, |x| text.plain(x));
    for limit in [NUMBER_UP_TO, RANGE_UP_TO] {
        svg.line((axis.at(limit), top), (axis.at(limit), bottom), ink::EMPH, 1.5);
    }
    for (i, (o, label)) in rows.iter().zip(&labels).enumerate() {
        at.mark(&mut svg, i, label, |svg, y| {
            svg.line((axis.at(o.factor.low), y), (axis.at(o.factor.high), y), ink::MID, 3.0);
            if o.factor.median.is_finite() {
                svg.dot(axis.at(o.factor.median), y, 4.5, ink::DATA);
            } else {
                svg.text(right + 8.0, y + 4.0, 12.0, "start", ink::TEXT, "→");
            }
            let mut from = bar;
            let parts = [o.verdicts.number, o.verdicts.range, o.verdicts.bound, o.verdicts.nothing];
            for (share, fill) in parts.into_iter().zip(FILLS) {
                svg.rect(from, y - 7.0, share * (end - bar), 14.0, fill);
                from += share * (end - bar);
            }
        });
    }
    for key in keys {
        let (x, y) = (left + key.x, bottom + 30.0 + 18.0 * key.line as f64);
        svg.rect(x, y, 14.0, 12.0, key.fill);
        svg.text(x + 20.0, y + 10.0, 12.0, "start", ink::TEXT, &key.word);
    }
    svg
}

/// The changes: how wide the interval would be, and in how many of a hundred tables each verdict follows.
fn figures(text: &Text, rows: &[Outlook], labels: &[String]) -> Data {
    let mut columns = vec![
        ("change", text.say("design-col-change")),
        ("factor", text.say("design-col-factor")),
        ("factor_low", text.say("design-col-factor-low")),
        ("factor_high", text.say("design-col-factor-high")),
    ];
    let verdicts = ["number", "range", "bound", "nothing"];
    columns.extend(verdicts.map(|v| (v, text.say(&format!("design-col-{v}")))));
    let mut data = Data::new(text, columns);
    for (o, label) in rows.iter().zip(labels) {
        let mut cells = vec![Cell::words(label)];
        cells.extend([o.factor.median, o.factor.low, o.factor.high].map(|f| Cell::decimal(text, f, 1)));
        let shares = [o.verdicts.number, o.verdicts.range, o.verdicts.bound, o.verdicts.nothing];
        cells.extend(shares.map(|s| Cell::number(text, 100.0 * s)));
        data.row(cells);
    }
    data
}

/// A verdict in the legend, and its place there.
struct Key {
    word: String,
    fill: &'static str,
    line: usize,
    x: f64,
}

/// The verdicts one after the other, on a new line where there is no room.
fn legend(text: &Text, room: Room) -> Vec<Key> {
    let (mut line, mut x) = (0, 0.0);
    let place = |(key, fill): (&str, &'static str)| {
        let word = text.say(&format!("design-col-{key}"));
        let wide = 44.0 + 8.0 * word.chars().count() as f64;
        if room == Room::Narrow && x > 0.0 && x + wide > 350.0 {
            (line, x) = (line + 1, 0.0);
        }
        let key = Key { word, fill, line, x };
        x += wide;
        key
    };
    ["number", "range", "bound", "nothing"].into_iter().zip(FILLS).map(place).collect()
}

/// From the best verdict to the worst: dark to light, apart in black and white as well.
const FILLS: [&str; 4] = [ink::DATA, ink::MID, ink::RIBBON, ink::MUTE];
