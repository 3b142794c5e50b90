//! A chart as a file of its own, which says what it shows and where it comes from wherever it is passed on.

use std::fmt::Write;

use crate::charts::{Chart, escape, ink, wrapped};

/// Room around the picture.
const MARGIN: f64 = 24.0;

/// The width of a letter in the title, in the line below it and in the source, in units.
const LETTERS: [f64; 3] = [9.6, 7.0, 6.2];

/// Sizes of these words, and how far their lines are apart.
const SIZES: [(f64, f64); 3] = [(18.0, 24.0), (13.0, 18.0), (11.5, 16.0)];

impl Chart {
    /// The wide picture on a white ground, with what it shows and of what it is above it, and its source below.
    pub fn alone(&self, title: &str, of: &str, source: &str) -> String {
        let (width, height) = size(&self.wide);
        let lines = |at: usize, words: &str| wrapped(words, (width / LETTERS[at]) as usize);
        let mut words = String::new();
        let mut y = MARGIN;
        for (at, said) in [title, of].into_iter().enumerate() {
            y = written(&mut words, lines(at, said), at, y);
        }
        let picture = y + 12.0;
        let end = written(&mut words, lines(2, source), 2, picture + height + 8.0);
        // Within another picture it has a place and a size.
        let place = format!("x=\"{MARGIN}\" y=\"{picture}\" width=\"{width}\" height=\"{height}\"");
        let inner = self.wide.replacen("role=\"img\"", &place, 1);
        let (all_wide, all_high) = (width + 2.0 * MARGIN, end + MARGIN - 8.0);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {all_wide} {all_high}\" width=\"{all_wide}\" \
             height=\"{all_high}\" role=\"img\" font-family=\"system-ui, sans-serif\">\n<title>{}</title>\n<desc>{}</desc>\n\
             <rect width=\"{all_wide}\" height=\"{all_high}\" fill=\"#ffffff\"/>\n{words}{inner}</svg>\n",
            escape(title),
            escape(&self.description),
        )
    }
}

/// Writes lines below a height; returns where the next may begin.
fn written(out: &mut String, lines: Vec<String>, at: usize, mut y: f64) -> f64 {
    let (size, step) = SIZES[at];
    let weight = if at == 0 { " font-weight=\"700\"" } else { "" };
    let colour = if at == 0 { ink::TEXT } else { ink::QUIET };
    for line in lines {
        y += step;
        // Writing to a text does not fail.
        let _ = writeln!(
            out,
            "<text x=\"{MARGIN}\" y=\"{:.1}\" font-size=\"{size}\"{weight} fill=\"{colour}\">{}</text>",
            y - 0.25 * step,
            escape(&line)
        );
    }
    y
}

/// The width and the height of a picture.
fn size(svg: &str) -> (f64, f64) {
    let sizes = svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once('"'));
    let of = sizes.and_then(|(sizes, _)| sizes.split_once(' '));
    let number = |of: &str| of.parse::<f64>().ok();
    of.and_then(|(width, height)| number(width).zip(number(height))).unwrap_or((720.0, 400.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{Part, bars};
    use crate::text::{Language, Text};

    #[test]
    fn a_chart_that_is_passed_on_says_what_it_shows_and_where_it_comes_from() {
        let text = Text::new(Language::English);
        let part = |label: &str, seen| Part { label: label.to_owned(), seen, n_hat: seen, limits: None };
        let chart = bars(&text, "By form", &[part("A & B", 30.0), part("other", 12.0)]).unwrap();
        let (width, height) = size(&chart.wide);
        assert_eq!(width, 720.0);
        let long = "A finding that is told in so many words that they do not stand in one line above the picture, but in two";
        let svg = chart.alone(long, "Of <people>", "Source: a report.");
        assert_eq!(svg.matches("<svg ").count(), 2);
        assert_eq!(svg.matches("role=\"img\"").count(), 1, "one picture");
        assert!(
            svg.contains("Of &lt;people&gt;")
                && svg.contains("Source: a report.")
                && svg.contains("A &amp; B")
        );
        // The words stand above the picture and below it, and never on it.
        let (all_wide, all_high) = size(&svg);
        let place = svg.rsplit("x=\"24\" y=\"").next().unwrap();
        let inner: f64 = place.split('"').next().unwrap().parse().unwrap();
        let y = |of: &str| -> f64 {
            let line = svg.lines().find(|l| l.starts_with("<text") && l.contains(of)).unwrap();
            line.split("y=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        };
        assert!(y("A finding") < y("but in two") && y("but in two") < y("Of &lt;") && y("Of &lt;") < inner);
        assert!(y("Source:") > inner + height && y("Source:") < all_high && all_wide == width + 48.0);
    }
}
