//! All parts that pages are made of, on one page, for who changes how they look. Shipped programs do not have it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use ijsberg_report::charts::{self, Decision, Edge, Node};
use ijsberg_report::html::{TOKENS, figure};
use ijsberg_report::text::{Language, Text};

use crate::app::App;
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

/// A colour of the style sheet.
struct Colour {
    name: &'static str,
    value: &'static str,
    /// What it is for.
    meaning: &'static str,
}

#[derive(Template)]
#[template(path = "style.html")]
struct Style<'a> {
    s: Shell<'a>,
    colours: Vec<Colour>,
    /// A picture of a group, as pages draw it.
    group: String,
}

/// Three registrations, of which two are joined.
fn drawn(text: &Text) -> String {
    let node = |(letter, label): (&str, &str)| Node {
        letter: letter.to_owned(),
        label: label.to_owned(),
        compared: letter != "C",
    };
    let nodes: Vec<Node> = [("A", "P"), ("B", "Z"), ("C", "K")].into_iter().map(node).collect();
    let edge = |(a, b, decision)| Edge { a, b, decision, probability: None };
    let edges = [(0, 2, Decision::Same), (1, 2, Decision::Undecided)].map(edge);
    let mut out = String::new();
    figure(&mut out, "Decisions about three registrations", charts::group(text, &nodes, &edges).as_ref());
    out
}

/// The colours by day, as the style sheet has them: `--name: #value;  /* meaning */`.
fn colours() -> Vec<Colour> {
    let by_day = TOKENS.split("@media").next().unwrap_or_default();
    let colour = |line: &'static str| {
        let (name, rest) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let (value, rest) = rest.split_once(';')?;
        let meaning = rest.trim().trim_start_matches("/*").trim_end_matches("*/").trim();
        Some(Colour { name, value, meaning })
    };
    by_day.lines().filter_map(colour).collect()
}

/// The page.
pub(crate) async fn style(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    if !cfg!(debug_assertions) {
        return Err(WebError::NotFound);
    }
    let mut s = Shell::new(&app, &visitor, "web-title");
    "Style".clone_into(&mut s.title);
    let group = drawn(app.text(Language::English));
    page(&Style { s, colours: colours(), group })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_drawn() {
        let drawn = drawn(&Text::new(Language::English));
        assert!(drawn.contains("<svg") && drawn.contains("<figcaption>"), "{drawn}");
    }

    #[test]
    fn every_colour_says_what_it_is_for() {
        let all = colours();
        assert!(all.len() > 40);
        assert!(all.iter().all(|c| !c.meaning.is_empty() || c.name == "page"), "{:?}", all.len());
    }
}
