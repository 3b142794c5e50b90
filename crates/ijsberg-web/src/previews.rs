//! Editions and deliveries in preview.

use std::time::Duration;

use ijsberg_crypto::{hex, random};
use ijsberg_publication::Edition;
use ijsberg_publication::before::KeyFigures;
use ijsberg_publication::legal::{Delivery, Kind};

use crate::error::WebError;
use crate::publisher::Publisher;

/// An edition in preview, before it is released.
pub(crate) struct EditionPreview {
    /// Its name, see [`Previewed::id`].
    pub(crate) id: String,
    pub(crate) edition: Edition,
    /// The figures of the last edition; none before the first.
    pub(crate) last: Option<KeyFigures>,
    /// Exact counts by family, level and year, for who may see both.
    pub(crate) exact: Vec<Vec<Vec<u64>>>,
}

/// How long a preview, which holds exact counts, is kept and can be released.
pub(crate) const KEPT: Duration = Duration::from_mins(30);

/// A delivery in preview, before it counts.
pub(crate) struct PreparedDelivery {
    /// Its name, see [`Previewed::id`].
    pub(crate) id: String,
    pub(crate) delivery: Delivery,
    pub(crate) kinds: Vec<Kind>,
    /// The name of the file of the prosecution service; none where there was none.
    pub(crate) file: Option<String>,
}

/// A preview that a user checks before releasing it.
pub(crate) trait Previewed: Send + Sync + 'static {
    /// The message where the preview no longer exists.
    const GONE: &'static str;

    /// A random name, which the form includes: a user who checked one preview cannot release another that was made since.
    fn id(&self) -> &str;

    /// Whether nothing was released since it was made. With that it was not checked for disclosure.
    fn is_latest(&self, publisher: &Publisher) -> Result<bool, String>;

    /// The title of its release in the audit log.
    fn title(&self) -> String;
}

impl Previewed for EditionPreview {
    const GONE: &'static str = "web-publish-gone";

    fn id(&self) -> &str {
        &self.id
    }

    fn is_latest(&self, publisher: &Publisher) -> Result<bool, String> {
        Ok((publisher.ledger)()? == self.edition.earlier)
    }

    fn title(&self) -> String {
        format!("report {}", self.edition.label())
    }
}

impl Previewed for PreparedDelivery {
    const GONE: &'static str = "web-deliveries-gone";

    fn id(&self) -> &str {
        &self.id
    }

    fn is_latest(&self, publisher: &Publisher) -> Result<bool, String> {
        Ok((publisher.ledgers)()? == *self.delivery.earlier())
    }

    fn title(&self) -> String {
        format!("delivery of {}: {}", self.delivery.request.year, Kind::codes(&self.kinds))
    }
}

/// A name for a preview.
pub(crate) fn new_id() -> Result<String, WebError> {
    Ok(hex(&random::<16>()?))
}
