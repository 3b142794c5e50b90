//! Draws a picture as PNG, for programs that cannot show SVG, with the fonts of the PDF. Nothing is fetched.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::{FAMILY, PdfError};

/// Pixels for each unit of a picture: sharp on screens with small dots, and in print at the width of a column.
const SCALE: f32 = 2.0;

/// Draws pictures; it has its fonts, and serves any number of them.
#[derive(Debug)]
pub struct Painter {
    options: Options<'static>,
}

impl Default for Painter {
    fn default() -> Self {
        let mut options = Options { font_family: FAMILY.to_owned(), ..Options::default() };
        let fonts = options.fontdb_mut();
        typst_assets::fonts().for_each(|bytes| fonts.load_font_data(bytes.to_vec()));
        // There are no others: a picture that asks for any font without serifs gets this one, as in the PDF.
        fonts.set_sans_serif_family(FAMILY);
        fonts.set_serif_family(FAMILY);
        Self { options }
    }
}

impl Painter {
    /// A picture as PNG.
    ///
    /// # Errors
    /// If it is no SVG, or one without a size.
    pub fn png(&self, svg: &str) -> Result<Vec<u8>, PdfError> {
        let wrong = |why: String| PdfError(why);
        let tree = Tree::from_str(svg, &self.options).map_err(|e| wrong(e.to_string()))?;
        let dots = |units: f32| (units * SCALE).ceil() as u32;
        let (width, height) = (dots(tree.size().width()), dots(tree.size().height()));
        let mut map = Pixmap::new(width, height).ok_or_else(|| wrong(format!("{width} by {height} dots")))?;
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut map.as_mut());
        map.encode_png().map_err(|e| wrong(e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_drawn_in_dots_with_its_words() {
        let painter = Painter::default();
        let svg = |words: &str| {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 60 20\" width=\"60\" height=\"20\">\
                 <rect width=\"60\" height=\"20\" fill=\"#ffffff\"/><text x=\"2\" y=\"15\" font-size=\"12\" \
                 font-family=\"system-ui, sans-serif\">{words}</text></svg>"
            )
        };
        let png = |words: &str| painter.png(&svg(words)).unwrap();
        let (one, other, none) = (png("1.309"), png("1.564"), png(""));
        assert!(one.starts_with(b"\x89PNG\r\n\x1a\n"));
        // The header has the width and the height.
        assert_eq!(one[16..24], [0, 0, 0, 120, 0, 0, 0, 40]);
        assert_eq!(one, png("1.309"));
        assert!(one != other && one != none, "the words are not drawn");
        assert!(painter.png("no picture").is_err());
    }
}
