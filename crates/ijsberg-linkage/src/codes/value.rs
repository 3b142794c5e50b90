//! The text of a feature as it is hashed.

use jiff::civil::Date;
use jiff::fmt::strtime;
use regex::Regex;

use crate::codes::schema::{Case, CodeSchema, Encoding, Format, Missing, Part};
use crate::normalise::fold;
use crate::record::PartialDate;
use crate::schema::ImpossibleDates;

/// What a value should have been. The value itself is nowhere in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not a whole number, or not in range.
    #[error("not a whole number in the range of the schema")]
    Integer,
    /// Not a number.
    #[error("not a number that can be hashed")]
    Number,
    /// Not a date.
    #[error("not a date of the form {0}")]
    Date(String),
    /// Not one of the values.
    #[error("not one of the values of the schema")]
    Enum,
    /// Too short, too long, other capitals, or not of the pattern.
    #[error("not a text of the length, capitals or pattern of the schema")]
    Text,
    /// A character that the encoding has not.
    #[error("a character that the encoding of the schema does not have")]
    Encoding,
}

/// How the values of one feature are read.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    format: Format,
    pattern: Option<Regex>,
    missing: Option<Missing>,
    folded: bool,
    loose_date: bool,
    impossible: ImpossibleDates,
}

impl Reader {
    /// Of feature `f`; `None` where it is not hashed.
    pub(crate) fn new(schema: &CodeSchema, f: usize) -> Option<Self> {
        let feature = &schema.features[f];
        let (format, hashing) = (feature.format.clone()?, feature.hashing.as_ref()?);
        let pattern = match &format {
            Format::String { pattern: Some(p), .. } => Some(Regex::new(&format!("^(?:{p})$")).ok()?),
            _ => None,
        };
        (!feature.ignored).then(|| Self {
            pattern,
            missing: hashing.missing_value.clone(),
            folded: schema.ijsberg.fold.contains(&feature.identifier),
            impossible: schema.ijsberg.impossible_dates,
            loose_date: schema.ijsberg.dates.contains(&feature.identifier),
            format,
        })
    }

    pub(crate) fn encoding(&self) -> Encoding {
        match self.format {
            Format::String { encoding, .. } => encoding,
            _ => Encoding::Utf8,
        }
    }

    /// The text to hash; a part only of dates of some precision.
    pub(crate) fn read(&self, value: &str, part: Part) -> Result<String, ValueError> {
        if let Some(missing) = self.missing.as_ref().filter(|m| m.sentinel == value) {
            return Ok(missing.replace_with.clone().unwrap_or_else(|| missing.sentinel.clone()));
        }
        if self.loose_date {
            return match loose_date(value, part) {
                Err(_) if self.impossible == ImpossibleDates::Missing => Ok(String::new()),
                date => date,
            };
        }
        let folded = self.folded.then(|| fold(value));
        let value = folded.as_deref().unwrap_or(value);
        match &self.format {
            Format::String { case, min_length, max_length, encoding, .. } => {
                let length = value.chars().count();
                let fits = self.pattern.as_ref().is_none_or(|p| p.is_match(value))
                    && min_length.is_none_or(|l| length >= l)
                    && max_length.is_none_or(|l| length <= l)
                    && match case {
                        Some(Case::Upper) => value.to_uppercase() == value,
                        Some(Case::Lower) => value.to_lowercase() == value,
                        _ => true,
                    };
                if *encoding == Encoding::Ascii && !value.is_ascii() {
                    return Err(ValueError::Encoding);
                }
                if fits { Ok(value.to_owned()) } else { Err(ValueError::Text) }
            }
            Format::Integer { minimum, maximum, .. } => {
                let number = value.trim().parse::<i64>().map_err(|_| ValueError::Integer)?;
                let fits = minimum.is_none_or(|m| number >= m) && maximum.is_none_or(|m| number <= m);
                if fits { Ok(number.to_string()) } else { Err(ValueError::Integer) }
            }
            Format::Date { format, .. } => {
                let no = |_| ValueError::Date(format.clone());
                let date: Date = strtime::parse(format, value).and_then(|t| t.to_date()).map_err(no)?;
                Ok(format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()))
            }
            Format::Enum { values, .. } => {
                if values.iter().any(|v| v == value) {
                    Ok(value.to_owned())
                } else {
                    Err(ValueError::Enum)
                }
            }
        }
    }
}

/// Year, month and day as far as they are known; a default date is no more than a year.
fn loose_date(value: &str, part: Part) -> Result<String, ValueError> {
    if value.trim().is_empty() {
        return Ok(String::new());
    }
    let form = || ValueError::Date("1998-07-31, 31-07-1998 or 1998".to_owned());
    let date = PartialDate::parse(value).ok_or_else(form)?;
    let digits = |x: Option<u8>| x.map_or_else(String::new, |x| format!("{x:02}"));
    let year = format!("{:04}", date.year);
    let day = if date.is_default() { String::new() } else { digits(date.month) + &digits(date.day) };
    Ok(match part {
        Part::Whole => year + &day,
        Part::Year => year,
        Part::Day => day,
    })
}

/// Text as bytes.
pub(crate) fn bytes(text: &str, encoding: Encoding, out: &mut Vec<u8>) {
    out.clear();
    match encoding {
        Encoding::Ascii | Encoding::Utf8 => out.extend(text.as_bytes()),
        Encoding::Utf16 => {
            out.extend([0xff, 0xfe]);
            text.encode_utf16().for_each(|unit| out.extend(unit.to_le_bytes()));
        }
        Encoding::Utf32 => {
            out.extend([0xff, 0xfe, 0, 0]);
            text.chars().for_each(|c| out.extend(u32::from(c).to_le_bytes()));
        }
    }
}
