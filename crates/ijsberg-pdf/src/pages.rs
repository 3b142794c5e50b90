//! How full the last page of a report is.

use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;

/// The margins above and below the text, in millimetres, as the layout has them.
const MARGINS: (f64, f64) = (28.0, 24.0);

/// A page with text to less than this below its margin is nearly empty, in millimetres.
const LITTLE: f64 = 50.0;

/// Whether the last of several pages has only a few lines.
pub(crate) fn ends_nearly_empty(of: &PagedDocument) -> bool {
    let [_, .., last] = of.pages() else { return false };
    let text = (MARGINS.0, last.frame.height().to_mm() - MARGINS.1);
    lowest(&last.frame, 0.0, text) < MARGINS.0 + LITTLE
}

/// How far down the text of a frame comes; what is in the margins is no text.
fn lowest(frame: &Frame, above: f64, text: (f64, f64)) -> f64 {
    let mut end = text.0;
    for (at, item) in frame.items() {
        let y = above + at.y.to_mm();
        let down_to = match item {
            FrameItem::Group(group) => lowest(&group.frame, y, text),
            FrameItem::Text(_) => y,
            FrameItem::Image(_, size, _) => y + size.y.to_mm(),
            FrameItem::Shape(..) | FrameItem::Link(..) | FrameItem::Tag(_) => continue,
        };
        if down_to <= text.1 {
            end = end.max(down_to);
        }
    }
    end
}
