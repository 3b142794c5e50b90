//! Simulation studies as text, CSV and a chart.

use std::fmt::Write;

use ijsberg_mse::simulate::score::Score;
use ijsberg_mse::simulate::study::Answer;

use crate::charts::{Cell, Chart, Data, Room, Rows, Svg, ink};
use crate::text::Text;

/// A table of scores for the terminal, at most 80 columns.
pub fn table(text: &Text, title: &str, scores: &[Score]) -> String {
    let mut out = format!("{title}\n");
    let _ = writeln!(
        out,
        "  {:<26}{:>7}{:>7}{:>8}{:>10}{:>8}{:>10}",
        text.say("col-method"),
        text.say("col-none"),
        text.say("col-bias"),
        text.say("col-rmse"),
        text.say("col-coverage"),
        text.say("col-unbounded"),
        text.say("col-score"),
    );
    let number = |x: f64, places| if x.is_nan() { "–".to_owned() } else { text.decimal(x, places) };
    for s in scores {
        let _ = writeln!(
            out,
            "  {:<26}{:>7}{:>7}{:>8}{:>10}{:>8}{:>10}",
            s.method,
            number(s.without_estimate, 2),
            number(s.bias, 2),
            number(s.rmse, 2),
            number(s.coverage, 2),
            number(s.unbounded, 2),
            number(s.interval_score, 2),
        );
    }
    out
}

/// The answers as CSV, to be merged with those of other shards.
pub fn answers_to_csv(answers: &[Answer]) -> String {
    ijsberg_outside::Csv::from_rows(answers)
}

/// Reads answers back.
///
/// # Errors
/// With the line that is no answer.
pub fn answers_from_csv(text: &str) -> Result<Vec<Answer>, csv::Error> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect()
}

/// Bias with its spread, and coverage, for each method.
pub fn chart(text: &Text, scores: &[Score]) -> Option<Chart> {
    Chart::drawn(|room| Some(draw(text, scores, room)))
}

fn draw(text: &Text, scores: &[Score], room: Room) -> Svg {
    let labels: Vec<String> = scores.iter().map(|s| s.method.clone()).collect();
    let at = Rows::new(room, &labels, 34.0, 20.0);
    let description: Vec<String> = scores
        .iter()
        .map(|s| {
            format!(
                "{}: {} {:.2}, {} {:.2}",
                s.method,
                text.say("col-bias"),
                s.bias,
                text.say("col-coverage"),
                s.coverage
            )
        })
        .collect();
    let bottom = at.bottom(scores.len());
    let mut svg = Svg::new(room.width(), bottom + 24.0, &text.say("chart-study"), &description.join("; "))
        .with(figures(text, scores));
    let right = room.pick(470.0, 200.0);
    let middle = 0.5 * (at.left + right);
    let reach = scores.iter().map(|s| s.bias.abs() + s.rmse).filter(|x| x.is_finite()).fold(0.2, f64::max);
    let x = |v: f64| middle + (v / reach).clamp(-1.0, 1.0) * (right - middle);
    let (from, most) = (room.pick(500.0, 225.0), room.pick(190.0, 125.0));
    svg.text(middle, 14.0, 12.0, "middle", ink::TEXT, &text.say("study-bias"));
    svg.text(from + 0.5 * most, 14.0, 12.0, "middle", ink::TEXT, &text.say("study-coverage"));
    svg.line((middle, 20.0), (middle, bottom), ink::EMPH, 1.5);
    let cover = |c: f64| from + most * c.clamp(0.0, 1.0);
    svg.line((cover(0.95), 20.0), (cover(0.95), bottom), ink::EMPH, 1.5);
    for (i, s) in scores.iter().enumerate() {
        at.mark(&mut svg, i, &s.method, |svg, y| {
            if s.rmse.is_finite() {
                svg.line((x(s.bias - s.rmse), y), (x(s.bias + s.rmse), y), ink::MUTE, 2.0);
                svg.dot(x(s.bias), y, 4.5, ink::DATA);
            }
            if s.coverage.is_finite() {
                svg.rect(from, y - 6.0, cover(s.coverage) - from, 12.0, ink::MID);
            }
        });
    }
    svg.text(middle, bottom + 16.0, 12.0, "middle", ink::TEXT, "0");
    svg.text(cover(0.95), bottom + 16.0, 12.0, "middle", ink::TEXT, &text.percent(0.95));
    svg
}

/// What the chart shows of each method.
fn figures(text: &Text, scores: &[Score]) -> Data {
    let columns = [
        ("method", text.say("col-method")),
        ("bias", text.say("col-bias")),
        ("rmse", text.say("col-rmse")),
        ("coverage", text.say("col-coverage")),
    ];
    let mut data = Data::new(text, columns);
    for s in scores {
        let mut cells = vec![Cell::words(&s.method)];
        cells.extend([s.bias, s.rmse, s.coverage].map(|x| Cell::decimal(text, x, 2)));
        data.row(cells);
    }
    data
}
