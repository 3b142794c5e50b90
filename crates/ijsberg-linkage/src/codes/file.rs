//! The file that leaves the organisation: codes, where they came from, and marks by which mistakes are found.
//!
//! It holds no value, no key and no secret. Two files are comparable only when their schemas and secrets are the same, which
//! the fingerprint of the schema and the mark of the secret show; a checksum shows whether a file is damaged.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::codes::encode::{Codes, Encoder};
use crate::codes::fault::Fault;
use crate::codes::schema::CodeSchema;

/// A list in codes.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeFile {
    /// The name of the list.
    pub list: String,
    /// See [`CodeSchema::fingerprint`]; nothing for a file of clkhash, which does not say.
    pub schema: Option<String>,
    /// See [`Encoder::mark`]; likewise.
    pub mark: Option<String>,
    /// Bits of a code.
    pub l: usize,
    /// The chance that a bit was drawn anew.
    pub flip: f64,
    /// The names of the groups.
    pub groups: Vec<String>,
    /// Line in the organisation's own file, and codes by group.
    pub rows: Vec<(u64, Codes)>,
}

/// Why a file of codes is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeFileError {
    /// Not such a file, or cut short.
    #[error("not a file of codes, or cut short: {0}")]
    Form(Fault),
    /// A later version.
    #[error("the file has version {0}; version 1 is read here")]
    Version(u32),
    /// Changed after it was made.
    #[error("the file was changed or damaged after it was made: its checksum differs")]
    Damaged,
    /// An invalid code.
    #[error("row {0}: a code is not base64 of the right length")]
    Code(usize),
    /// Codes that cannot be compared.
    #[error("{a} and {b} cannot be compared: they were made with different {what}")]
    Different {
        /// A list.
        a: String,
        /// Another.
        b: String,
        /// Schemas or secrets.
        what: &'static str,
    },
    /// Codes that are all alike.
    #[error(
        "{0}% of the bits of a group are set, so the codes tell nobody apart: encode with fewer bits per feature, or fewer features in \
         a group"
    )]
    Saturated(u32),
}

#[derive(Serialize, Deserialize)]
struct Written {
    format: String,
    version: u32,
    list: String,
    schema: String,
    mark: String,
    l: usize,
    flip: f64,
    groups: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
    checksum: String,
}

#[derive(Deserialize)]
struct OfClkhash {
    clks: Vec<String>,
}

const FORMAT: &str = "ijsberg-codes";

impl CodeFile {
    /// A list as an encoder made it.
    pub fn new(list: &str, schema: &CodeSchema, encoder: &Encoder, rows: Vec<(u64, Codes)>) -> Self {
        Self {
            list: list.to_owned(),
            schema: Some(schema.fingerprint()),
            mark: Some(encoder.mark().to_owned()),
            l: schema.config.l,
            flip: schema.ijsberg.flip,
            groups: encoder.groups(),
            rows,
        }
    }

    /// Whether a text looks like a file of codes, to tell it from a table.
    pub fn is_likely(bytes: &[u8]) -> bool {
        bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{')
    }

    /// As JSON.
    pub fn write(&self) -> String {
        let text = |code: &Vec<u64>| base64_of(code, self.l);
        let mut written = Written {
            format: FORMAT.to_owned(),
            version: 1,
            list: self.list.clone(),
            schema: self.schema.clone().unwrap_or_default(),
            mark: self.mark.clone().unwrap_or_default(),
            l: self.l,
            flip: self.flip,
            groups: self.groups.clone(),
            rows: self.rows.iter().map(|(line, codes)| (*line, codes.iter().map(text).collect())).collect(),
            checksum: String::new(),
        };
        written.checksum = written.sum();
        serde_json::to_string(&written).unwrap_or_default() + "\n"
    }

    /// Reads what [`CodeFile::write`] wrote, or clkhash's `{"clks": [...]}`, which has no list of its own: `name` is used.
    ///
    /// # Errors
    /// See [`CodeFileError`].
    pub fn read(json: &[u8], name: &str) -> Result<Self, CodeFileError> {
        if let Ok(OfClkhash { clks }) = serde_json::from_slice(json) {
            return Self::of_clkhash(&clks, name);
        }
        let written: Written = serde_json::from_slice(json).map_err(|e| CodeFileError::Form(e.into()))?;
        if written.format != FORMAT {
            return Err(CodeFileError::Form(Fault::Format(FORMAT)));
        }
        if written.version != 1 {
            return Err(CodeFileError::Version(written.version));
        }
        if written.checksum != written.sum() {
            return Err(CodeFileError::Damaged);
        }
        let rows = written.rows.iter().enumerate().map(|(i, (line, codes))| {
            let codes: Option<Codes> = codes.iter().map(|c| of_base64(c, written.l)).collect();
            let right =
                codes.filter(|c| c.len() == written.groups.len()).ok_or(CodeFileError::Code(i + 1))?;
            Ok((*line, right))
        });
        Ok(Self {
            rows: rows.collect::<Result<_, _>>()?,
            list: written.list,
            schema: Some(written.schema),
            mark: Some(written.mark),
            l: written.l,
            flip: written.flip,
            groups: written.groups,
        })
    }

    fn of_clkhash(clks: &[String], name: &str) -> Result<Self, CodeFileError> {
        let first = clks.first().and_then(|c| STANDARD.decode(c).ok()).map_or(0, |b| b.len());
        let rows = clks.iter().enumerate().map(|(i, c)| {
            let code = of_base64(c, 8 * first).ok_or(CodeFileError::Code(i + 1))?;
            Ok((i as u64 + 1, vec![code]))
        });
        Ok(Self {
            rows: rows.collect::<Result<_, _>>()?,
            list: name.to_owned(),
            schema: None,
            mark: None,
            l: 8 * first,
            flip: 0.0,
            groups: vec!["clk".to_owned()],
        })
    }

    /// Whether files can be compared with each other.
    ///
    /// # Errors
    /// With the first two that cannot.
    pub fn comparable(files: &[Self]) -> Result<(), CodeFileError> {
        for pair in files.windows(2) {
            let [a, b] = pair else { continue };
            let what = if a.schema != b.schema || a.l != b.l || a.groups != b.groups || a.flip != b.flip {
                "schemas"
            } else if a.mark != b.mark {
                "secrets"
            } else {
                continue;
            };
            return Err(CodeFileError::Different { a: a.list.clone(), b: b.list.clone(), what });
        }
        Ok(())
    }
}

impl Written {
    fn sum(&self) -> String {
        let mut hash = Sha256::new();
        let head = (&self.format, self.version, &self.list, &self.schema, &self.mark, self.l, self.flip);
        hash.update(serde_json::to_string(&(head, &self.groups, &self.rows)).unwrap_or_default());
        STANDARD.encode(&hash.finalize()[..16])
    }
}

/// Bit 0 is the highest of the first byte, as clkhash writes it.
pub fn base64_of(code: &[u64], l: usize) -> String {
    let bytes: Vec<u8> =
        (0..l.div_ceil(8)).map(|i| (code[i / 8] >> (8 * (i % 8))) as u8).map(u8::reverse_bits).collect();
    STANDARD.encode(bytes)
}

fn of_base64(text: &str, l: usize) -> Option<Vec<u64>> {
    let bytes = STANDARD.decode(text).ok().filter(|b| l > 0 && b.len() == l.div_ceil(8))?;
    let mut code = vec![0; l.div_ceil(64)];
    bytes.iter().enumerate().for_each(|(i, b)| code[i / 8] |= u64::from(b.reverse_bits()) << (8 * (i % 8)));
    Some(code)
}
