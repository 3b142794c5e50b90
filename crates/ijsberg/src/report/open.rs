//! Open data beside a yearly report.

use std::path::Path;

use anyhow::Context;
use ijsberg_publication::Edition;
use ijsberg_publication::write::File;
use ijsberg_publication::write::open_data::{LANGUAGES, describe_edition, structure_of, with_open_data};
use ijsberg_report::text::Text;

use super::monitor::Pages;
use crate::output::publish;

/// Adds to the files of an edition what makes open data of them; returns how many files. A copy under embargo is no open data.
pub(super) fn beside(e: &Edition, pages: &Pages, dir: &Path) -> anyhow::Result<usize> {
    if e.options.embargo.is_some() {
        return Ok(0);
    }
    let texts = LANGUAGES.map(Text::new);
    let texts = texts.each_ref();
    let tables = texts.map(|text| pages.tables(text, e));
    let tables = tables.each_ref().map(Vec::as_slice);
    let structure = structure_of(texts, e.options.date, tables);
    let mut files = Vec::new();
    read(dir, "", &mut files)?;
    files.sort();
    let written = files.len();
    let mut all = with_open_data(texts, &describe_edition(texts, e), (&structure, tables), files)?;
    let added = all.split_off(written);
    for (name, content) in &added {
        if let Some(folder) = dir.join(name).parent() {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        publish(dir, name, content)?;
    }
    Ok(added.len())
}

/// What is written so far, by its name in the folder.
fn read(dir: &Path, below: &str, files: &mut Vec<File>) -> anyhow::Result<()> {
    let context = || dir.display().to_string();
    for entry in std::fs::read_dir(dir).with_context(context)? {
        let entry = entry.with_context(context)?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type().with_context(context)?.is_dir() {
            read(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, std::fs::read(entry.path()).with_context(context)?));
        }
    }
    Ok(())
}
