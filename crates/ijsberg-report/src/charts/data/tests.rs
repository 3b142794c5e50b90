use ijsberg_linkage::fellegi_sunter::Part as Weighed;
use ijsberg_mse::diagnostics::diagnose;
use ijsberg_mse::evidence::{Kind as EstimateKind, NamedEstimate, compare};
use ijsberg_mse::identification::identification;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::methods::{Settings, Silent, run};
use ijsberg_mse::simulate::score::Score;
use ijsberg_mse::verdict::HeadlineSettings;
use ijsberg_tables::Choices;

use super::*;
use crate::charts::{self, Chart, Part, linkage, on_page};
use crate::linkage::LinkageReport;
use crate::text::Language;
use crate::{Analysis, Provenance, study};

/// Three lists that overlap well.
const TABLE: &str = "A,B,C,count\n1,0,0,400\n0,1,0,300\n0,0,1,200\n1,1,0,90\n0,1,1,80\n1,0,1,70\n1,1,1,30\n";

fn analysis() -> Analysis {
    let table = ijsberg_tables::read(TABLE.as_bytes(), &Choices::default()).unwrap();
    let engine = Engine::new(&table.histories);
    let settings = Settings { replicates: 20, ..Settings::default() };
    let estimates = run(&engine, &[], &settings, &Silent);
    let (level, seed) = (settings.level, settings.seed);
    let (version, input, sha256) = ("0".to_owned(), "table.csv".to_owned(), "00".to_owned());
    Analysis {
        diagnostics: diagnose(&engine, &estimates, &HeadlineSettings::default(), &Silent),
        identification: identification(&engine, &estimates, None, level, seed),
        histories: table.histories,
        layout: table.layout,
        estimates,
        covariates: None,
        evidence: Some(compare(
            vec![
                given("table.csv", EstimateKind::MultipleSystems, 1800.0, (1500.0, 2300.0)),
                given("Survey", EstimateKind::Survey, 2000.0, (1400.0, 2900.0)),
            ],
            Some(1170),
            level,
        )),
        linkage: Vec::new(),
        provenance: Provenance { version, input, sha256, settings },
    }
}

fn given(name: &str, kind: EstimateKind, estimate: f64, limits: (f64, f64)) -> NamedEstimate {
    let (name, source, year) = (name.to_owned(), String::new(), String::new());
    NamedEstimate { name, kind, source, year, estimate, limits: Some(limits), level: 0.95 }
}

/// Each row of the figures has a mark that says it, and each mark a row.
fn is_whole(chart: &Chart) {
    let Chart { data, wide, .. } = chart;
    assert!(!data.rows.is_empty() && data.rows.iter().all(|r| r.len() == data.columns.len()), "{data:?}");
    assert_eq!(wide.matches("<g class=\"datum\"").count(), data.rows.len(), "{wide}");
    for row in 0..data.rows.len() {
        let of = format!("data-of=\"{}\"><title>{}</title>", escape(data.key(row)), escape(&data.said(row)));
        assert!(wide.contains(&of), "{of}: {wide}");
    }
    assert_eq!(data.csv().lines().count(), 1 + data.rows.len());
    let is_key = |head: &str| ["col-", "axis-", "weights-"].iter().any(|key| head.starts_with(key));
    assert!(!data.columns.iter().any(|(_, head)| is_key(head)), "{:?}", data.columns);
    assert!(!data.csv().contains(NOTHING), "{}", data.csv());
}

/// The description of a chart, made from its figures.
fn in_words(name: &str, data: &Data) -> String {
    let each = |row: &Vec<Cell>| match name {
        "overlaps" => format!("{}: {}", row[0].plain, row[1].plain),
        "forest" => format!("{} {}", row[0].plain, row[2].shown),
        "evidence" => format!("{} {}", row[0].plain, row[1].shown),
        "influence" if row[3].shown == NOTHING => format!("{} +1: {}", row[0].shown, row[2].shown),
        "influence" => format!("{} +1: {}, −1: {}", row[0].shown, row[2].shown, row[3].shown),
        _ => format!("{} (1/8: {}, 1: {}, 8: {})", row[0].shown, row[1].shown, row[4].shown, row[7].shown),
    };
    data.rows.iter().map(each).collect::<Vec<_>>().join("; ")
}

#[test]
fn the_charts_of_an_analysis_have_the_figures_that_they_show() {
    let a = analysis();
    for language in [Language::English, Language::Dutch] {
        let text = Text::new(language);
        for (name, draw) in charts::OF_ANALYSIS {
            let Some(chart) = draw(&text, &a) else {
                assert!(["trend", "levels"].contains(&name), "{name}");
                continue;
            };
            is_whole(&chart);
            let rows = &chart.data.rows;
            match name {
                "iceberg" => {
                    assert_eq!(rows[0][1].plain, "1170");
                    assert!(rows.iter().take(2).all(|r| chart.description.contains(&r[1].shown)), "{rows:?}");
                }
                "multiverse" => {
                    let models: u64 = rows.iter().map(|r| r[2].plain.parse::<u64>().unwrap()).sum();
                    assert_eq!(models, a.diagnostics.two_list_models.as_ref().unwrap().total);
                    let best = |column: usize| rows.iter().filter(|r| !r[column].plain.is_empty()).count();
                    assert_eq!((best(4), best(5)), (1, 1));
                }
                _ => assert_eq!(in_words(name, &chart.data), chart.description, "{name}"),
            }
        }
    }
}

#[test]
fn parts_are_whole_as_bars_and_as_a_series_and_do_no_harm() {
    let text = Text::new(Language::English);
    let part = |label: &str, seen, n_hat, limits| Part { label: label.into(), seen, n_hat, limits };
    let parts = [
        part("2014", 120.0, 400.4, Some((300.25, f64::INFINITY))),
        part("=1+1<b>", 90.0, f64::INFINITY, Some((200.0, f64::INFINITY))),
    ];
    let chart = charts::bars(&text, "title", &parts).unwrap();
    is_whole(&chart);
    let csv = "part,observed,n_hat,lower,upper\n2014,120,400.4,300.25,\n'=1+1<b>,90,,200,\n";
    assert_eq!(chart.data.csv(), csv);
    let said = "2014; On a list: 120; Estimate: 400; Lower limit: 300; Upper limit: unbounded";
    assert_eq!(chart.data.said(0), said);
    assert_eq!(chart.data.said(1), "=1+1<b>; On a list: 90; Lower limit: 200; Upper limit: unbounded");
    is_whole(&charts::series(&text, "title", &parts).unwrap());
    let folded = |scripts: bool| {
        let mut out = String::new();
        chart.data.folded(&mut out, "title", scripts);
        out
    };
    let (plain, sortable) = (folded(false), folded(true));
    assert!(plain.contains("<summary>The figures as a table</summary>"), "{plain}");
    assert!(plain.contains("<caption>title</caption>"), "{plain}");
    assert!(plain.contains("<tr><th scope=\"row\">2014</th><td>120</td><td>400</td>"), "{plain}");
    assert!(sortable.contains("<tr data-of=\"2014\"><th scope=\"row\" data-value=\"2014\">"), "{sortable}");
    assert!(sortable.contains("<td data-value=\"400.4\">400</td>"), "{sortable}");
    assert!(sortable.contains("<td>unbounded</td>"), "{sortable}");
    assert!(!plain.contains("<b>") && !sortable.contains("<b>"));
}

#[test]
fn charts_of_a_linkage_and_of_a_study_are_whole() {
    let text = Text::new(Language::Dutch);
    let pairs = vec![(-5.0, 0.0), (3.0, 0.6), (9.0, 1.0), (9.0, 0.9)];
    let report = LinkageReport { pairs, ..LinkageReport::default() };
    let weights = linkage::weights(&text, &report).unwrap();
    is_whole(&weights);
    assert_eq!(weights.data.rows.iter().map(|r| r[2].plain.as_str()).collect::<Vec<_>>(), ["1", "1", "2"]);
    let parts = [(Weighed::Frequency, 3.5), (Weighed::Together, 6.0)];
    let waterfall = linkage::waterfall(&text, -8.0, &parts, "title").unwrap();
    is_whole(&waterfall);
    assert!(waterfall.data.csv().contains("\nsum,1.5,0.738"), "{}", waterfall.data.csv());
    let judged = [(0.05, false), (0.95, true), (0.97, true)];
    is_whole(&linkage::calibration(&text, &judged).unwrap());
    let score = Score {
        method: "chao".to_owned(),
        tables: 10,
        without_estimate: 0.1,
        bias: -0.125,
        median_bias: -0.1,
        rmse: 0.25,
        coverage: f64::NAN,
        lower_coverage: 0.9,
        unbounded: 0.0,
        interval_score: 1.0,
    };
    let study = study::chart(&text, &[score]).unwrap();
    is_whole(&study);
    assert_eq!(study.data.csv(), "method,bias,rmse,coverage\nchao,-0.125,0.25,\n");
}

#[test]
fn on_a_page_the_keyboard_reaches_each_mark_and_words_beside_them_are_not_read() {
    let chart = charts::overlaps(&Text::new(Language::English), &analysis()).unwrap();
    let page = on_page(&chart.wide);
    assert_eq!(page.matches("<g class=\"datum\" tabindex=\"0\" role=\"img\"").count(), chart.data.rows.len());
    assert!(page.contains(" role=\"group\" ") && !page.contains("<text x"), "{page}");
    assert!(chart.wide.contains(" role=\"img\" ") && !chart.wide.contains("tabindex"), "{}", chart.wide);
    // A picture without marks is one image.
    let bare = "<svg role=\"img\"><text x=\"1\">a</text></svg>";
    assert_eq!(on_page(bare), bare);
}
