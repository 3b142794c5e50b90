//! What goes on beside: files are imported, lists are linked.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::client::Client;

/// Rows of a file.
const ROWS: usize = 500;

/// A file each ten seconds; what was done, in a sentence.
pub(crate) async fn imports(mut client: Client, over: Arc<AtomicBool>) -> String {
    let (mut files, mut longest) = (0, Duration::ZERO);
    while !over.load(Ordering::Relaxed) {
        let mut file =
            "organisation,local_key,happened_on,sex,minor,form,given_name,family_name\n".to_owned();
        for row in 0..ROWS {
            // Writing to memory cannot fail.
            let _ =
                writeln!(file, "police,file-{files}-{row},2016-05-31,F,no,LABOUR,Ana{row},Synthetic{files}");
        }
        let begun = Instant::now();
        let fields = [("lane", "help"), ("organisation", "")];
        let (status, page) = client.upload("/import", &fields, &file).await.expect("an answer");
        assert_eq!(status, 200, "{page}");
        let name = page
            .split("name=\"upload\" value=\"")
            .nth(1)
            .and_then(|p| p.split('"').next())
            .expect("a preview");
        let (status, page) =
            client.ask("POST", "/import/take", &format!("upload={name}")).await.expect("an answer");
        assert_eq!(status, 200, "{page}");
        longest = longest.max(begun.elapsed());
        files += 1;
        tokio::time::sleep(Duration::from_secs(10).saturating_sub(begun.elapsed())).await;
    }
    format!(
        "imports beside: {files} files of {ROWS} rows with names, the longest in {:.1} s",
        longest.as_secs_f64()
    )
}

/// One linkage after another; what was done, in a sentence.
pub(crate) async fn linkages(mut client: Client, over: Arc<AtomicBool>) -> String {
    let (mut done, mut longest) = (0, Duration::ZERO);
    while !over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let (status, page) = client.ask("POST", "/linkage", "").await.expect("an answer");
        assert!(status == 303 || status == 200, "{status} {page}");
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let (status, page) = client.ask("GET", "/linkage", "").await.expect("an answer");
            assert_eq!(status, 200, "{page}");
            if page.contains("/linkage/keep") {
                break;
            }
            if over.load(Ordering::Relaxed) {
                return format!("linkages beside: {done}, and one that was at work at the end");
            }
        }
        let (status, page) = client.ask("POST", "/linkage/keep", "").await.expect("an answer");
        assert_eq!(status, 303, "{page}");
        longest = longest.max(begun.elapsed());
        done += 1;
    }
    format!("linkages beside: {done}, the longest in {:.1} s", longest.as_secs_f64())
}
