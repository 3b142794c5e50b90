//! Tools for background work: texts in both languages, and the reader of files.

use ijsberg_apart::Reader;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Cells, ReadError};

/// Texts, and the reader of uploaded files.
#[derive(Debug)]
pub(crate) struct Tools {
    texts: [Text; 2],
    reader: Option<Reader>,
}

impl Tools {
    /// Those of a server; without a reader files are taken apart in its own process.
    pub(crate) fn new(reader: Option<Reader>) -> Self {
        Self { texts: [Text::new(Language::English), Text::new(Language::Dutch)], reader }
    }

    /// The words of a language.
    pub(crate) fn text(&self, language: Language) -> &Text {
        &self.texts[usize::from(language == Language::Dutch)]
    }

    /// Reads an uploaded file; `stopped` says whether the run was cancelled.
    pub(crate) fn take_apart(&self, bytes: Vec<u8>, stopped: &dyn Fn() -> bool) -> Result<Cells, ReadError> {
        match &self.reader {
            Some(reader) => reader.read(bytes, stopped),
            None => Cells::read(&bytes, ijsberg_tables::Limits::SENT),
        }
    }
}
