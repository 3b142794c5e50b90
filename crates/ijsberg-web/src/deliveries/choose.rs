//! What a delivery is chosen to be: the form, what it says, and what of it does not fit.

use ijsberg_publication::legal::{Kind, Request};
use ijsberg_publication::protection::TableProtection;
use ijsberg_report::text::Text;

use crate::publish::choose::{name, plain, today, ways, window};
use crate::register::{FormData, field_value};
use crate::wrong::FieldErrors;

/// The values of the form: the usual ones, those of the preview beside it, or those that were entered. A browser keeps no file.
pub(super) struct DeliveryForm {
    pub(super) year: String,
    pub(super) years: String,
    pub(super) counts: String,
    kinds: Vec<Kind>,
}

/// The delivery that a form asks for.
pub(super) struct DeliveryRequest {
    pub(super) year: i16,
    pub(super) years: i16,
    pub(super) plain: TableProtection,
    pub(super) kinds: Vec<Kind>,
}

impl Default for DeliveryForm {
    fn default() -> Self {
        // The last year that is over.
        let year = (today().year() - 1).to_string();
        let counts = name(TableProtection::Noise).to_owned();
        Self { year, years: "5".to_owned(), counts, kinds: Kind::ALL.to_vec() }
    }
}

/// The field that asks whether a delivery is for somebody.
fn field(kind: Kind) -> String {
    format!("for.{}", kind.code())
}

impl DeliveryForm {
    /// Of a delivery that was made.
    pub(super) fn from_delivery(asked: &Request, kinds: &[Kind]) -> Self {
        Self {
            year: asked.year.to_string(),
            years: asked.years.to_string(),
            counts: name(asked.plain).to_owned(),
            kinds: kinds.to_vec(),
        }
    }

    /// As it was sent.
    pub(super) fn sent(sent: &FormData) -> Self {
        let text = |field: &str| field_value(sent, field).to_owned();
        let is_chosen = |kind: &Kind| sent.contains_key(&field(*kind));
        let kinds = Kind::ALL.into_iter().filter(is_chosen).collect();
        Self { year: text("year"), years: text("years"), counts: text("counts"), kinds }
    }

    /// Ways to protect counts, with the key of each one's words.
    pub(super) fn ways(&self) -> [(&'static str, &'static str, bool); 3] {
        ways(&self.counts)
    }

    /// For whom it can be: the field, the key of its words, and whether it is chosen.
    pub(super) fn recipients(&self) -> [(String, &'static str, bool); 3] {
        Kind::ALL.map(|kind| (field(kind), kind.key(), self.kinds.contains(&kind)))
    }

    /// What is asked for; what does not fit is said, in the order of the form.
    pub(super) fn read(&self, text: &Text, wrong: &mut FieldErrors) -> Option<DeliveryRequest> {
        if self.kinds.is_empty() {
            wrong.add("for", text.say("web-deliveries-for"), text.say("web-deliveries-for-wrong"));
        }
        let (year, years) = window(text, (&self.year, &self.years), wrong)?;
        Some(DeliveryRequest { year, years, plain: plain(&self.counts), kinds: self.kinds.clone() })
    }
}
