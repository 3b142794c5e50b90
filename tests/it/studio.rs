//! The page of estimates in a browser: its tables sort, its charts are read by keyboard, and what is of one method is shown in both.

use fantoccini::key::Key;

use crate::server::Server;
use crate::visitor::Visitor;

/// Sorts the longest table of estimates by the estimate, and gives how it is sorted, if it is.
const SORT: &str = "const tables = [...document.querySelectorAll('.family table.sortable')];
    const table = tables.sort((a, b) => b.rows.length - a.rows.length)[0], head = table.tHead.rows[0].cells[1];
    head.querySelector('button').click();
    const cells = [...table.tBodies[0].rows].map((r) => r.cells[1].dataset.value);
    const numbers = cells.filter((c) => c !== undefined).map(Number), order = head.getAttribute('aria-sort');
    const sign = order === 'ascending' ? 1 : -1, last = cells.findLastIndex((c) => c !== undefined);
    const sorted = numbers.every((n, i) => i === 0 || sign * (n - numbers[i - 1]) >= 0);
    return numbers.length > 3 && sorted && last === numbers.length - 1 && order;";

/// What is linked, each method once.
const LINKED: &str = "const rows = [...document.querySelectorAll('tr.linked')];
    return [...new Set(rows.map((r) => r.dataset.of))].join();";

#[tokio::test]
async fn estimates_are_sorted_and_charts_are_read_by_keyboard() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    v.log_in("keeper").await;
    v.go("/estimate?replicates=40&by=none").await;
    v.choose("#table", "netherlands-2010-2015").await;
    v.click("main form button").await;
    v.estimated().await;
    assert_eq!(v.browser.ask(SORT).await, "ascending");
    assert_eq!(v.browser.ask(SORT).await, "descending");
    // The marks of a chart are one stop of the tab key, and arrows go on from there.
    let stops = "return [...document.querySelectorAll('figure svg')]
        .every((s) => s.querySelectorAll('g.datum[tabindex=\"0\"]').length === 1)";
    assert_eq!(v.browser.ask(stops).await, true);
    v.reach(".on-page g.datum").await;
    v.press(Key::Down).await;
    let second = "const [first, second] = document.querySelectorAll('.on-page g.datum');
        const said = second.closest('.on-page').querySelector('.said').textContent;
        const is = document.activeElement === second && first.getAttribute('tabindex') === '-1';
        return is && said === second.querySelector('title').textContent";
    v.comes_to(second, true).await;
    // What is of one method is shown in the tables too, and no more of it once the focus is elsewhere.
    let focus =
        "document.querySelector('.on-page g.datum[data-of=\"loglinear.best-bic\"]').focus(); return true";
    v.browser.ask(focus).await;
    v.comes_to(LINKED, "loglinear.best-bic").await;
    v.reach("summary").await;
    v.comes_to(LINKED, "").await;
    // The figures of a chart, opened.
    v.click("details.figures summary").await;
    v.has("details.figures[open] caption").await;
    v.look().await;
    v.close().await;
}
