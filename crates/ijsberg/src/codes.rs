//! Lists in codes: reading them, and sizes with nobody linked.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use ijsberg_linkage::codes::file::CodeFile;
use ijsberg_linkage::codes::free::two_lists;
use ijsberg_linkage::codes::score::{CodeLists, CodeModel};
use ijsberg_linkage::record::Record;
use ijsberg_linkage::schema::{Records, Schema, lists_are_fit};
use ijsberg_report::errors;
use ijsberg_report::text::Text;

use crate::estimate::read_file;
use crate::output::{print, write_whole};

/// The files as codes; `None` where they are tables.
pub(crate) fn read(text: &Text, files: &[PathBuf]) -> anyhow::Result<Option<Vec<CodeFile>>> {
    let all: Vec<(&PathBuf, Vec<u8>)> =
        files.iter().map(|f| Ok((f, read_file(text, f)?))).collect::<anyhow::Result<_>>()?;
    let likely = all.iter().filter(|(_, bytes)| CodeFile::is_likely(bytes)).count();
    if likely == 0 {
        return Ok(None);
    }
    if likely < all.len() {
        bail!(text.say("codes-mixed"));
    }
    let read = |(path, bytes): &(&PathBuf, Vec<u8>)| {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let name = name.split('.').next().unwrap_or_default().to_owned();
        CodeFile::read(bytes, &name)
            .map_err(|e| anyhow!("{}: {}", path.display(), errors::code_file_error(text, &e)))
    };
    let codes = all.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    if codes.iter().any(|c| c.mark.is_none()) {
        crate::output::tell(&text.say("codes-unmarked"));
    }
    Ok(Some(codes))
}

/// The lists, ready to be compared.
pub(crate) fn lists(text: &Text, codes: &[CodeFile]) -> anyhow::Result<CodeLists> {
    CodeLists::new(codes).map_err(|e| anyhow!(errors::code_file_error(text, &e)))
}

/// What the results are written from: where each record stands. Of the schema only the most duplicates are used.
pub(crate) fn records(
    text: &Text,
    codes: &[CodeFile],
    schema: Option<&Path>,
) -> anyhow::Result<(Vec<String>, Records, Schema)> {
    let names: Vec<String> = codes.iter().map(|c| c.list.clone()).collect();
    let sizes: Vec<usize> = codes.iter().map(|c| c.rows.len()).collect();
    lists_are_fit(&names, &sizes).map_err(|e| anyhow!(errors::schema_error(text, &e)))?;
    let mut all = Records { lists: names.clone(), ..Records::default() };
    for (list, file) in codes.iter().enumerate() {
        for (line, _) in &file.rows {
            all.records.push(Record { list, ..Record::default() });
            all.origin.push((list, *line));
        }
    }
    let schema = match schema {
        None => Schema::default(),
        Some(path) => {
            let written =
                String::from_utf8(read_file(text, path)?).with_context(|| path.display().to_string())?;
            toml::from_str(&written).with_context(|| path.display().to_string())?
        }
    };
    Ok((names, all, schema))
}

/// Sizes with nobody linked: only counts leave.
pub(crate) fn counts_only(text: &Text, codes: &[CodeFile], out: Option<&Path>) -> anyhow::Result<()> {
    let (names, ..) = records(text, codes, None)?;
    let lists = lists(text, codes)?;
    let counts = lists.tally();
    let model = CodeModel::learn(&counts, &lists.sizes(), codes[0].groups.len());
    let all = two_lists(&counts, &lists.sizes(), &model);
    let mut page = text.say("codes-counts") + "\n";
    for two in &all {
        let [a, b] = two.lists.map(|l| names[l].clone());
        let line = match two.size {
            None => text.fill("codes-counts-none", &[("a", a), ("b", b)]),
            Some([size, low, high]) => text.fill(
                "codes-counts-line",
                &[
                    ("a", a),
                    ("b", b),
                    ("both", text.number(two.both)),
                    ("size", text.number(size)),
                    ("low", text.number(low)),
                    ("high", text.number(high)),
                ],
            ),
        };
        let _ = writeln!(page, "  {line}");
    }
    if let Some(dir) = out {
        std::fs::create_dir_all(dir)
            .with_context(|| text.fill("argument-folder", &[("path", dir.display().to_string())]))?;
        let summary = serde_json::json!({
            "schema": 1,
            "version": env!("CARGO_PKG_VERSION"),
            "lists": names,
            "records": lists.sizes(),
            "pairs": all,
        });
        write_whole(dir, "counts.json", &ijsberg_outside::json(&summary)?)?;
    }
    print(&page)
}
