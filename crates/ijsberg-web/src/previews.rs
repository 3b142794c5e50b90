//! Editions and deliveries in preview.

use std::time::Duration;

use ijsberg_publication::Edition;
use ijsberg_publication::before::Said;
use ijsberg_publication::legal::{Delivery, Kind};

/// An edition in preview, before it is released.
pub(crate) struct EditionPreview {
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
    pub(crate) delivery: Delivery,
    pub(crate) kinds: Vec<Kind>,
    /// The name of the file of the prosecution service; none where there was none.
    pub(crate) file: Option<String>,
}
