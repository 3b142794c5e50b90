use ijsberg_linkage::compare::{Field, OWN};
use ijsberg_linkage::fellegi_sunter::Part;

use crate::charts::{Cell, Chart, Data, Room, Rows, Svg, ink};
use crate::text::Text;

/// Where the weight of a pair comes from: from the prior, part by part, to the sum.
pub fn waterfall(text: &Text, prior: f64, parts: &[(Part, f64)], title: &str) -> Option<Chart> {
    Chart::drawn(|room| Some(draw(text, prior, parts, title, room)))
}

fn draw(text: &Text, prior: f64, parts: &[(Part, f64)], title: &str, room: Room) -> Svg {
    let mut rows: Vec<(String, f64)> = vec![(text.say("part-prior"), prior)];
    rows.extend(parts.iter().filter(|p| p.1.abs() > 0.005).map(|(p, w)| (part(text, *p), *w)));
    let sum: f64 = rows.iter().map(|r| r.1).sum();
    let labels: Vec<String> = rows.iter().map(|r| r.0.clone()).chain([text.say("part-sum")]).collect();
    let lines = Rows::new(room, &labels, 24.0, 26.0);
    let left = lines.left;
    let right = room.pick(left + 420.0, 270.0);
    let (mut low, mut high, mut at) = (0.0_f64, 0.0_f64, 0.0);
    for (_, w) in &rows {
        at += w;
        low = low.min(at);
        high = high.max(at);
    }
    let x = |w: f64| left + (w - low) / (high - low).max(1e-9) * (right - left);
    let bits = |w: f64| {
        let sign = if w > 0.0 { "+" } else { "" };
        format!("{sign}{}", text.decimal(w, 1))
    };
    let told: Vec<String> = rows.iter().map(|(l, w)| format!("{l} {}", bits(*w))).collect();
    let bottom = lines.bottom(labels.len());
    let odds = sum.exp2();
    let chance = if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 };
    let mut svg = Svg::new(room.pick(right + 110.0, 360.0), bottom + 40.0, title, &told.join("; "))
        .with(figures(text, &rows, (sum, chance)));
    svg.line((x(0.0), 8.0), (x(0.0), bottom), ink::MUTE, 1.0);
    let mut at = 0.0;
    for (i, (label, w)) in rows.iter().enumerate() {
        let (from, to) = (x(at), x(at + w));
        let colour = if *w < 0.0 { ink::EMPH } else { ink::MID };
        lines.mark(&mut svg, i, label, |svg, y| bar(svg, (from, to), y, colour, &bits(*w)));
        at += w;
    }
    let words = format!("{} = {}", bits(sum), text.percent(chance));
    lines.mark(&mut svg, rows.len(), &text.say("part-sum"), |svg, y| {
        bar(svg, (x(0.0), x(sum)), y, ink::DATA, &words);
    });
    svg.text(f64::midpoint(left, right), bottom + 26.0, 12.0, "middle", ink::TEXT, &text.say("axis-bits"));
    svg
}

/// A bar around the middle of a row, with its words to the right of it.
fn bar(svg: &mut Svg, (from, to): (f64, f64), y: f64, colour: &str, words: &str) {
    svg.rect(from.min(to), y - 7.0, (from - to).abs().max(1.0), 14.0, colour);
    svg.text(from.max(to) + 5.0, y + 4.0, 12.0, "start", ink::TEXT, words);
}

/// The parts of the weight, then their sum with the probability that it stands for.
fn figures(text: &Text, rows: &[(String, f64)], (sum, chance): (f64, f64)) -> Data {
    let columns = [
        ("part", text.say("col-part")),
        ("bits", text.say("axis-bits")),
        ("probability", text.say("col-probability")),
    ];
    let mut data = Data::new(text, columns);
    for (label, w) in rows {
        data.row([Cell::words(label), Cell::decimal(text, *w, 1), Cell::nothing()]);
    }
    let of = Cell::named(&text.say("part-sum"), "sum");
    data.row([of, Cell::decimal(text, sum, 1), Cell::percent(text, chance)]);
    data
}

/// A part of a weight in words.
fn part(text: &Text, part: Part) -> String {
    match part {
        Part::Together => text.say("part-together"),
        Part::Frequency => text.say("part-frequency"),
        Part::Calibration => text.say("part-calibration"),
        Part::Field(field, level) => {
            let (name, kind) = match field {
                Field::Given => ("given", "name"),
                Field::Family => ("family", "name"),
                Field::Order => ("order", "order"),
                Field::Birth => ("birth", "birth"),
                Field::Sex => ("sex", "same"),
                Field::Nationality => ("nationality", "same"),
                Field::Place => ("place", "place"),
                Field::Identifier => ("identifier", "same"),
                Field::Contact => ("contact", "contact"),
                Field::First | Field::Second | Field::Third | Field::Fourth => ("own", "own"),
            };
            let number = OWN.iter().position(|own| *own == field).map_or(0, |k| k + 1);
            format!(
                "{}: {}",
                text.fill(&format!("property-{name}"), &[("n", number.to_string())]),
                text.say(&format!("level-{kind}-{level}"))
            )
        }
    }
}
