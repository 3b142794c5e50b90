//! Fills in the placeholders of chapters and reports errors.

use ijsberg_report::text::Text;

use crate::document::Block;
use crate::figures;
use crate::monitor::Chapter;
use crate::monitor::bare::{bare, changes, months};
use crate::monitor::declared::{edition_statement, is_final};
use crate::monitor::entries::{Entry, Facts};
use crate::monitor::known::{NEAR, unknown};
use crate::monitor::parse::{
    BLOCKS, EDITION, Element, Kind, Piece, Slot, elements, pieces, without_comments,
};
use crate::monitor::state::{add_stage, state};
use crate::monitor::wrong::{Finding, Wrong};

/// The chapter whose heading is the title of the report and whose first paragraph is the subtitle.
const COVER: &str = "00-cover";

/// Chapters with their placeholders filled in; published only if there are no errors.
#[derive(Debug, Clone, Default)]
pub struct ResolvedText {
    /// The title, if the text has one.
    pub title: Option<String>,
    /// The subtitle.
    pub subtitle: Option<String>,
    /// Other lines of the cover: publisher, country, status of the figures.
    pub cover: Vec<String>,
    /// Whether the author calls the edition final; otherwise it is a draft.
    pub is_final: bool,
    /// All other blocks.
    pub blocks: Vec<Block>,
    /// Errors and warnings, in the order of the text.
    pub findings: Vec<Finding>,
}

struct Resolver<'a> {
    text: &'a Text,
    facts: &'a Facts,
    months: Vec<String>,
    file: &'a str,
    line: usize,
    publisher: Option<String>,
    is_final: bool,
    findings: Vec<Finding>,
}

/// Fills in chapters and checks them. A chapter with headings only, such as a foreword that is not yet written, is left out.
pub fn resolve(text: &Text, facts: &Facts, chapters: &[Chapter]) -> ResolvedText {
    let mut all = ResolvedText::default();
    let statement = edition_statement(chapters);
    let mut r = Resolver {
        text,
        facts,
        months: months(text),
        file: "",
        line: 0,
        publisher: statement.publisher,
        is_final: statement.is_final,
        findings: statement.findings,
    };
    for chapter in chapters {
        r.file = &chapter.file;
        let source = without_comments(&chapter.source);
        let mut blocks = r.chapter(&elements(&source));
        if chapter.file.starts_with(COVER) {
            let heading = blocks.iter().position(|b| matches!(b, Block::Heading(..)));
            if let Some(Block::Heading(_, words)) = heading.map(|at| blocks.remove(at)) {
                all.title = Some(words);
            }
            let first = blocks.iter().position(|b| matches!(b, Block::Paragraph(_)));
            if let Some(Block::Paragraph(words)) = first.map(|at| blocks.remove(at)) {
                all.subtitle = Some(words);
            }
            blocks.retain(|block| {
                let Block::List(lines) = block else { return true };
                all.cover.extend(lines.iter().cloned());
                false
            });
        }
        if blocks.iter().any(|b| !matches!(b, Block::Heading(..))) {
            all.blocks.extend(blocks);
        }
    }
    (all.is_final, all.findings) = (r.is_final, r.findings);
    all.findings.sort_by_key(|f| (chapters.iter().position(|c| c.file == f.file), f.line));
    add_stage(&mut all.cover, facts);
    all
}

/// Text without emphasis marks, with each link as its label followed by its address.
fn plain(words: &str) -> String {
    let words = words.replace("**", "");
    let mut out = String::with_capacity(words.len());
    let mut rest = words.as_str();
    while let Some((before, after)) = rest.split_once('[') {
        out += before;
        let link = after.split_once("](").filter(|(label, _)| !label.contains(']'));
        if let Some((label, (address, after))) = link.and_then(|(l, to)| Some((l, to.split_once(')')?))) {
            out.extend([label, " (", address, ")"]);
            rest = after;
        } else {
            out.push('[');
            rest = after;
        }
    }
    out + rest
}

impl Resolver<'_> {
    fn wrong(&mut self, what: Wrong) {
        self.findings.push(Finding { file: self.file.to_owned(), line: self.line, what });
    }

    fn chapter(&mut self, elements: &[Element<'_>]) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        for of in elements {
            if of.kind == Kind::Block {
                blocks.extend(self.block(of));
                continue;
            }
            let mut words = String::new();
            for (line, of_line) in &of.lines {
                self.line = *line;
                words.push(' ');
                self.words(of_line, &mut words);
            }
            let words = words.trim().to_owned();
            match (of.kind, blocks.last_mut()) {
                _ if words.is_empty() => {}
                // The title of the report has the first level.
                (Kind::Heading(signs), _) => blocks.push(Block::Heading(signs.min(2) + 1, words)),
                (Kind::Note, _) => blocks.push(Block::Note(words)),
                (Kind::Item, Some(Block::List(items))) => items.push(words),
                (Kind::Item, _) => blocks.push(Block::List(vec![words])),
                (Kind::Paragraph | Kind::Block, _) => blocks.push(Block::Paragraph(words)),
            }
        }
        blocks
    }

    /// A chart, table or section.
    fn block(&mut self, of: &Element<'_>) -> Vec<Block> {
        let mut all = Vec::new();
        for (line, words) in &of.lines {
            self.line = *line;
            for piece in pieces(words) {
                let Piece::Slot(slot) = piece else { continue };
                let name = format!("{}:{}", slot.kind, slot.name.to_lowercase());
                if slot.kind == EDITION && is_final(slot.name).is_some() {
                    continue;
                }
                let Some(blocks) = self.facts.blocks.get(&name) else {
                    self.unknown(&name);
                    continue;
                };
                let mut blocks = blocks.clone();
                if let (Some(own), Some(Block::Figure { caption, of: quantity, .. })) =
                    (slot.own, blocks.first_mut())
                {
                    let was = std::mem::replace(caption, self.own(own));
                    if quantity.is_empty() {
                        *quantity = was;
                    }
                }
                all.extend(blocks);
            }
        }
        all
    }

    /// Adds a line, filled in.
    fn words(&mut self, line: &str, out: &mut String) {
        for piece in pieces(line) {
            if let Piece::Words(words) = piece {
                for change in changes(words, self.text.language()) {
                    self.wrong(Wrong::Change { word: change.to_owned() });
                }
            }
            self.piece(&piece, out);
        }
    }

    /// The author's words within a placeholder, filled in. Their words of change are covered by the claim.
    fn own(&mut self, words: &str) -> String {
        let mut out = String::new();
        pieces(words).iter().for_each(|piece| self.piece(piece, &mut out));
        out
    }

    fn piece(&mut self, piece: &Piece<'_>, out: &mut String) {
        match piece {
            Piece::Words(words) => {
                self.checked(words);
                *out += &plain(words);
            }
            Piece::Slot(slot) => {
                let value = self.slot(slot);
                figures::append(self.text, out, &value);
            }
            Piece::Open => self.wrong(Wrong::Open),
        }
    }

    fn slot(&mut self, of: &Slot<'_>) -> String {
        let name = of.name.to_lowercase();
        match of.kind {
            "" => self.number(&name),
            "claim" => self.claim(&name, of),
            "publisher" => of.name.to_owned(),
            EDITION => {
                let Some(is_final) = is_final(of.name) else {
                    self.unknown(&format!("{EDITION}:{name}"));
                    return String::new();
                };
                state(self.text, is_final)
            }
            "quoted" => {
                let Some(source) = of.own else {
                    self.wrong(Wrong::NoSource { number: of.name.to_owned() });
                    return String::new();
                };
                format!("{} ({source})", of.name)
            }
            kind if BLOCKS.contains(&kind) => {
                self.wrong(Wrong::NotAlone { name: format!("{kind}:{name}") });
                String::new()
            }
            kind => {
                self.unknown(&format!("{kind}:{name}"));
                String::new()
            }
        }
    }

    fn number(&mut self, name: &str) -> String {
        match name {
            "publisher" => {
                let missing = || self.text.say("monitor-no-publisher");
                return self.publisher.clone().unwrap_or_else(missing);
            }
            "edition" => return state(self.text, self.is_final),
            _ => {}
        }
        match self.facts.numbers.get(name) {
            Some(Entry::Shown(value)) => return value.clone(),
            Some(Entry::Withheld) => self.wrong(Wrong::Withheld { name: name.to_owned() }),
            None => self.unknown(name),
        }
        String::new()
    }

    /// A claim: the sentence of the program, or the author's own words if the claim has the state that they expect.
    fn claim(&mut self, name: &str, of: &Slot<'_>) -> String {
        let facts = self.facts;
        let claim = match facts.claims.get(name) {
            Some(Entry::Shown(claim)) => claim,
            Some(Entry::Withheld) => {
                self.wrong(Wrong::Withheld { name: format!("claim:{name}") });
                return String::new();
            }
            None => {
                self.unknown(&format!("claim:{name}"));
                return String::new();
            }
        };
        let expected = format!("claim:{name}={}", claim.state);
        match of.state {
            Some(state) if !state.eq_ignore_ascii_case(&claim.state) => {
                self.wrong(Wrong::NoLonger { claim: format!("claim:{name}={state}"), expected });
            }
            None if of.own.is_some() => self.wrong(Wrong::WithoutState { expected }),
            _ => {}
        }
        of.own.map_or_else(|| claim.sentence.clone(), |own| self.own(own))
    }

    /// Reports typed numbers that are not linked to a figure.
    fn checked(&mut self, words: &str) {
        for number in bare(words, &self.months) {
            let digits = |of: &str| of.chars().filter(|c| c.is_numeric()).collect::<String>();
            let typed = digits(&number);
            // A single digit matches too many figures.
            let is_same = |entry: &Entry<String>| {
                typed.len() > 1 && matches!(entry, Entry::Shown(value) if digits(value) == typed)
            };
            let same = self.facts.numbers.iter().filter(|(_, e)| is_same(e)).map(|(name, _)| name.clone());
            let same = same.take(NEAR).collect();
            self.wrong(Wrong::Bare { number, same });
        }
    }

    fn unknown(&mut self, name: &str) {
        self.wrong(unknown(self.facts, name));
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;
    use crate::monitor::entries::Claim;

    fn facts() -> Facts {
        let mut facts = Facts::default();
        for (name, value) in [("persons.2015", "1.321"), ("persons.year", "1.321"), ("year", "2015")] {
            facts.numbers.insert(name.to_owned(), Entry::Shown(value.to_owned()));
        }
        facts.numbers.insert("persons.2014".to_owned(), Entry::Withheld);
        let claim = Claim { state: "fell".to_owned(), sentence: "Dat zijn er minder.".to_owned() };
        facts.claims.insert("persons".to_owned(), Entry::Shown(claim));
        facts.blocks.insert("part:estimate".to_owned(), vec![Block::Note("deel".to_owned())]);
        facts
    }

    fn resolved(source: &str) -> ResolvedText {
        let chapter = |file: &str, source: &str| Chapter { file: file.to_owned(), source: source.to_owned() };
        resolve(&Text::new(Language::Dutch), &facts(), &[chapter("01-summary.nl.md", source)])
    }

    fn wrong(source: &str) -> Vec<(usize, Wrong)> {
        resolved(source).findings.into_iter().map(|f| (f.line, f.what)).collect()
    }

    #[test]
    fn a_text_is_filled_in() {
        let r = resolved(
            "# In {{year}}\n\nEr zijn {{Persons.2015}}\nmensen. {{claim:persons=fell}}\n\n- a\n- b\n\n\
                    {{claim:persons=fell|**Minder** meldingen.}}\n\n{{part:estimate}}\n\nEn {{quoted:944|Bron}}.\n",
        );
        assert!(r.findings.is_empty(), "{:?}", r.findings);
        let blocks: Vec<String> = r.blocks.iter().map(|b| format!("{b:?}")).collect();
        assert_eq!(
            blocks,
            [
                "Heading(2, \"In 2015\")",
                "Paragraph(\"Er zijn 1.321 mensen. Dat zijn er minder.\")",
                "List([\"a\", \"b\"])",
                "Paragraph(\"Minder meldingen.\")",
                "Note(\"deel\")",
                "Paragraph(\"En 944 (Bron).\")",
            ]
        );
    }

    #[test]
    fn a_text_that_the_figures_do_not_support_is_refused() {
        let (name, expected) = ("persons.2014".to_owned(), "claim:persons=fell".to_owned());
        assert_eq!(wrong("a\n{{persons.2014}}"), [(2, Wrong::Withheld { name })]);
        let claim = "claim:persons=rose".to_owned();
        let no_longer = Wrong::NoLonger { claim, expected: expected.clone() };
        assert_eq!(wrong("{{claim:persons=rose}}"), [(1, no_longer)]);
        assert_eq!(wrong("{{claim:persons|minder}}"), [(1, Wrong::WithoutState { expected })]);
        let found = wrong("{{persons.2013}}");
        let [(1, Wrong::Unknown { name, near, .. })] = &found[..] else { panic!("{found:?}") };
        assert_eq!((name.as_str(), near[0].as_str()), ("persons.2013", "persons.2014"));
        assert_eq!(wrong("{{year"), [(1, Wrong::Open)]);
        assert_eq!(wrong("{{quoted:944}}"), [(1, Wrong::NoSource { number: "944".to_owned() })]);
        let name = "part:estimate".to_owned();
        assert_eq!(wrong("zie {{part:estimate}}"), [(1, Wrong::NotAlone { name })]);
        let word = "steeg".to_owned();
        let r = resolved("Het aantal steeg.");
        assert_eq!(r.findings.iter().map(Finding::refuses).collect::<Vec<_>>(), [false]);
        assert_eq!(r.findings[0].what, Wrong::Change { word });
    }

    #[test]
    fn a_typed_number_is_refused_with_its_placeholder() {
        let same = vec!["persons.2015".to_owned(), "persons.year".to_owned()];
        let number = "1321".to_owned();
        assert_eq!(wrong("# a\n\nEr zijn 1321 mensen in 2015."), [(3, Wrong::Bare { number, same })]);
        let number = "77".to_owned();
        assert_eq!(wrong("{{claim:persons=fell|nog 77}}"), [(1, Wrong::Bare { number, same: Vec::new() })]);
    }

    #[test]
    fn a_link_becomes_label_and_address_and_a_reference_is_unchanged() {
        assert_eq!(
            plain("**Zie** [de wet](https://wet.nl) en [12]."),
            "Zie de wet (https://wet.nl) en [12]."
        );
    }

    #[test]
    fn an_unwritten_foreword_is_left_out_and_the_cover_has_the_title() {
        let of = |file: &str, source: &str| Chapter { file: file.to_owned(), source: source.to_owned() };
        let chapters = [
            of("00-cover.nl.md", "# Titel {{year}}\n\nOndertitel\n\nMeer"),
            of("00-foreword.nl.md", "# Voorwoord\n\n<!-- hier -->\n"),
        ];
        let r = resolve(&Text::new(Language::Dutch), &facts(), &chapters);
        assert_eq!((r.title.as_deref(), r.subtitle.as_deref()), (Some("Titel 2015"), Some("Ondertitel")));
        assert!(matches!(&r.blocks[..], [Block::Paragraph(words)] if words == "Meer"), "{:?}", r.blocks);
    }
}
