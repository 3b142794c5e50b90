use ijsberg_mse::diagnostics::Verdict;

use crate::Analysis;
use crate::charts::ink::{self, FADING, shade};
use crate::charts::{Cell, Chart, Data, Room, Svg, wrapped};
use crate::text::Text;

/// The ice at the waterline, from its left end to its right end.
fn waterline(room: Room) -> (f64, f64) {
    (room.pick(60.0, 4.0), room.pick(400.0, 200.0))
}

/// Height of the sky above the tip, and the most room for ice above and below the water together.
const SKY: f64 = 66.0;
const ICE: f64 = 400.0;

/// Least heights above and below the water, so that labels have a place.
const LEAST: (f64, f64) = (64.0, 150.0);

/// Outlines from the left end of the waterline to its right end: shares of its length, and of the height of the tip or the depth
/// of the keel.
const TIP: [(f64, f64); 9] = [
    (0.0, 0.0),
    (0.11, 0.21),
    (0.2, 0.36),
    (0.31, 0.62),
    (0.42, 0.86),
    (0.49, 1.0),
    (0.58, 0.83),
    (0.72, 0.5),
    (1.0, 0.0),
];
const KEEL: [(f64, f64); 10] = [
    (0.0, 0.0),
    (0.03, 0.13),
    (0.1, 0.34),
    (0.24, 0.62),
    (0.4, 0.88),
    (0.5, 1.0),
    (0.62, 0.85),
    (0.82, 0.52),
    (0.95, 0.22),
    (1.0, 0.0),
];

/// What an outline of height 1 covers of the rectangle around it (trapezoids).
fn covered(outline: &[(f64, f64)]) -> f64 {
    outline.windows(2).map(|w| (w[1].0 - w[0].0) * f64::midpoint(w[0].1, w[1].1)).sum()
}

/// People on no list: the estimate and its limits, as far as the verdict allows.
struct UnlistedPeople {
    low: f64,
    number: Option<f64>,
    high: Option<f64>,
}

impl UnlistedPeople {
    fn from_analysis(a: &Analysis) -> Option<Self> {
        let d = &a.diagnostics;
        let seen = a.histories.n() as f64;
        let at_least = (d.at_least? - seen).max(0.0);
        let headline = d.headline.as_ref();
        let high = d.at_most.filter(|h| h.is_finite()).map(|h| (h - seen).max(0.0));
        match d.verdict {
            Verdict::NoEstimate | Verdict::NotAssessed => None,
            Verdict::LowerBoundOnly => Some(Self { low: at_least, number: None, high: None }),
            Verdict::RangeOnly => Some(Self { low: at_least, number: None, high }),
            Verdict::FitToPublish => {
                let low = headline.map_or(at_least, |h| (h.interval.lower - seen).max(0.0));
                Some(Self { low, number: headline.map(|h| h.n_hat - seen), high })
            }
        }
    }

    /// What is known, the least first: the words for it, and its name for programs.
    fn numbers(&self) -> Vec<(f64, &'static str, &'static str)> {
        let mut all = vec![(self.low, "iceberg-low", "on_no_list_at_least")];
        all.extend(self.number.map(|n| (n, "iceberg-number", "on_no_list")));
        all.extend(self.high.map(|n| (n, "iceberg-high", "on_no_list_at_most")));
        all
    }

    /// "For every person seen, about three were not."
    fn title(&self, text: &Text, seen: f64) -> String {
        let times = |unseen: f64| {
            let ratio = unseen / seen;
            if ratio < 9.95 { text.decimal(ratio, 1) } else { text.number(ratio) }
        };
        match (self.number, self.high) {
            (Some(number), _) => text.fill("iceberg-about", &[("times", times(number))]),
            (None, Some(high)) => {
                text.fill("iceberg-between", &[("low", times(self.low)), ("high", times(high))])
            }
            (None, None) => text.fill("iceberg-at-least", &[("times", times(self.low))]),
        }
    }
}

/// The iceberg: who was seen above the waterline, and how little is known of what lies below it. Empty where nothing may be
/// said.
///
/// Areas are in proportion: at one width of the waterline the tip is as high, and the ice below as deep, as its persons are
/// many. Below lie the lower limit, the number where one may be published, and the upper limit; where only a lower bound may
/// be published, what lies below it fades away.
pub fn iceberg(text: &Text, a: &Analysis) -> Option<Chart> {
    Chart::drawn(|room| draw(text, a, room))
}

fn draw(text: &Text, a: &Analysis, room: Room) -> Option<Svg> {
    let unseen = UnlistedPeople::from_analysis(a)?;
    let seen = a.histories.n() as f64;
    // Ice that fades away is drawn to twice the bound.
    let drawn = unseen.high.unwrap_or(2.0 * unseen.low);
    let (tip, keel) = (covered(&TIP), covered(&KEEL));
    let unit = ICE / (seen / tip + drawn / keel);
    let (height, depth) = (seen / tip * unit, |n: f64| n / keel * unit);
    let title = unseen.title(text, seen);
    // A long title is set smaller on a page, so that it stays within the picture in wide letters too; on a phone it has more lines.
    let (size, lines) = match room {
        Room::Wide => ((1000.0 / title.chars().count() as f64).min(19.0), vec![title.clone()]),
        Room::Narrow => (15.0, wrapped(&title, 38)),
    };
    let sky = 38.0 + 20.0 * (lines.len() as f64 - 1.0);
    let water = sky - 38.0 + SKY + height.max(LEAST.0);
    let bottom = water + depth(drawn).max(LEAST.1) + 24.0;
    let note = wrapped(&text.say("iceberg-note"), room.pick(90.0, 50.0) as usize);
    let width = room.width();
    let below = bottom + 30.0 + 17.0 * (note.len() as f64 - 1.0);
    let mut svg =
        Svg::new(width, below, &title, &alt(text, seen, &unseen)).with(figures(text, seen, &unseen));
    for (i, line) in lines.iter().enumerate() {
        svg.bold(0.0, 22.0 + 20.0 * i as f64, size, "start", ink::TEXT, line);
    }
    svg.rect(0.0, sky, width, water - sky, ink::SKY);
    svg.rect(0.0, water, width, bottom - water, ink::WATER);
    let (left, right) = waterline(room);
    let outline = |shape: &[(f64, f64)], scale: f64| -> Vec<(f64, f64)> {
        shape.iter().map(|(x, y)| (left + x * (right - left), water + y * scale)).collect()
    };
    let ice = |svg: &mut Svg, n: f64, fill: &str, edge: &str| {
        svg.polygon(&outline(&KEEL, depth(n)), fill, edge);
    };
    if let Some(high) = unseen.high {
        svg.hint(unseen.numbers().len(), |svg| ice(svg, high, ink::HIGH, ink::LOW));
    } else {
        for step in (0..FADING).rev() {
            let at = unseen.low + (drawn - unseen.low) * f64::from(step + 1) / f64::from(FADING);
            ice(&mut svg, at, &shade(step), &shade(step));
        }
    }
    if let Some(number) = unseen.number {
        svg.hint(2, |svg| ice(svg, number, ink::MID, ink::MID));
    }
    svg.hint(1, |svg| ice(svg, unseen.low, ink::LOW, ink::LOW));
    svg.hint(0, |svg| svg.polygon(&outline(&TIP, -height), ink::SEEN, ink::LOW));
    svg.line((0.0, water), (width, water), ink::LOW, 2.0);
    labels((&mut svg, room), text, seen, &unseen, (water, &depth));
    for (i, line) in note.iter().enumerate() {
        svg.text(0.0, bottom + 20.0 + 17.0 * i as f64, 13.0, "start", ink::QUIET, line);
    }
    Some(svg)
}

/// The people on a list, then the estimate of the people on no list.
fn figures(text: &Text, seen: f64, unseen: &UnlistedPeople) -> Data {
    let mut data = Data::new(text, [("part", text.say("col-part")), ("people", text.say("col-people"))]);
    let all = [(seen, "iceberg-seen", "on_a_list")].into_iter().chain(unseen.numbers());
    all.for_each(|(n, what, name)| data.row([Cell::named(&text.say(what), name), Cell::number(text, n)]));
    data
}

/// Numbers beside the ice that they count, each with a line to it and none on top of another.
fn labels(
    (svg, room): (&mut Svg, Room),
    text: &Text,
    seen: f64,
    unseen: &UnlistedPeople,
    (water, depth): (f64, &dyn Fn(f64) -> f64),
) {
    let (left, right) = waterline(room);
    let x = right + room.pick(48.0, 24.0);
    let middle = f64::midpoint(left, right);
    // What a number counts, in one line on a page and in more on a phone.
    let letters = room.pick(60.0, 19.0) as usize;
    let size = room.pick(14.0, 12.0);
    let wide = svg.width - x + 8.0;
    svg.line((middle + room.pick(40.0, 24.0), water - 22.0), (x - 8.0, water - 22.0), ink::MUTE, 1.0);
    svg.mark(0, (x - 8.0, water - 48.0, wide, 46.0), |svg| {
        svg.bold(x, water - 26.0, 24.0, "start", ink::TEXT, &text.number(seen));
        svg.text(x, water - 8.0, size, "start", ink::QUIET, &text.say("iceberg-seen"));
    });
    let mut last = water - 26.0;
    for (row, (n, what, _)) in (1..).zip(unseen.numbers()) {
        let at = water + 0.8 * depth(n);
        let y = at.max(last + 54.0);
        let lines = wrapped(&text.say(what), letters);
        let below = 15.0 * (lines.len() as f64 - 1.0);
        svg.line((middle, at), (x - 8.0, y - 4.0), ink::MUTE, 1.0);
        svg.dot(middle, at, 3.0, ink::MUTE);
        svg.mark(row, (x - 8.0, y - 20.0, wide, 44.0 + below), |svg| {
            svg.bold(x, y, 20.0, "start", ink::TEXT, &text.number(n));
            for (i, line) in lines.iter().enumerate() {
                svg.text(x, y + 18.0 + 15.0 * i as f64, size, "start", ink::QUIET, line);
            }
        });
        last = y + below;
    }
}

fn alt(text: &Text, seen: f64, unseen: &UnlistedPeople) -> String {
    let numbers = [("seen", text.number(seen)), ("low", text.number(unseen.low))];
    match unseen.high {
        Some(high) => {
            let [above, below] = numbers;
            text.fill("chart-iceberg-alt", &[above, below, ("high", text.number(high))])
        }
        None => text.fill("chart-iceberg-alt-bound", &numbers),
    }
}
