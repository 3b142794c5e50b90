use crate::charts::{Cell, Chart, Data, Room, Svg, ink};
use crate::text::Text;

const BINS: usize = 10;

/// What the model says after calibration against what people judged, with 95% intervals (Wilson).
pub fn calibration(text: &Text, judged: &[(f64, bool)]) -> Option<Chart> {
    Chart::drawn(|room| draw(text, judged, room))
}

fn draw(text: &Text, judged: &[(f64, bool)], room: Room) -> Option<Svg> {
    if judged.is_empty() {
        return None;
    }
    let (left, right) = (room.pick(70.0, 50.0), room.pick(430.0, 340.0));
    let (top, bottom) = (34.0, 34.0 + right - left);
    let x = |p: f64| left + p * (right - left);
    let y = |p: f64| bottom - p * (bottom - top);
    let mut bins = [(0.0_f64, 0.0_f64, 0.0_f64); BINS];
    for (said, same) in judged {
        let bin = &mut bins[((said * BINS as f64) as usize).min(BINS - 1)];
        bin.0 += 1.0;
        bin.1 += said;
        bin.2 += f64::from(u8::from(*same));
    }
    let filled = || bins.iter().filter(|b| b.0 > 0.0);
    let off =
        filled().map(|(n, said, same)| n * (said / n - same / n).abs()).sum::<f64>() / judged.len() as f64;
    let parts = [("n", text.number(judged.len() as f64)), ("off", text.percent(off))];
    let told = text.fill("chart-calibration-text", &parts);
    let all: Vec<Band> =
        filled().map(|(n, said, same)| Band::from_judgements(*n, said / n, same / n)).collect();
    let mut svg = Svg::new(room.pick(520.0, 360.0), bottom + 70.0, &text.say("chart-calibration"), &told)
        .with(figures(text, &all));
    for p in [0.0, 0.25, 0.5, 0.75, 1.0] {
        svg.line((x(p), top), (x(p), bottom), ink::GRID, 1.0);
        svg.line((left, y(p)), (right, y(p)), ink::GRID, 1.0);
        svg.text(x(p), bottom + 18.0, 12.0, "middle", ink::TEXT, &text.percent(p));
        svg.text(left - 8.0, y(p) + 4.0, 12.0, "end", ink::TEXT, &text.percent(p));
    }
    svg.line((x(0.0), y(0.0)), (x(1.0), y(1.0)), ink::MUTE, 1.5);
    for (row, band) in all.iter().enumerate() {
        let at = x(band.said);
        svg.mark(row, (at - 12.0, top, 24.0, bottom - top), |svg| {
            svg.line((at, y(band.limits.0)), (at, y(band.limits.1)), ink::MID, 2.0);
            svg.dot(at, y(band.same), 5.0, ink::DATA);
        });
    }
    svg.text(f64::midpoint(left, right), bottom + 42.0, 12.0, "middle", ink::TEXT, &text.say("axis-said"));
    svg.text(0.0_f64.max(left - 60.0), top - 14.0, 12.0, "start", ink::TEXT, &text.say("axis-judged"));
    Some(svg)
}

/// Judged pairs of which the model says about the same.
struct Band {
    pairs: f64,
    /// What the model says, on average.
    said: f64,
    /// The share that people judged to be one person.
    same: f64,
    limits: (f64, f64),
}

impl Band {
    fn from_judgements(n: f64, said: f64, same: f64) -> Self {
        let z = 1.96_f64;
        let middle = (same + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (same * (1.0 - same) / n + z * z / (4.0 * n * n)).sqrt();
        Self { pairs: n, said, same, limits: ((middle - half).max(0.0), (middle + half).min(1.0)) }
    }
}

fn figures(text: &Text, bands: &[Band]) -> Data {
    let columns = [
        ("model", text.say("axis-said")),
        ("judged", text.say("axis-judged")),
        ("lower", text.say("col-lower")),
        ("upper", text.say("col-upper")),
        ("pairs", text.say("col-pairs")),
    ];
    let mut data = Data::new(text, columns);
    for b in bands {
        let shares = [b.said, b.same, b.limits.0, b.limits.1];
        let mut cells = shares.map(|s| Cell::percent(text, s)).to_vec();
        cells.push(Cell::number(text, b.pairs));
        data.row(cells);
    }
    data
}
