//! From the rows of one sheet to what it holds.

use crate::columns::built;
use crate::frame::frame;
use crate::raw::{Raw, no_formulas};
use crate::shapes::usual;
use crate::{CODES_DRAW, Choices, Contents, Draws, HiddenTable, RESOLVED_DRAW, ReadError};

/// What one sheet holds.
pub(crate) fn of_sheet(raw: Raw, choices: &Choices) -> Result<Contents, ReadError> {
    no_formulas(&raw)?;
    let mut framed = frame(raw)?;
    let choices = &choices.seen();
    usual(&mut framed, choices)?;
    let built = built(&framed, choices)?;
    if let Some(column) = &built.draw {
        built.exact()?;
        let is = |name: &str| column.trim().eq_ignore_ascii_case(name);
        let (put_back, of_codes) = (is(RESOLVED_DRAW), is(CODES_DRAW));
        return Ok(Contents::Draws(Draws { tables: built.by_draw(column)?, put_back, of_codes }));
    }
    if built.hidden.is_empty() {
        return Ok(Contents::Table(Box::new(built.finish(&[])?)));
    }
    Ok(Contents::Hidden(Box::new(HiddenTable(built))))
}
