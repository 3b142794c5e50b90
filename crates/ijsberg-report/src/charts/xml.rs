//! Text in XML.

/// Replaces the characters that mean something in XML.
pub fn escape(s: &str) -> String {
    ijsberg_outside::markup(s)
}
