use crate::charts::{Cell, Chart, Data, Room, Svg, ink};
use crate::reports::LinkageReport;
use crate::text::Text;

const BINS: usize = 40;

/// How many candidate pairs have which weight, dark where they are one person in the draws.
pub fn weights(text: &Text, r: &LinkageReport) -> Option<Chart> {
    Chart::drawn(|room| draw(text, r, room))
}

fn draw(text: &Text, r: &LinkageReport, room: Room) -> Option<Svg> {
    let (low, high) =
        r.pairs.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p.0), h.max(p.0)));
    if r.pairs.is_empty() || low >= high {
        return None;
    }
    let (left, right, top, bottom) = (60.0, room.pick(700.0, 350.0), 30.0, 290.0);
    let at = |w: f64| left + (w - low) / (high - low) * (right - left);
    let mut bins = [(0.0_f64, 0.0_f64); BINS];
    for (w, together) in &r.pairs {
        let bin = &mut bins[(((w - low) / (high - low) * BINS as f64) as usize).min(BINS - 1)];
        bin.0 += 1.0;
        bin.1 += together;
    }
    let most = bins.iter().map(|b| b.0).fold(1.0, f64::max);
    // The square root: the few uncertain pairs would be invisible beside the many certain ones.
    let tall = |n: f64| (n / most).sqrt() * (bottom - top);
    let doubtful = r.pairs.iter().filter(|p| (0.1..0.9).contains(&p.1)).count();
    let parts = [("pairs", text.number(r.pairs.len() as f64)), ("doubtful", text.number(doubtful as f64))];
    let told = text.fill("chart-weights-text", &parts);
    let mut svg = Svg::new(room.width(), 350.0, &text.say("chart-weights"), &told).with(figures(
        text,
        &bins,
        (low, high),
    ));
    for share in [0.01, 0.1, 0.5, 1.0] {
        let n = share * most;
        svg.line((left, bottom - tall(n)), (right, bottom - tall(n)), ink::GRID, 1.0);
        svg.text(left - 8.0, bottom - tall(n) + 4.0, 12.0, "end", ink::TEXT, &text.number(n));
    }
    let wide = (right - left) / BINS as f64;
    for (row, (i, (all, together))) in filled(&bins).enumerate() {
        let x = left + i as f64 * wide;
        let whole = tall(all);
        let dark = whole * together / all;
        svg.mark(row, (x, top, wide, bottom - top), |svg| {
            svg.rect(x + 0.5, bottom - whole, wide - 1.0, whole - dark, ink::RIBBON);
            svg.rect(x + 0.5, bottom - dark, wide - 1.0, dark, ink::DATA);
        });
    }
    let step = ((high - low) / room.pick(8.0, 5.0)).ceil().max(1.0);
    let mut tick = (low / step).ceil() * step;
    while tick <= high {
        svg.text(at(tick), bottom + 18.0, 12.0, "middle", ink::TEXT, &text.number(tick));
        tick += step;
    }
    svg.text(f64::midpoint(left, right), bottom + 40.0, 12.0, "middle", ink::TEXT, &text.say("axis-bits"));
    let legend = room.pick(500.0, 60.0);
    svg.rect(legend, 6.0, 12.0, 12.0, ink::DATA);
    svg.text(legend + 18.0, 16.0, 12.0, "start", ink::TEXT, &text.say("weights-together"));
    Some(svg)
}

/// Pairs in a bin, and how many of them are linked in a draw on average.
type Bin = (f64, f64);

/// The bins that have pairs.
fn filled(bins: &[Bin]) -> impl Iterator<Item = (usize, Bin)> {
    bins.iter().copied().enumerate().filter(|(_, bin)| bin.0 > 0.0)
}

/// The bins by weight.
fn figures(text: &Text, bins: &[Bin], (low, high): (f64, f64)) -> Data {
    let columns = [
        ("lower", text.say("axis-bits")),
        ("upper", String::new()),
        ("pairs", text.say("col-pairs")),
        ("linked", text.say("weights-together")),
    ];
    let mut data = Data::new(text, columns);
    let edge = |i: usize| low + (high - low) * i as f64 / BINS as f64;
    for (i, (all, together)) in filled(bins) {
        let (from, to) = (edge(i), edge(i + 1));
        data.row([
            Cell::named(&format!("{} – {}", text.decimal(from, 1), text.decimal(to, 1)), &from.to_string()),
            Cell::decimal(text, to, 1),
            Cell::number(text, all),
            Cell::decimal(text, together, 1),
        ]);
    }
    data
}
