//! Charts as accessible SVG: each has a title, a description in words, and works in black and white.

mod alone;
mod axis;
#[cfg(test)]
mod colours;
mod data;
mod delays;
mod design;
mod evidence;
mod forest;
mod group;
mod iceberg;
mod influence;
pub(crate) mod ink;
mod labels;
mod late;
mod levels;
pub mod linkage;
mod multiverse;
mod open;
mod overlaps;
mod parts;
mod sensitivity;
mod svg;
mod trend;
mod xml;

pub use data::{Cell, Data};
pub use delays::delays;
pub use design::design;
pub use evidence::evidence;
pub use forest::forest;
pub use group::{Decision, Edge, Node, group};
pub use iceberg::iceberg;
pub use influence::influence;
pub use late::late;
pub use levels::{bars, levels};
pub use multiverse::multiverse;
pub use open::open;
pub use overlaps::overlaps;
pub use sensitivity::{sensitivity, sensitivity_caption};
pub use trend::{series, trend};

pub(crate) use axis::LogAxis;
pub(crate) use data::{WIDE, sorted_by};
pub(crate) use labels::{margin_for, shortened, wrapped};
pub(crate) use parts::figures;
pub use parts::{Part, caption};
pub(crate) use svg::Svg;
pub use svg::on_page;
pub use xml::escape;

use crate::text::Text;

/// A chart as data, for the caller that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its title.
    pub title: String,
    /// What it shows in words, for readers who cannot see it.
    pub description: String,
    /// The picture for a page and for a file, about 720 units wide.
    pub wide: String,
    /// The picture for a phone, 360 units wide: labels stand above what they name.
    pub narrow: String,
    /// The figures that the wide picture shows, a row for each of its marks.
    pub data: Data,
}

impl Chart {
    /// Draws a chart for a page and for a phone; none where there is nothing to show.
    pub(crate) fn drawn(draw: impl Fn(Room) -> Option<Svg>) -> Option<Self> {
        let (wide, narrow) = (draw(Room::Wide)?, draw(Room::Narrow)?);
        // Without a row there is nothing to say of it, and readers who cannot see it would find a picture without words.
        if wide.description.trim().is_empty() {
            return None;
        }
        Some(Self {
            title: wide.title.clone(),
            description: wide.description.clone(),
            data: wide.data.clone(),
            wide: wide.finish(),
            narrow: narrow.finish(),
        })
    }
}

/// Draws a chart of an analysis; none where there is nothing to show.
pub type Draw = fn(&Text, &crate::Analysis) -> Option<Chart>;

/// The charts of an analysis by the names of their files.
pub const OF_ANALYSIS: [(&str, Draw); 9] = [
    ("iceberg", iceberg),
    ("overlaps", overlaps),
    ("forest", forest),
    ("multiverse", multiverse),
    ("influence", influence),
    ("sensitivity", sensitivity),
    ("trend", trend),
    ("levels", levels),
    ("evidence", evidence),
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
        self.pick(720.0, 360.0)
    }

    /// One of two numbers: on a page, on a phone.
    pub(crate) fn pick(self, wide: f64, narrow: f64) -> f64 {
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
        Self { room, left: room.pick(margin_for(labels), 10.0), top, step: step + room.pick(0.0, 17.0) }
    }

    /// The middle of a row.
    pub(crate) fn at(&self, row: usize) -> f64 {
        self.top + self.room.pick(0.0, 17.0) + self.step * row as f64
    }

    /// The lower end of so many rows.
    pub(crate) fn bottom(&self, rows: usize) -> f64 {
        self.top + self.step * rows as f64
    }

    /// Draws a row of the figures: its label, and around the middle of the row whatever else shows it.
    pub(crate) fn mark(&self, svg: &mut Svg, row: usize, label: &str, draw: impl FnOnce(&mut Svg, f64)) {
        let y = self.at(row);
        let bottom = y + 0.5 * (self.step - self.room.pick(0.0, 17.0));
        svg.mark(row, (0.0, bottom - self.step, svg.width, self.step), |svg| {
            self.label(svg, row, label);
            draw(svg, y);
        });
    }

    /// Writes the label of a row.
    fn label(&self, svg: &mut Svg, row: usize, label: &str) {
        let y = self.at(row);
        match self.room {
            Room::Wide => svg.text(self.left - 10.0, y + 4.0, 12.0, "end", ink::TEXT, label),
            Room::Narrow => svg.text(self.left, y - 12.0, 12.0, "start", ink::TEXT, label),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ink::shades().for_each(|(value, _)| svg.rect(0.0, 0.0, 1.0, 1.0, &value));
        let page = on_page(&svg.finish());
        assert!(!page.contains("\"#"), "{page}");
        assert_eq!(page.matches("var(--").count(), ink::NAMES.len() + 2 * ink::shades().count());
    }
}
