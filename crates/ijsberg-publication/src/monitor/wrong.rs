//! Errors in a text, with the expected alternative, in the reader's language.

use ijsberg_report::text::Text;

/// Kinds of errors in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The name is not known.
    Unknown {
        /// The name, with its kind.
        name: String,
        /// Similar names.
        near: Vec<String>,
        /// If there are none, possible names.
        possible: Vec<String>,
    },
    /// The figure or claim is not published.
    Withheld {
        /// The name.
        name: String,
    },
    /// The figures do not support the claim.
    NoLonger {
        /// The claim in the text.
        claim: String,
        /// The claim that the figures support.
        expected: String,
    },
    /// Own words for a claim without its expected state.
    WithoutState {
        /// The claim with its state.
        expected: String,
    },
    /// A typed number that is not linked to a figure.
    Bare {
        /// The number.
        number: String,
        /// Placeholders with that number.
        same: Vec<String>,
    },
    /// A quoted number without its source.
    NoSource {
        /// The number.
        number: String,
    },
    /// A chart, table or section in the middle of a line.
    NotAlone {
        /// Its name.
        name: String,
    },
    /// Braces that are not closed on the same line.
    Open,
    /// The edition is called final but has no publisher.
    NoPublisher,
    /// The edition is called final here and a draft elsewhere.
    Both,
    /// A word of change outside a claim.
    Change {
        /// The word.
        word: String,
    },
}

/// An error or warning and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The kind of error.
    pub what: Wrong,
}

/// Names as the author would type them.
fn typed(names: &[String]) -> String {
    names.iter().map(|n| format!("{{{{{n}}}}}")).collect::<Vec<_>>().join(", ")
}

impl Finding {
    /// Whether it prevents publication; otherwise it is only a warning for the author.
    pub fn refuses(&self) -> bool {
        !matches!(self.what, Wrong::Change { .. })
    }

    /// The message: file, line, error and expected alternative.
    pub fn in_words(&self, text: &Text) -> String {
        let what = match &self.what {
            Wrong::Unknown { name, near, possible } if near.is_empty() => text.fill(
                "monitor-wrong-unknown-possible",
                &[("name", name.clone()), ("possible", typed(possible))],
            ),
            Wrong::Unknown { name, near, .. } => {
                text.fill("monitor-wrong-unknown", &[("name", name.clone()), ("near", typed(near))])
            }
            Wrong::Withheld { name } => text.fill("monitor-wrong-withheld", &[("name", name.clone())]),
            Wrong::NoLonger { claim, expected } => text.fill(
                "monitor-wrong-claim",
                &[("claim", claim.clone()), ("expected", typed(std::slice::from_ref(expected)))],
            ),
            Wrong::WithoutState { expected } => {
                text.fill("monitor-wrong-state", &[("expected", expected.clone())])
            }
            Wrong::Bare { number, same } if same.is_empty() => {
                text.fill("monitor-wrong-bare", &[("number", number.clone())])
            }
            Wrong::Bare { number, same } => {
                text.fill("monitor-wrong-bare-same", &[("number", number.clone()), ("same", typed(same))])
            }
            Wrong::NoSource { number } => text.fill("monitor-wrong-source", &[("number", number.clone())]),
            Wrong::NotAlone { name } => text.fill("monitor-wrong-alone", &[("name", name.clone())]),
            Wrong::Open => text.say("monitor-wrong-open"),
            Wrong::NoPublisher => text.say("monitor-wrong-publisher"),
            Wrong::Both => text.say("monitor-wrong-both"),
            Wrong::Change { word } => text.fill("monitor-wrong-change", &[("word", word.clone())]),
        };
        let parts = [("file", self.file.clone()), ("line", self.line.to_string()), ("what", what)];
        text.fill("monitor-wrong", &parts)
    }
}
