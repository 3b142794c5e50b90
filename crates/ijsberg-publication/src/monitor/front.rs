//! The cover of a signed report.

use ijsberg_report::text::Text;

use crate::document::{Block, required_notes};
use crate::edition::Edition;
use crate::monitor::resolve::ResolvedText;
use crate::monitor::state::state;

/// The contents of a cover in addition to title and subtitle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Front {
    /// Lines such as the publisher and the country, others that the author added, and the status of the figures.
    pub lines: Vec<String>,
    /// The year.
    pub year: String,
    /// The day of the edition and its state.
    pub edition: String,
    /// The state (draft or final), for every page.
    pub state: String,
    /// The notes that every reader must see first.
    pub notes: Vec<String>,
    /// The number of blocks at the start of the document that repeat the cover.
    pub blocks: usize,
}

/// The notes before the text that every reader must see, whatever the text says: embargo, synthetic persons, draft.
pub(super) fn notes(text: &Text, e: &Edition, of: &ResolvedText) -> Vec<Block> {
    let draft = (!of.is_final).then(|| Block::Note(text.say("monitor-draft")));
    required_notes(text, e).into_iter().chain(draft).collect()
}

/// The cover of an edition with these chapters.
pub fn front(text: &Text, e: &Edition, of: &ResolvedText) -> Front {
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
        let colophon = "Uitgever: Nationaal Rapporteur, definitief.";
        assert!(matches!(&r.blocks[..], [Block::Paragraph(words)] if words == colophon), "{:?}", r.blocks);
        let r = of("# T\n\n{{edition:final}}\n");
        let found: Vec<_> = r.findings.iter().map(|f| (f.file.as_str(), &f.what, f.refuses())).collect();
        assert_eq!(found, [("00-cover.nl.md", &Wrong::NoPublisher, true)]);
        // A draft, also one that is not called so, needs no publisher.
        for cover in ["# T\n\n{{edition:draft}}\n", "# T\n"] {
            let r = of(cover);
            assert!(r.findings.is_empty() && !r.is_final, "{:?}", r.findings);
        }
        assert!(!of("# T\n\n{{edition:signed}}\n").findings.is_empty());
    }

    #[test]
    fn a_text_may_state_its_edition_and_publisher_anywhere() {
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
            // The cover comes first and has the statement too.
            assert_eq!(r.subtitle.as_deref(), Some("Editie: definitief, Bureau."), "{place}");
            let blocks = format!("{:?}", r.blocks);
            assert!(blocks.contains(shown) && blocks.contains("Uitgever: Bureau"), "{place}: {blocks}");
        }
        let found = |r: &ResolvedText| {
            let of = r.findings.iter().map(|f| (f.file.clone(), f.line, f.what.clone()));
            of.collect::<Vec<_>>()
        };
        let colophon = "17-colophon.nl.md".to_owned();
        // The statements contradict each other.
        let r = of("# T\n\n{{edition:draft}}", "- {{publisher:Bureau}}\n- {{edition:final}}");
        assert_eq!((found(&r), r.is_final), (vec![(colophon.clone(), 2, Wrong::Both)], false));
        // An unknown edition is reported with the possible ones, wherever it is.
        for place in ["{{edition:signed}}", "Dit is {{edition:signed}}."] {
            let r = of(cover, &format!("a\n\n{place}"));
            let possible = ["edition:draft", "edition:final"].map(str::to_owned).to_vec();
            let what = Wrong::Unknown { name: "edition:signed".to_owned(), near: Vec::new(), possible };
            assert_eq!(found(&r), [(colophon.clone(), 3, what)]);
            let message = r.findings[0].in_words(&Text::new(Language::Dutch));
            assert!(message.starts_with("17-colophon.nl.md, regel 3: "), "{message}");
            assert!(message.contains("{{edition:draft}}, {{edition:final}}"), "{message}");
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
