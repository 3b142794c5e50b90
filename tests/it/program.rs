//! The program itself, as the test command built it.

use std::path::Path;
use std::process::Command;
use std::sync::Once;

static BUILT: Once = Once::new();

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The program, to be given arguments. It is built as all tests are built, so that nothing is built twice.
pub(crate) fn ijsberg() -> Command {
    BUILT.call_once(|| {
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(root()).args([
            "build",
            "--quiet",
            "--locked",
            "--workspace",
            "--exclude",
            "xtask",
            "--tests",
        ]);
        // What cargo says of this test to it would make crates that ask for it be built again.
        let of_this = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        for (name, _) in std::env::vars().filter(|v| of_this(&v.0)) {
            build.env_remove(name);
        }
        assert!(build.status().unwrap().success());
    });
    // This test lies in `deps` beside it.
    let tests = std::env::current_exe().unwrap();
    let mut command = Command::new(tests.parent().unwrap().parent().unwrap().join("ijsberg"));
    command.current_dir(root()).stdout(std::process::Stdio::null());
    command
}
