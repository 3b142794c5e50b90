//! The memory of a process that holds keys.

/// No core file, and no debugger of the same user: neither would leave a key where it was.
pub fn keep_to_oneself() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Lowering a limit is always allowed.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Keeps what is in memory out of swap; whether it is. Where the system sets a limit on it, nothing is locked: a program that
/// reached the limit would be refused memory.
pub fn lock_in_memory() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::mm::{MlockAllFlags, mlockall};
        use rustix::process::{Resource, getrlimit};
        let free = getrlimit(Resource::Memlock).current.is_none();
        free && mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    false
}
