//! Pages of a delivery: their common parts, and the index of the folder.

use ijsberg_report::text::{Language, Text};

use super::about::{measures, title_key};
use super::notes::stage_note;
use crate::country::name;
use crate::document::{Block, Document};
use crate::legal::delivery::{Delivery, Kind};
use crate::tables::PublicTable;
use crate::write::open_data::{self, FolderInfo, citation};

/// A page of a delivery; a page about synthetic persons says so first.
pub(super) fn document(text: &Text, d: &Delivery, title: &str, mut blocks: Vec<Block>) -> Document {
    if d.request.synthetic {
        blocks.insert(0, Block::Note(text.say("report-synthetic")));
    }
    let country = name(text, &d.request.country.name);
    Document {
        language: text.language(),
        title: text.fill(title, &[("year", d.request.year.to_string())]),
        subtitle: country,
        date: d.request.date,
        blocks,
    }
}

/// The index of the folder of a delivery, with its tables.
pub(super) fn index(
    text: &Text,
    d: &Delivery,
    kind: Kind,
    (of, folder): (&[PublicTable], &FolderInfo),
) -> Document {
    let mut blocks = vec![
        Block::Note(stage_note(text, d, d.stage_of(measures(kind)))),
        Block::Paragraph(text.say("legal-index-intro")),
        Block::Paragraph(text.say("legal-signs")),
    ];
    blocks.push(Block::Heading(2, text.say("legal-index-files")));
    let tables = of.iter().map(|t| format!("{}.csv: {}", t.id, t.title));
    let suffix = if text.language() == Language::Dutch { "" } else { ".en" };
    let others = [("tables", "xlsx"), ("tables", "ods"), ("quality", "html")];
    let others =
        others.map(|(n, kind)| format!("{n}{suffix}.{kind}: {}", text.say(&format!("legal-index-{kind}"))));
    let sdmx = (kind == Kind::Sdg).then(|| format!("sdg-16-2-2.sdmx.csv: {}", text.say("legal-index-sdmx")));
    blocks.push(Block::List(tables.chain(others).chain(sdmx).chain(open_data::lines(text)).collect()));
    blocks.push(Block::Heading(2, text.say("data-index-cite")));
    blocks.push(Block::Paragraph(citation(text, folder)));
    for t in of {
        blocks.push(Block::Heading(2, t.title.clone()));
        blocks.push(Block::Table(t.clone()));
    }
    document(text, d, title_key(kind), blocks)
}
