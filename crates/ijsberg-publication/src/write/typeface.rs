//! The typeface of published pages, which is that of the application.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Public Sans: letters of the Latin script in all weights, under the SIL Open Font License (`assets/fonts/LICENSE-OFL.txt`).
pub const PUBLIC_SANS: &[u8] = include_bytes!("../../assets/fonts/public-sans-latin-wght-normal.woff2");

/// The style that embeds the typeface, since a page is self-contained. The licence requires its copyright notice.
pub(crate) fn style() -> String {
    format!(
        "/* Public Sans: Copyright 2015 The Public Sans Project Authors; SIL Open Font License, Version 1.1 */\n\
         @font-face {{ font-family: \"Public Sans\"; font-weight: 100 900; \
         src: url(\"data:font/woff2;base64,{}\") format(\"woff2\"); }}\n",
        STANDARD.encode(PUBLIC_SANS)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_embeds_the_whole_typeface_with_its_copyright_notice() {
        let style = style();
        let (_, rest) = style.split_once("base64,").unwrap();
        let (coded, _) = rest.split_once('"').unwrap();
        assert!(PUBLIC_SANS.starts_with(b"wOF2") && STANDARD.decode(coded).unwrap() == PUBLIC_SANS);
        let licence = include_str!("../../assets/fonts/LICENSE-OFL.txt");
        for line in ["Copyright 2015 The Public Sans Project Authors", "SIL Open Font License, Version 1.1"] {
            assert!(style.contains(line) && licence.contains(line), "{line}");
        }
        assert!(ijsberg_report::html::STYLE.contains("--font: \"Public Sans\""));
    }
}
