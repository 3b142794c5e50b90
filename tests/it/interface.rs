//! The interface for programs under a fuzzer that reads its description.

use std::process::Command;

use crate::program::root;
use crate::server::Server;

/// Whatever is sent, there is no fault of the program, and every answer is one that the description has.
#[tokio::test]
async fn the_interface_keeps_to_its_description() {
    let server = Server::start(&[]);
    let token = server.token("notify read_registration export_histories");
    let report = tempfile::tempdir().unwrap();
    let checks =
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
    let output = Command::new(root().join("target/python/bin/st"))
        .current_dir(report.path())
        .args(["run", &format!("{}/api/openapi.json", server.address), "--checks", checks])
        .args(["-H", &format!("Authorization: Bearer {token}"), "--seed", "1", "--max-examples", "50"])
        .args(["--phases", "examples,coverage,fuzzing"])
        .output()
        .expect("run `cargo xtask test` once");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Tested: 7"), "{said}");
}
