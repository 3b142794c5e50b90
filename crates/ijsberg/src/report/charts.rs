//! The charts of a report as files beside its pages.

use ijsberg_pdf::Painter;
use ijsberg_publication::Edition;
use ijsberg_publication::document::Document;
use ijsberg_publication::write::pictures::{Picture, pictures};
use ijsberg_report::text::Text;
use rayon::prelude::*;

/// The name of a file and what is in it.
pub(super) type File = (String, Vec<u8>);

/// Each chart of a report as SVG, as PNG for programs that cannot show SVG, and its figures as CSV.
pub(super) fn charts(
    text: &Text,
    e: &Edition,
    document: &Document,
    painter: &Painter,
) -> anyhow::Result<Vec<File>> {
    let files = |Picture { name, svg, csv }: Picture| -> anyhow::Result<[File; 3]> {
        let png = painter.png(&svg)?;
        let named = |ending: &str, content: Vec<u8>| (format!("{name}.{ending}"), content);
        Ok([named("svg", svg.into_bytes()), named("png", png), named("csv", csv.into_bytes())])
    };
    let all = pictures(text, e, document).into_par_iter().map(files);
    Ok(all.collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect())
}
