//! Instruments read from a folder, and files written where the user says.

use std::path::Path;

use anyhow::Context;
use ijsberg_report::text::Text;
use ijsberg_signals::rules::Rules;

use crate::files::read_file;
use crate::output::write_bytes;

/// The instruments of a folder, or those that come with the program.
pub(super) fn rules(text: &Text, dir: Option<&Path>) -> anyhow::Result<Rules> {
    let Some(dir) = dir else { return Ok(Rules::shipped()) };
    let mut files: Vec<(String, String)> = Vec::new();
    for prefix in ["", "law/", "countries/"] {
        let below = dir.join(prefix);
        let entries = std::fs::read_dir(&below).with_context(|| below.display().to_string())?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "toml") {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let bytes = read_file(text, &path)?;
                let content = String::from_utf8(bytes).with_context(|| path.display().to_string())?;
                files.push((format!("{prefix}{name}"), content));
            }
        }
    }
    files.sort();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    Rules::parse(&files).with_context(|| dir.display().to_string())
}

/// Writes a file at a path.
pub(super) fn write_beside(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    write_bytes(dir, &name, content)
}
