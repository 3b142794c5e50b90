//! The cover of a report that somebody signs.

use ijsberg_report::text::Text;

use crate::document::{Block, standing};
use crate::edition::Edition;
use crate::monitor::resolve::Resolved;
use crate::monitor::state::state;

/// What is on a cover beside the title and what is below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Front {
    /// Who publishes it, the country, what else its author put there, and whether the figures are final.
    pub lines: Vec<String>,
    /// The year that it is of.
    pub year: String,
    /// The day of the edition, and whether it is a draft.
    pub edition: String,
    /// Whether it is a draft, for every page.
    pub state: String,
    /// What every reader must be told first.
    pub notes: Vec<String>,
    /// Blocks at the start of the document that say what the cover says.
    pub blocks: usize,
}

/// What every reader is told before the text, whatever the text says: an embargo, synthetic persons, that it is a draft.
pub(super) fn notes(text: &Text, e: &Edition, of: &Resolved) -> Vec<Block> {
    let draft = (!of.is_final).then(|| Block::Note(text.say("monitor-draft")));
    standing(text, e).into_iter().chain(draft).collect()
}

/// The cover of an edition with these chapters.
pub fn front(text: &Text, e: &Edition, of: &Resolved) -> Front {
    let words = |block: Block| if let Block::Note(words) = block { Some(words) } else { None };
    let state = state(text, of.is_final);
    let day = text.day(&e.options.date.to_string());
    Front {
        lines: of.cover.clone(),
        year: e.options.year.to_string(),
        edition: text.fill("monitor-cover-edition", &[("date", day), ("edition", state.clone())]),
        state,
        notes: notes(text, e, of).into_iter().filter_map(words).collect(),
        blocks: usize::from(!of.cover.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;
    use crate::monitor::entries::{Entry, Facts};
    use crate::monitor::wrong::Wrong;
    use crate::monitor::{Chapter, resolve};

    #[test]
    fn a_final_edition_names_its_publisher_and_the_text_repeats_the_name() {
        let of = |cover: &str| {
            let chapter =
                |file: &str, source: &str| Chapter { file: file.to_owned(), source: source.to_owned() };
            let colophon = "Uitgever: {{publisher}}, {{edition}}.";
            let chapters = [chapter("00-cover.nl.md", cover), chapter("14-colophon.nl.md", colophon)];
            resolve(&Text::new(Language::Dutch), &Facts::default(), &chapters)
        };
        let r = of("# T\n\n- {{publisher:Nationaal Rapporteur}}\n- Nederland\n\n{{edition:final}}\n");
        assert!(r.findings.is_empty() && r.is_final, "{:?}", r.findings);
        assert_eq!(r.cover, ["Nationaal Rapporteur", "Nederland"]);
        let said = "Uitgever: Nationaal Rapporteur, definitief.";
        assert!(matches!(&r.blocks[..], [Block::Paragraph(words)] if words == said), "{:?}", r.blocks);
        let r = of("# T\n\n{{edition:final}}\n");
        let found: Vec<_> = r.findings.iter().map(|f| (f.file.as_str(), &f.what, f.refuses())).collect();
        assert_eq!(found, [("00-cover.nl.md", &Wrong::NoPublisher, true)]);
        // A draft may be without, and so is one that is not called anything.
        for cover in ["# T\n\n{{edition:draft}}\n", "# T\n"] {
            let r = of(cover);
            assert!(r.findings.is_empty() && !r.is_final, "{:?}", r.findings);
        }
        assert!(!of("# T\n\n{{edition:signed}}\n").findings.is_empty());
    }

    #[test]
    fn what_a_text_says_of_its_edition_may_stand_anywhere() {
        let of = |cover: &str, colophon: &str| {
            let all = [("00-cover.nl.md", cover), ("17-colophon.nl.md", colophon)];
            let all = all.map(|(file, source)| Chapter { file: file.to_owned(), source: source.to_owned() });
            resolve(&Text::new(Language::Dutch), &Facts::default(), &all)
        };
        let cover = "# T\n\nEditie: {{edition}}, {{publisher}}.";
        for (place, shown) in [
            ("{{edition:final}}", ""),
            ("Dit is {{edition:Final}}.", "Paragraph(\"Dit is definitief.\")"),
            ("# Editie {{edition:final}}", "Heading(2, \"Editie definitief\")"),
            ("> Nu {{edition:final}}", "Note(\"Nu definitief\")"),
            ("- {{edition:final}}", "List([\"definitief\"])"),
            ("Een zin\ndie {{edition:final}} is.", "Paragraph(\"Een zin die definitief is.\")"),
        ] {
            let r = of(cover, &format!("{place}\n\nUitgever: {{{{publisher:Bureau}}}}"));
            assert!(r.findings.is_empty() && r.is_final, "{place}: {:?}", r.findings);
            // The cover comes first and knows it all the same.
            assert_eq!(r.subtitle.as_deref(), Some("Editie: definitief, Bureau."), "{place}");
            let said = format!("{:?}", r.blocks);
            assert!(said.contains(shown) && said.contains("Uitgever: Bureau"), "{place}: {said}");
        }
        let found = |r: &Resolved| {
            let of = r.findings.iter().map(|f| (f.file.clone(), f.line, f.what.clone()));
            of.collect::<Vec<_>>()
        };
        let colophon = "17-colophon.nl.md".to_owned();
        // Which of the two it is nobody can tell.
        let r = of("# T\n\n{{edition:draft}}", "- {{publisher:Bureau}}\n- {{edition:final}}");
        assert_eq!((found(&r), r.is_final), (vec![(colophon.clone(), 2, Wrong::Both)], false));
        // One that there is not is told with those that there are, wherever it stands.
        for place in ["{{edition:signed}}", "Dit is {{edition:signed}}."] {
            let r = of(cover, &format!("a\n\n{place}"));
            let possible = ["edition:draft", "edition:final"].map(str::to_owned).to_vec();
            let what = Wrong::Unknown { name: "edition:signed".to_owned(), near: Vec::new(), possible };
            assert_eq!(found(&r), [(colophon.clone(), 3, what)]);
            let said = r.findings[0].in_words(&Text::new(Language::Dutch));
            assert!(said.starts_with("17-colophon.nl.md, regel 3: "), "{said}");
            assert!(said.contains("{{edition:draft}}, {{edition:final}}"), "{said}");
        }
    }

    #[test]
    fn a_cover_says_once_whether_the_figures_are_final() {
        let mut facts = Facts::default();
        let stage = "Voorlopige cijfers over 2015";
        facts.numbers.insert("stage".to_owned(), Entry::Shown(stage.to_owned()));
        let of = |cover: &str| {
            let chapter = Chapter { file: "00-cover.nl.md".to_owned(), source: cover.to_owned() };
            resolve(&Text::new(Language::Dutch), &facts, &[chapter]).cover
        };
        assert_eq!(of("# T\n\n- Nederland\n"), ["Nederland", stage]);
        assert_eq!(of("# T\n\n- {{stage}}\n- Nederland\n"), [stage, "Nederland"]);
        assert_eq!(of("# T\n"), [stage]);
    }
}
