//! Charts as accessible SVG: each has a title, a description in words, and works in black and white.

mod design;
mod forest;
mod iceberg;
mod influence;
mod levels;
pub mod linkage;
mod multiverse;
mod overlaps;
mod sensitivity;
mod trend;

pub use design::design;
pub use forest::forest;
pub use iceberg::iceberg;
pub use influence::influence;
pub use levels::{bars, levels};
pub use multiverse::multiverse;
pub use overlaps::overlaps;
pub use sensitivity::{sensitivity, sensitivity_caption};
pub use trend::{series, trend};

use std::fmt::Write;

use crate::text::Text;

/// A chart as data for whoever shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its title.
    pub title: String,
    /// What it shows in words, for who does not see it.
    pub description: String,
    /// The picture for a page and for a file, about 720 units wide.
    pub wide: String,
    /// The picture for a phone, 360 units wide: labels stand above what they name.
    pub narrow: String,
}

impl Chart {
    /// Draws a chart for a page and for a phone; none where there is nothing to show.
    pub(crate) fn drawn(draw: impl Fn(Room) -> Option<Svg>) -> Option<Self> {
        let (wide, narrow) = (draw(Room::Wide)?, draw(Room::Narrow)?);
        Some(Self {
            title: wide.title.clone(),
            description: wide.description.clone(),
            wide: wide.finish(),
            narrow: narrow.finish(),
        })
    }
}

/// The charts of an analysis by the names of their files.
pub const OF_ANALYSIS: [(&str, fn(&Text, &crate::Analysis) -> Option<Chart>); 8] = [
    ("iceberg", iceberg),
    ("overlaps", overlaps),
    ("forest", forest),
    ("multiverse", multiverse),
    ("influence", influence),
    ("sensitivity", sensitivity),
    ("trend", trend),
    ("levels", levels),
];

/// How much room there is for a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// A page.
    Wide,
    /// A phone.
    Narrow,
}

impl Room {
    pub(crate) fn width(self) -> f64 {
        self.of(720.0, 360.0)
    }

    /// One of two numbers: on a page, on a phone.
    pub(crate) fn of(self, wide: f64, narrow: f64) -> f64 {
        match self {
            Self::Wide => wide,
            Self::Narrow => narrow,
        }
    }
}

/// Rows with a label each: beside the row, or above it on a phone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows {
    room: Room,
    /// Where the chart begins to the right of the labels.
    pub(crate) left: f64,
    top: f64,
    step: f64,
}

impl Rows {
    /// Rows of a height, of which the middle of the first lies at `top`; on a phone below its label.
    pub(crate) fn new(room: Room, labels: &[String], top: f64, step: f64) -> Self {
        Self { room, left: room.of(margin_for(labels), 10.0), top, step: step + room.of(0.0, 17.0) }
    }

    /// The middle of a row.
    pub(crate) fn at(&self, row: usize) -> f64 {
        self.top + self.room.of(0.0, 17.0) + self.step * row as f64
    }

    /// The lower end of so many rows.
    pub(crate) fn bottom(&self, rows: usize) -> f64 {
        self.top + self.step * rows as f64
    }

    /// Writes the label of a row.
    pub(crate) fn label(&self, svg: &mut Svg, row: usize, label: &str) {
        let y = self.at(row);
        match self.room {
            Room::Wide => svg.text(self.left - 10.0, y + 4.0, 12.0, "end", ink::TEXT, label),
            Room::Narrow => svg.text(self.left, y - 12.0, 12.0, "start", ink::TEXT, label),
        }
    }
}

/// Lines of at most so many letters, broken between words.
pub(crate) fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What a chart shows of a part of the population.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its name.
    pub label: String,
    /// Persons seen.
    pub seen: f64,
    /// Estimated persons; not finite where there is no estimate.
    pub n_hat: f64,
    /// The interval; its upper limit is infinite where there is none to give.
    pub limits: Option<(f64, f64)>,
}

impl Part {
    /// Whether there is an upper limit.
    fn is_bounded(&self) -> bool {
        self.limits.is_some_and(|l| l.1.is_finite())
    }

    /// What is said to be the number of persons: a number, a range, or a lower bound.
    fn said(&self, text: &Text) -> String {
        match self.limits {
            _ if self.n_hat.is_finite() => text.number(self.n_hat),
            Some((low, high)) if high.is_finite() => {
                format!("{} – {}", text.number(low), text.number(high))
            }
            Some((low, _)) => text.fill("at-least", &[("n", text.number(low))]),
            None => String::new(),
        }
    }
}

/// Whether parts have a number or a range each; otherwise a chart of them shows lower bounds.
fn more_than_bounds(parts: &[Part]) -> bool {
    parts.iter().all(|p| p.n_hat.is_finite()) || parts.iter().all(Part::is_bounded)
}

/// The name of a caption, or of the one for lower bounds where that is all that a chart shows.
pub fn caption(name: &str, parts: &[Part]) -> String {
    let shown: Vec<Part> =
        parts.iter().filter(|p| p.n_hat.is_finite() || p.limits.is_some()).cloned().collect();
    if more_than_bounds(&shown) { name.to_owned() } else { format!("{name}-bound") }
}

/// Colours, told apart by people who see few of them and in print: the light values of `assets/tokens.css`.
pub(crate) mod ink {
    pub(crate) const TEXT: &str = "#0c2a3b";
    pub(crate) const QUIET: &str = "#445e6c";
    pub(crate) const LAMP: &str = "#9c4a06";
    pub(crate) const SEEN: &str = "#ffffff";
    pub(crate) const SKY: &str = "#eef6fa";
    pub(crate) const WATER: &str = "#cfe4ef";
    pub(crate) const LOW: &str = "#0a3a5c";
    pub(crate) const MID: &str = "#2f7fb0";
    pub(crate) const HIGH: &str = "#8fc0de";
    pub(crate) const DATA: &str = "#0b5584";
    pub(crate) const RIBBON: &str = "#b5d5e8";
    pub(crate) const MUTE: &str = "#8aa0ac";
    pub(crate) const EMPH: &str = "#c8650a";
    pub(crate) const GRID: &str = "#dbe6ec";
    pub(crate) const ROW: &str = "#e6f0f5";

    /// The name that each has in the style sheet, where it differs by day and by night.
    pub(super) const NAMES: [(&str, &str); 15] = [
        (TEXT, "ink"),
        (QUIET, "ink-2"),
        (LAMP, "lamp"),
        (SEEN, "c-seen"),
        (SKY, "c-sky"),
        (WATER, "c-water"),
        (LOW, "c-low"),
        (MID, "c-mid"),
        (HIGH, "c-high"),
        (DATA, "c-data"),
        (RIBBON, "c-ribbon"),
        (MUTE, "c-mute"),
        (EMPH, "c-emph"),
        (GRID, "c-grid"),
        (ROW, "sunk"),
    ];
}

/// A chart for a page with `assets/tokens.css`: its colours follow the page, light or dark. A file on its own keeps the light ones, since
/// not every program that shows SVG knows style sheets.
pub fn on_page(svg: &str) -> String {
    let inks =
        ink::NAMES.iter().map(|(value, name)| ((*value).to_owned(), format!("var(--{name}, {value})")));
    inks.chain(iceberg::shades())
        .fold(svg.to_owned(), |svg, (value, ink)| svg.replace(&format!("\"{value}\""), &format!("\"{ink}\"")))
}

/// An SVG drawing under construction.
#[derive(Debug)]
pub(crate) struct Svg {
    body: String,
    width: f64,
    height: f64,
    title: String,
    description: String,
}

/// Replaces the characters that mean something in XML.
pub fn escape(s: &str) -> String {
    ijsberg_outside::markup(s)
}

impl Svg {
    pub(crate) fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        let (title, description) = (title.to_owned(), description.to_owned());
        Self { body: String::new(), width, height, title, description }
    }

    pub(crate) fn rect(&mut self, x: f64, y: f64, w: f64, h: f64, fill: &str) {
        let _ = writeln!(
            self.body,
            r#"<rect x="{x:.1}" y="{y:.1}" width="{:.1}" height="{:.1}" fill="{fill}"/>"#,
            w.max(0.0),
            h.max(0.0)
        );
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        let _ = writeln!(
            self.body,
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{stroke}" stroke-width="{width}"/>"#,
            from.0, from.1, to.0, to.1
        );
    }

    pub(crate) fn dot(&mut self, x: f64, y: f64, r: f64, fill: &str) {
        let _ = writeln!(self.body, r#"<circle cx="{x:.1}" cy="{y:.1}" r="{r}" fill="{fill}"/>"#);
    }

    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], fill: &str, stroke: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(
            self.body,
            r#"<polygon points="{}" fill="{fill}" stroke="{stroke}" stroke-width="1.5" stroke-linejoin="round"/>"#,
            points.join(" ")
        );
    }

    /// Text anchored at `start`, `middle` or `end`.
    pub(crate) fn text(&mut self, x: f64, y: f64, size: f64, anchor: &str, fill: &str, s: &str) {
        self.words((x, y), size, 400, anchor, fill, s);
    }

    /// A label around a place, moved where it would stick out of the picture.
    pub(crate) fn centred(&mut self, x: f64, y: f64, label: &str) {
        let half = 4.0 * label.chars().count() as f64;
        self.text(x.max(half).min(self.width - half), y, 12.0, "middle", ink::TEXT, label);
    }

    /// Text in bold.
    pub(crate) fn bold(&mut self, x: f64, y: f64, size: f64, anchor: &str, fill: &str, s: &str) {
        self.words((x, y), size, 700, anchor, fill, s);
    }

    fn words(&mut self, (x, y): (f64, f64), size: f64, weight: u32, anchor: &str, fill: &str, s: &str) {
        let weight = if weight == 400 { String::new() } else { format!(r#" font-weight="{weight}""#) };
        let _ = writeln!(
            self.body,
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}"{weight} text-anchor="{anchor}" fill="{fill}">{}</text>"#,
            escape(s)
        );
    }

    fn finish(self) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
             font-family=\"system-ui, sans-serif\">\n<title>{}</title>\n<desc>{}</desc>\n{}</svg>\n",
            escape(&self.title),
            escape(&self.description),
            self.body,
            w = self.width,
            h = self.height,
        )
    }
}

/// The longest label that leaves room for a chart, in characters.
const LONGEST_LABEL: usize = 40;

/// A label cut to what fits, with an ellipsis for the rest.
pub(crate) fn shortened(label: &str) -> String {
    if label.chars().count() <= LONGEST_LABEL {
        return label.to_owned();
    }
    label.chars().take(LONGEST_LABEL - 1).chain(['…']).collect()
}

/// Where a chart may begin to the right of its labels of size 12, in the units of the picture.
pub(crate) fn margin_for(labels: &[String]) -> f64 {
    // Wide letters take eight units each; narrower ones leave a little room.
    let longest = labels.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    (20.0 + 8.0 * longest as f64).max(120.0)
}

/// A logarithmic axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogAxis {
    low: f64,
    high: f64,
    left: f64,
    right: f64,
}

impl LogAxis {
    pub(crate) fn new(low: f64, high: f64, left: f64, right: f64) -> Self {
        let low = low.max(1.0);
        Self { low: low / 1.05, high: high.max(low * 1.5) * 1.05, left, right }
    }

    pub(crate) fn at(&self, x: f64) -> f64 {
        let share = (x.clamp(self.low, self.high) / self.low).ln() / (self.high / self.low).ln();
        self.left + share * (self.right - self.left)
    }

    /// Round numbers within the axis: 1, 2 and 5 times powers of ten, or all digits where those are too few.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let few = self.multiples(&[1.0, 2.0, 5.0]);
        if few.len() > 2 {
            few
        } else {
            self.multiples(&[1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0])
        }
    }

    fn multiples(&self, of: &[f64]) -> Vec<f64> {
        let mut ticks = Vec::new();
        let mut power = 10_f64.powf(self.low.log10().floor());
        while power <= self.high {
            ticks.extend(of.iter().map(|m| m * power).filter(|x| *x >= self.low && *x <= self.high));
            power *= 10.0;
        }
        ticks
    }

    pub(crate) fn draw(&self, svg: &mut Svg, top: f64, bottom: f64, label: impl Fn(f64) -> String) {
        let mut written = f64::NEG_INFINITY;
        for tick in self.ticks() {
            let x = self.at(tick);
            svg.line((x, top), (x, bottom), ink::GRID, 1.0);
            if x - written < 64.0 {
                continue;
            }
            written = x;
            let label = label(tick);
            svg.centred(x, bottom + 16.0, &label);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrapped("incomprehensibly long", 5), ["incomprehensibly", "long"]);
        assert!(wrapped("", 5).is_empty());
    }

    #[test]
    fn the_inks_are_the_light_values_of_the_style_sheet() {
        let light = crate::html::TOKENS.split("@media").next().unwrap();
        for (value, name) in ink::NAMES {
            assert!(light.contains(&format!("--{name}: {value};")), "{name} is not {value}");
        }
    }

    #[test]
    fn on_a_page_every_colour_is_one_of_the_style_sheet() {
        let mut svg = Svg::new(10.0, 10.0, "title", "description");
        for (value, _) in ink::NAMES {
            svg.rect(0.0, 0.0, 1.0, 1.0, value);
        }
        iceberg::shades().for_each(|(value, _)| svg.rect(0.0, 0.0, 1.0, 1.0, &value));
        let page = on_page(&svg.finish());
        assert!(!page.contains("\"#"), "{page}");
        assert_eq!(page.matches("var(--").count(), ink::NAMES.len() + 2 * iceberg::shades().count());
    }
}
