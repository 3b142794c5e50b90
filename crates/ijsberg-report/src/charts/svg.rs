//! Drawings in SVG.

use std::fmt::Write;

use crate::charts::{Data, escape, ink};

/// A chart for a page with `assets/tokens.css`: its colours follow the page, light or dark. A file on its own keeps the light ones, since
/// not every program that shows SVG knows style sheets.
pub fn on_page(svg: &str) -> String {
    let inks =
        ink::NAMES.iter().map(|(value, name)| ((*value).to_owned(), format!("var(--{name}, {value})")));
    let quoted = |ink: &str| format!("\"{ink}\"");
    let coloured = inks
        .chain(ink::shades())
        .fold(svg.to_owned(), |svg, (value, ink)| svg.replace(&quoted(&value), &quoted(&ink)));
    within_reach(coloured)
}

/// A picture whose marks the keyboard reaches, and of which screen readers read those alone: a picture that is one image has no parts for
/// them, and words beside the marks say nothing by themselves. One without marks stays an image.
fn within_reach(svg: String) -> String {
    if !svg.contains("<g class=\"datum\"") {
        return svg;
    }
    svg.replacen("role=\"img\"", "role=\"group\"", 1)
        .replace("<g class=\"datum\"", "<g class=\"datum\" tabindex=\"0\" role=\"img\"")
        .replace("<g class=\"echo\"", "<g class=\"echo\" aria-hidden=\"true\"")
        .replace("<text ", "<text aria-hidden=\"true\" ")
}

/// An SVG drawing under construction.
#[derive(Debug)]
pub(crate) struct Svg {
    body: String,
    pub(super) width: f64,
    height: f64,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) data: Data,
}

impl Svg {
    pub(crate) fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        let (title, description) = (title.to_owned(), description.to_owned());
        Self { body: String::new(), width, height, title, description, data: Data::default() }
    }

    /// With the figures that it shows.
    pub(crate) fn with(mut self, data: Data) -> Self {
        self.data = data;
        self
    }

    /// A part of the picture that says a row of the figures to who points at it, and on a page to who reaches it with the keyboard.
    /// It takes the whole of a place, which is easier to point at than a line: from the left, from the top, its width and its height.
    pub(crate) fn mark(
        &mut self,
        row: usize,
        (x, y, width, height): (f64, f64, f64, f64),
        draw: impl FnOnce(&mut Self),
    ) {
        self.open("datum", row);
        let _ = writeln!(
            self.body,
            r#"<rect class="place" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="none" pointer-events="all"/>"#
        );
        draw(self);
        self.body.push_str("</g>\n");
    }

    /// A part of the picture that says a row of the figures to who points at it, beside the mark that the keyboard reaches.
    pub(crate) fn hint(&mut self, row: usize, draw: impl FnOnce(&mut Self)) {
        self.open("echo", row);
        draw(self);
        self.body.push_str("</g>\n");
    }

    fn open(&mut self, class: &str, row: usize) {
        let (of, said) = (escape(self.data.key(row)), escape(&self.data.said(row)));
        let _ = writeln!(self.body, r#"<g class="{class}" data-of="{of}"><title>{said}</title>"#);
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

    /// A broken line.
    pub(crate) fn dashed(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        let _ = writeln!(
            self.body,
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{stroke}" stroke-width="{width}" stroke-dasharray="6 5"/>"#,
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

    pub(super) fn finish(self) -> String {
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
