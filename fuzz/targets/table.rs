//! No bytes make the reader panic, and what it accepts is a valid table.

use ijsberg_tables::{
    Cells, Choices, Contents, CountTable, CovariateChoices, Limits, ReadError, open, read, read_sheets,
    stratify,
};

/// Tries any bytes.
pub(crate) fn run(bytes: &[u8]) {
    if let Ok(table) = read(bytes, &Choices::default()) {
        let h = &table.histories;
        assert!(h.t() >= 2 && h.n() > 0 && h.cells().iter().all(|c| c.0 != 0 && c.1 > 0));
        assert!(table.covariates.iter().all(|c| c.values.len() == table.rows.len()));
        if let Ok(strata) = stratify(&table, &CovariateChoices::default()) {
            assert_eq!(strata.n(), h.n() as f64);
        }
    }
    match open(bytes, &Choices::default()) {
        // What is doubted can be chosen, and what is chosen is read or refused.
        Err(ReadError::Uncertain(doubt)) => {
            for reading in &doubt.readings {
                let _ = read(bytes, &reading.choices);
            }
        }
        Ok(Contents::Hidden(table)) => {
            assert!(table.hidden().iter().all(|h| h.low < h.high && h.history != 0));
            let least: Vec<u64> = table.hidden().iter().map(|h| h.low).collect();
            let _ = table.complete(&least);
        }
        _ => {}
    }
    // What another process hands over is read by one that holds keys.
    let _ = Cells::handed_over(bytes, Limits::SENT);
    let _ = read_sheets(bytes);
    if let Ok(Some(counts)) = CountTable::read(bytes) {
        assert!(counts.rows.iter().all(|r| r.times > 0 && r.x.len() == counts.columns.len() + 1));
    }
}
