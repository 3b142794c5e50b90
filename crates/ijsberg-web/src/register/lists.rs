//! The address of the list of cases, and the list from which a form was sent.

use axum::extract::Query;
use axum::http::Uri;
use ijsberg_register::cases::Filter;

use super::{FormData, escaped, field_value};

/// The address of a filter.
pub(super) fn address(f: &Filter) -> String {
    let parts: Vec<_> = f.parts().iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    if parts.is_empty() { "/register".to_owned() } else { format!("/register?{}", parts.join("&")) }
}

/// The list from which a form was sent.
pub(super) fn asked(sent: &FormData) -> Filter {
    let url = field_value(sent, "list").parse::<Uri>().unwrap_or_default();
    Query::<FormData>::try_from_uri(&url)
        .map_or_else(|_| Filter::default(), |Query(parts)| Filter::of_parts(&parts))
}

/// Its address: of this page, whatever was sent.
pub(super) fn here(sent: &FormData) -> String {
    address(&asked(sent))
}
