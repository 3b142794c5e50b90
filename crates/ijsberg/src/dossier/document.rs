//! The dossier as a document in Markdown.

use ijsberg_report::text::Text;

use super::page::Page;
use super::{Dossier, annex, record};

/// The whole document.
pub(super) fn document(text: &Text, dossier: &Dossier) -> String {
    let mut page = Page::new(text);
    let day = text.day(&dossier.made_on);
    page.heading("#", "dossier-title");
    page.fill("dossier-made", &[("day", day), ("version", dossier.versions.program.to_owned())]);
    page.say("dossier-to-fill");
    if dossier.running.people.synthetic {
        page.say("dossier-synthetic");
    }
    record::write(&mut page, dossier);
    annex::write(&mut page, dossier);
    page.finish()
}
