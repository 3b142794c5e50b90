//! A pull from its first page to its last.

use std::collections::HashSet;
use std::path::Path;

use ijsberg_outside::Csv;

use crate::source::Page;
use crate::store::{Store, name, print};
use crate::{Client, Mapping, PullError, Source, Tally};

/// A pull into a file. Another of the same into the same file goes on where it ended; after the last page it begins again, and adds what
/// is new.
pub struct Pull {
    client: Client,
    source: Source,
    mapping: Mapping,
    per: u32,
    store: Store,
}

impl Pull {
    /// Opens the file, or begins it. Nothing is asked yet.
    ///
    /// # Errors
    /// If the file is of another pull or of none, was changed since, or cannot be written.
    pub fn open(
        client: Client,
        source: Source,
        mapping: Mapping,
        per: u32,
        out: &Path,
    ) -> Result<Self, PullError> {
        let of = name(&(client.address().canonical(), &source, &mapping));
        let mut header = Csv::new();
        header.row(mapping.names());
        let mut store = Store::open(out, &of, &header.finish())?;
        if store.state.done {
            // What is in the file counts on; what came is counted anew.
            let tally = &mut store.state.tally;
            (tally.read, tally.again, tally.without_id) = (0, 0, 0);
            store.state.done = false;
            store.state.next = None;
        }
        Ok(Self { client, source, mapping, per, store })
    }

    /// Reads all pages that are left, and says after each what came so far.
    ///
    /// # Errors
    /// If the server or the file fails. What was written stays, and the next pull goes on there.
    pub fn run(&mut self, tell: &mut dyn FnMut(&Tally)) -> Result<Tally, PullError> {
        let Self { client, source, mapping, per, store } = self;
        let first = store.state.next.clone().unwrap_or_else(|| source.first(*per));
        for page in Pages::new(client, source, first) {
            added(store, mapping, page?)?;
            tell(&store.state.tally);
        }
        Ok(store.state.tally.clone())
    }
}

/// Adds a page: what is new of it, once, with what comes next.
fn added(store: &mut Store, mapping: &Mapping, page: Page) -> Result<(), PullError> {
    let mut rows = Csv::new();
    let (mut new, mut prints) = (HashSet::new(), Vec::new());
    for record in &page.records {
        store.state.tally.read += 1;
        let Some(id) = &record.id else {
            store.state.tally.without_id += 1;
            continue;
        };
        let print = print(id);
        if store.knows(&print) || !new.insert(print) {
            store.state.tally.again += 1;
            continue;
        }
        store.state.tally.count(record);
        store.state.tally.stored += 1;
        rows.row(mapping.row(&record.fields));
        prints.push(print);
    }
    store.state.tally.name(page.labels);
    store.state.tally.server = page.total.or(store.state.tally.server);
    store.state.done = page.next.is_none();
    store.state.next = page.next;
    store.add(&rows.finish(), &prints)
}

/// Reads so many records, and counts their fields. Nothing is written.
///
/// # Errors
/// If the server fails.
pub fn preview(client: &mut Client, source: &Source, per: u32, most: u64) -> Result<Tally, PullError> {
    let mut tally = Tally::default();
    for page in Pages::new(client, source, source.first(per)) {
        let page = page?;
        for record in &page.records {
            tally.read += 1;
            tally.without_id += u64::from(record.id.is_none());
            tally.count(record);
        }
        tally.name(page.labels);
        tally.server = page.total.or(tally.server);
        if tally.read >= most {
            break;
        }
    }
    Ok(tally)
}

/// Pages, one after another.
struct Pages<'a> {
    client: &'a mut Client,
    source: &'a Source,
    next: Option<String>,
    /// What was asked, so that no server leads in a circle.
    asked: HashSet<String>,
}

impl<'a> Pages<'a> {
    fn new(client: &'a mut Client, source: &'a Source, first: String) -> Self {
        Self { client, source, next: Some(first), asked: HashSet::new() }
    }
}

impl Iterator for Pages<'_> {
    type Item = Result<Page, PullError>;

    fn next(&mut self) -> Option<Self::Item> {
        let query = self.next.take()?;
        if !self.asked.insert(query.clone()) {
            return Some(Err(PullError::Loop));
        }
        let body = self.client.get(&self.source.path(), &query);
        let page = body.and_then(|body| self.source.page(&query, &body));
        if let Ok(page) = &page {
            self.next.clone_from(&page.next);
        }
        Some(page)
    }
}
