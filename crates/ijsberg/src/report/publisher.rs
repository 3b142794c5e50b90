//! What the pages need to release reports and deliveries: the same files and the same logs as the commands.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use ijsberg_publication::country::HOME;
use ijsberg_report::text::Text;
use ijsberg_web::Publisher;

use super::monitor::Pages;
use super::{ledger, legal, others, population, published, release};
use crate::logs::Logs;

/// What the pages need to preview and release reports and deliveries.
pub(crate) fn publisher(text: &Text, key_file: &Path, out: &Path) -> anyhow::Result<Publisher> {
    let key = crate::noise_key::key(text, key_file)?;
    key.keep(text)?;
    let logs = Arc::new(Logs::from_key(text, key_file, &key)?);
    let secret = key.bytes;
    let population = population(text, None, HOME)?;
    let others = others(text, (None, HOME, false))?;
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    // A log that cannot be read is an error now.
    legal::ledgers(text, out)?;
    let language = text.language();
    let out = || out.to_owned();
    let (reads, looks, writes, reads_all, delivers) = (out(), out(), out(), out(), out());
    let delivery_logs = Arc::clone(&logs);
    Ok(Publisher {
        secret,
        population,
        others,
        ledger: Box::new(move || ledger(&Text::new(language), &reads).map_err(|e| format!("{e:#}"))),
        published: Box::new(move |of| published(&Text::new(language), &looks, of)),
        release: Box::new(move |made| {
            release(&Text::new(language), made, &writes, &logs, &Pages::default(), || Ok(()))
                .map(|_| ())
                .map_err(|e| format!("{e:#}"))
        }),
        ledgers: Box::new(move || {
            legal::ledgers(&Text::new(language), &reads_all).map_err(|e| format!("{e:#}"))
        }),
        deliver: Box::new(move |made, kinds| {
            let logs = delivery_logs.as_ref();
            legal::checked(&Text::new(language), made, &delivers, (kinds, logs), || Ok(()))
                .map(|_| ())
                .map_err(|e| format!("{e:#}"))
        }),
    })
}
