//! All parts that pages are made of, on one page, for who changes how they look. Shipped programs do not have it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use ijsberg_report::html::TOKENS;

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
    page(&Style { s, colours: colours() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_says_what_it_is_for() {
        let all = colours();
        assert!(all.len() > 40);
        assert!(all.iter().all(|c| !c.meaning.is_empty() || c.name == "page"), "{:?}", all.len());
    }
}
