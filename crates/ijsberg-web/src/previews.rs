//! Editions and deliveries in preview.

use std::time::Duration;

use ijsberg_crypto::{hex, random};
use ijsberg_publication::Edition;
use ijsberg_publication::before::Said;
use ijsberg_publication::legal::{Delivery, Kind};

use crate::error::WebError;
use crate::publisher::Publisher;

/// An edition in preview, before it is released.
pub(crate) struct EditionPreview {
    /// Its name, see [`Previewed::id`].
    pub(crate) id: String,
    pub(crate) edition: Edition,
    /// The figures of the last edition; none before the first.
    pub(crate) last: Option<Said>,
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

/// What somebody looks at before they release it.
pub(crate) trait Previewed: Send + Sync + 'static {
    /// What is said where it is not there any more.
    const GONE: &'static str;

    /// A random name, which a form sends along: whoever looked at one preview does not release another one that they made since.
    fn id(&self) -> &str;

    /// Whether nothing was released since it was made. With that it was not checked for disclosure.
    fn is_latest(&self, publisher: &Publisher) -> Result<bool, String>;

    /// What the audit log says of its release.
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
        format!("delivery of {}: {}", self.delivery.asked.year, Kind::codes(&self.kinds))
    }
}

/// A name for a preview.
pub(crate) fn new_id() -> Result<String, WebError> {
    Ok(hex(&random::<16>()?))
}
