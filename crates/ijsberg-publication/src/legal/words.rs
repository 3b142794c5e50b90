//! Remarks for the producer of a delivery, and error messages for deliveries and for the tables of a prosecution service, in the reader's
//! language.

use ijsberg_report::text::Text;

use crate::legal::deliver::DeliveryError;
use crate::legal::delivery::Delivery;
use crate::legal::justice::{JusticeError, Wrong};
use crate::legal::measure::Measure;

impl Delivery {
    /// Remarks for the producer only, not for publication.
    pub fn remarks(&self, text: &Text) -> Vec<String> {
        let mut all = Vec::new();
        for of in Measure::ALL.into_iter().filter_map(|m| self.released(m)) {
            if of.without_year > 0 {
                let n = text.number(of.without_year as f64);
                all.push(text.fill("publish-without-year", &[("n", n)]));
            }
            if of.held_back > 0 {
                let parts =
                    [("year", self.request.year.to_string()), ("n", text.number(of.held_back as f64))];
                all.push(text.fill("legal-held-back", &parts));
            }
        }
        all
    }
}

impl DeliveryError {
    /// The error message.
    pub fn in_words(&self, text: &Text) -> String {
        match self {
            Self::Publish(e) => e.in_words(text),
            Self::Disagree { measure, by } => {
                text.fill("legal-disagree", &[("what", (*measure).to_owned()), ("by", by.clone())])
            }
        }
    }
}

impl JusticeError {
    /// The error message, with the line and the column.
    pub fn in_words(&self, text: &Text) -> String {
        let parts = [
            ("line", self.line.to_string()),
            ("column", self.column.to_owned()),
            ("what", self.what.in_words(text)),
        ];
        text.fill("legal-justice-at", &parts)
    }
}

impl Wrong {
    fn in_words(&self, text: &Text) -> String {
        match self {
            Self::Column => text.say("justice-column"),
            Self::Year => text.say("justice-year"),
            Self::OneOf(all) => text.fill("justice-one-of", &[("all", all.clone())]),
            Self::Number => text.say("justice-number"),
            Self::LevelOfTotal => text.say("justice-level-of-total"),
            Self::Twice(line) => text.fill("justice-twice", &[("line", line.to_string())]),
            Self::NoTotal(measure) => text.fill("justice-no-total", &[("measure", (*measure).to_owned())]),
            Self::Sum { measure, by, total, sum } => text.fill(
                "justice-sum",
                &[
                    ("measure", (*measure).to_owned()),
                    ("by", (*by).to_owned()),
                    ("total", total.to_string()),
                    ("sum", sum.to_string()),
                ],
            ),
        }
    }
}
