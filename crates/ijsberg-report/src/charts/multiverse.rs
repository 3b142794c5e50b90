use ijsberg_mse::loglinear::LogBins;

use crate::Analysis;
use crate::charts::{Cell, Chart, Data, LogAxis, Room, Svg, ink};
use crate::text::Text;

/// How many models give which estimate, and above it how far the best of them is from the best BIC of all.
pub fn multiverse(text: &Text, a: &Analysis) -> Option<Chart> {
    Chart::drawn(|room| draw(text, a, room))
}

fn draw(text: &Text, a: &Analysis, room: Room) -> Option<Svg> {
    let bins = a.diagnostics.two_list_models.as_ref()?;
    let edge = |i: usize| edge(bins, i);
    let axis = LogAxis::new(bins.range.0, bins.range.1, room.pick(60.0, 44.0), room.pick(700.0, 350.0));
    let (top, bottom) = (30.0, 330.0);
    let alt = text.fill(
        "two-list-text",
        &[
            ("models", text.number(bins.total as f64)),
            ("low", text.number(bins.range.0)),
            ("high", text.number(bins.range.1)),
        ],
    );
    let mut svg =
        Svg::new(room.width(), 390.0, &text.say("chart-multiverse"), &alt).with(figures(text, bins));
    axis.draw(&mut svg, top, bottom, |x| text.number(x));
    let most = bins.models.iter().copied().max().unwrap_or(1).max(1) as f64;
    for (i, count) in bins.models.iter().enumerate().filter(|x| *x.1 > 0) {
        let tall = *count as f64 / most * (bottom - top);
        let (x0, x1) = (axis.at(edge(i)), axis.at(edge(i + 1)));
        svg.rect(x0 + 0.5, bottom - tall, x1 - x0 - 1.0, tall, ink::MID);
    }
    // The curve: the least BIC difference in each bin, 0 at the top and 60 at the bottom.
    let y = |delta: f64| top + delta.min(60.0) / 60.0 * (bottom - top);
    let point = |i: usize| {
        let middle = 0.5 * (axis.at(edge(i)) + axis.at(edge(i + 1)));
        Some(bins.least_delta[i]).filter(|d| d.is_finite()).map(|d| (middle, y(d)))
    };
    let points: Vec<(f64, f64)> = (0..bins.least_delta.len()).filter_map(point).collect();
    for pair in points.windows(2) {
        svg.line(pair[0], pair[1], ink::EMPH, 2.0);
    }
    // Above bars and curve, so that the pointer finds them; each takes the whole height.
    for (row, i) in filled(bins).enumerate() {
        let (x0, x1) = (axis.at(edge(i)), axis.at(edge(i + 1)));
        svg.mark(row, (x0, top, x1 - x0, bottom - top), |svg| {
            if let Some((x, y)) = point(i) {
                svg.dot(x, y, 3.0, ink::EMPH);
            }
        });
    }
    let left = room.pick(52.0, 36.0);
    for delta in [0.0, 20.0, 40.0, 60.0] {
        svg.text(left, y(delta) + 4.0, 11.0, "end", ink::LAMP, &text.number(delta));
    }
    svg.text(left, 16.0, 12.0, "end", ink::LAMP, "ΔBIC");
    let legend = room.pick(560.0, 250.0);
    svg.rect(legend, 6.0, 12.0, 12.0, ink::MID);
    svg.text(legend + 18.0, 16.0, 12.0, "start", ink::TEXT, &text.say("per-models"));
    // One below the other, as the two may be close.
    for (label, best, down) in [("AIC", &bins.best_aic, 34.0), ("BIC", &bins.best_bic, 50.0)] {
        if let Some((_, n_hat)) = best {
            let x = axis.at(*n_hat);
            svg.line((x, top), (x, bottom), ink::DATA, 1.5);
            svg.centred(x, bottom + down, &format!("{label} {}", text.number(*n_hat)));
        }
    }
    Some(svg)
}

/// The lower edge of a bin.
fn edge(bins: &LogBins, i: usize) -> f64 {
    bins.low * bins.ratio.powi(i as i32)
}

/// The bins that have models.
fn filled(bins: &LogBins) -> impl Iterator<Item = usize> {
    bins.models.iter().enumerate().filter(|(_, models)| **models > 0).map(|(i, _)| i)
}

/// The bins: how many models, how near the best of them comes, and where the best of all are.
fn figures(text: &Text, bins: &LogBins) -> Data {
    let columns = [
        ("lower", text.say("col-estimate")),
        ("upper", String::new()),
        ("models", text.say("col-models")),
        ("least_delta_bic", text.say("col-delta-bic")),
        ("best_aic", text.say("col-best-aic")),
        ("best_bic", text.say("col-best-bic")),
    ];
    let mut data = Data::new(text, columns);
    for i in filled(bins) {
        let from = edge(bins, i);
        // The last bin holds everything beyond.
        let to = if i + 1 == bins.models.len() { f64::INFINITY } else { edge(bins, i + 1) };
        let here = |best: Option<&(String, f64)>| {
            best.map(|(_, n_hat)| *n_hat).filter(|n_hat| (from..to).contains(n_hat))
        };
        let shown = format!("{} – {}", text.number(from), text.number(to));
        data.row([
            Cell::named(&shown, &from.to_string()),
            Cell::number(text, to),
            Cell::number(text, bins.models[i] as f64),
            Cell::decimal(text, bins.least_delta[i], 1),
            Cell::number(text, here(bins.best_aic.as_ref())),
            Cell::number(text, here(bins.best_bic.as_ref())),
        ]);
    }
    data
}
