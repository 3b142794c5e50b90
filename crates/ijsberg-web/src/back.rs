//! Where a change of language leads: to the address that was asked, or where that only takes forms, to the nearest page above it.

/// The pattern of each route, and whether it is a page.
pub(crate) type Pages = [(&'static str, bool)];

fn is_name(part: &str) -> bool {
    part.starts_with('{')
}

fn fits(pattern: &str, path: &str) -> bool {
    let same = |(of, part): (&str, &str)| of == part || is_name(of) && !part.is_empty();
    pattern.split('/').count() == path.split('/').count() && pattern.split('/').zip(path.split('/')).all(same)
}

/// Whether an address is a page; nothing where there is no such address.
fn is_shown(pages: &Pages, path: &str) -> Option<bool> {
    let words = |pattern: &str| pattern.split('/').filter(|part| !is_name(part)).count();
    // Of two that fit, the one with fewer names is meant, as the router has it.
    let (meant, _) = pages.iter().filter(|(of, _)| fits(of, path)).max_by_key(|(of, _)| words(of))?;
    Some(pages.iter().any(|(of, shown)| of == meant && *shown))
}

/// The address to go back to. Browsers do not say where a form stood: no page allows them to.
pub(crate) fn back(pages: &Pages, asked: &str) -> String {
    let path = asked.split('?').next().unwrap_or_default();
    if is_shown(pages, path).unwrap_or(true) {
        return asked.to_owned();
    }
    let mut above = path.rmatch_indices('/').filter_map(|(end, _)| path.get(..end));
    above.find(|page| is_shown(pages, page) == Some(true)).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{entries, patterns};

    #[test]
    fn what_only_takes_forms_leads_to_a_page_above_it() {
        let pages = patterns(&entries());
        for (asked, to) in [
            ("/undo/0a", "/"),
            ("/find", "/"),
            ("/import/take", "/import"),
            ("/estimate/0a/cancel", "/estimate/0a"),
            ("/register/seen/0a", "/register"),
            ("/person/0a/identity", "/person/0a"),
        ] {
            assert_eq!(back(&pages, asked), to, "{asked}");
        }
    }

    #[test]
    fn what_can_be_looked_at_stays_with_its_query_and_so_does_what_is_not_there() {
        let pages = patterns(&entries());
        for asked in
            ["/", "/notify", "/review?list=P&why=second", "/estimate/0a/report.html", "/nothing/here"]
        {
            assert_eq!(back(&pages, asked), asked);
        }
    }
}
