//! The form for KoBo and ODK: ours written, and those of others read.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_signals::rules::Rules;
use ijsberg_signals::xlsform::{Form, Sheet, workbook};

use super::CommonArguments;
use super::disk::{rules, write_beside};
use crate::files::sheets;
use crate::output::print;

pub(super) fn write_form(out: &Path, common: &CommonArguments) -> anyhow::Result<()> {
    let text = Text::new(common.lang.into());
    let rules = rules(&text, common.rules.as_deref())?;
    write_beside(out, &xlsx(&workbook(&rules))?)?;
    crate::output::tell(&text.fill("assess-form-written", &[("path", out.display().to_string())]));
    Ok(())
}

/// A workbook of texts. Nothing in it is a formula, whatever it begins with.
fn xlsx(sheets: &[Sheet]) -> anyhow::Result<Vec<u8>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(name)?;
        for (r, row) in rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate().filter(|c| !c.1.is_empty()) {
                sheet.write_string(r as u32, c as u16, cell)?;
            }
        }
    }
    Ok(book.save_to_buffer()?)
}

pub(super) fn read_form(
    text: &Text,
    path: &Path,
    questions: Option<&Path>,
    tracking: Option<&str>,
) -> anyhow::Result<()> {
    let sheets = sheets(text, path)?;
    let form = Form::read(&sheets, tracking.is_some_and(|t| !t.trim().is_empty()))
        .with_context(|| path.display().to_string())?;
    let mut page = String::new();
    if let Some(out) = questions {
        let (made, findings) = form.questions(&Rules::shipped().questions);
        write_beside(out, toml::to_string(&made)?.as_bytes())?;
        for f in findings {
            let _ = writeln!(page, "{}", errors::register::finding(text, &f));
        }
    }
    for f in &form.findings {
        let _ = writeln!(page, "{}", errors::register::finding(text, f));
    }
    for f in &form.fields {
        let _ = writeln!(page, "{}{}", f.name, f.htcds.map_or_else(String::new, |h| format!(" = {h}")));
    }
    print(&page)
}
