//! What is wrong in a text, and what is expected there, in the reader's language.

use ijsberg_report::text::Text;

/// What is wrong at a place of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing has that name.
    Unknown {
        /// The name, with its kind.
        name: String,
        /// Names that are like it.
        near: Vec<String>,
        /// Where there are none, names that are possible there.
        possible: Vec<String>,
    },
    /// It is there and was not published.
    Withheld {
        /// The name.
        name: String,
    },
    /// The figures do not say it.
    NoLonger {
        /// The claim as it is in the text.
        claim: String,
        /// The claim as the figures have it.
        expected: String,
    },
    /// Own words for a claim of which the text does not say how it should come out.
    WithoutState {
        /// The claim as it should be.
        expected: String,
    },
    /// A number that hangs on no figure.
    Bare {
        /// The number.
        number: String,
        /// Placeholders with that number.
        same: Vec<String>,
    },
    /// A number of somebody else, without its source.
    NoSource {
        /// The number.
        number: String,
    },
    /// A chart, table or section in the middle of a line.
    NotAlone {
        /// Its name.
        name: String,
    },
    /// Braces that nothing closes on the same line.
    Open,
    /// The edition is called final and does not say who publishes it.
    NoPublisher,
    /// The edition is called final here and a draft elsewhere.
    Both,
    /// A word that says that something changed, outside any claim.
    Change {
        /// The word.
        word: String,
    },
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// What is wrong there.
    pub what: Wrong,
}

/// Names in a row, each as it is typed.
fn typed(names: &[String]) -> String {
    names.iter().map(|n| format!("{{{{{n}}}}}")).collect::<Vec<_>>().join(", ")
}

impl Finding {
    /// Whether nothing may be published with it; otherwise the author is told.
    pub fn refuses(&self) -> bool {
        !matches!(self.what, Wrong::Change { .. })
    }

    /// File, line, what is wrong and what is expected.
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
