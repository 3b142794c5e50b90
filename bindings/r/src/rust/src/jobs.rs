//! What runs: a thread and a pool of threads for each, an answer that can be waited for, and a sign to stop.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use ijsberg_mse::methods::Progress;

use crate::answer::Refusal;
use crate::request::Request;
use crate::tasks;

/// One that runs or has run.
#[derive(Default)]
pub(crate) struct Job {
    stopped: AtomicBool,
    answer: Mutex<Option<Vec<u8>>>,
    answered: Condvar,
}

/// What a stopped run is unwound with; it is no fault, so no panic hook is called.
struct Stop;

impl Progress for Job {
    fn stage(&self, _: &'static str, _: u64) {
        self.tick();
    }

    fn tick(&self) {
        if self.stopped.load(Ordering::Relaxed) {
            resume_unwind(Box::new(Stop));
        }
    }
}

/// Only the thread of R reads or changes this table, so that no fork finds it locked.
static JOBS: Mutex<BTreeMap<u64, Arc<Job>>> = Mutex::new(BTreeMap::new());
static LAST: AtomicU64 = AtomicU64::new(0);

/// Where the last panic was: R shows it, since nothing may be written to the terminal behind its back.
static FAULT: Mutex<String> = Mutex::new(String::new());

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn job(number: u64) -> Option<Arc<Job>> {
    open(&JOBS).get(&number).cloned()
}

pub(crate) fn start(asked: Vec<u8>) -> u64 {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| set_hook(Box::new(|panic| *open(&FAULT) = panic.to_string())));
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let job = Arc::new(Job::default());
    open(&JOBS).insert(number, Arc::clone(&job));
    let of = Arc::clone(&job);
    let thread = std::thread::Builder::new().name("ijsberg".to_owned()).spawn(move || {
        let answer = catch_unwind(AssertUnwindSafe(|| run(&of, &asked)));
        give(&of, answer.unwrap_or_else(|why| fault(why.as_ref()).bytes()));
    });
    if let Err(why) = thread {
        give(&job, Refusal::fault(why.to_string()).bytes());
    }
    number
}

fn give(job: &Job, answer: Vec<u8>) {
    *open(&job.answer) = Some(answer);
    job.answered.notify_all();
}

/// Computes in a pool that ends with the answer.
fn run(job: &Job, asked: &[u8]) -> Vec<u8> {
    let request = match Request::read(asked) {
        Ok(request) => request,
        Err(refusal) => return refusal.bytes(),
    };
    match rayon::ThreadPoolBuilder::new().num_threads(request.threads).build() {
        Ok(pool) => pool.install(|| tasks::run(request, job)),
        Err(why) => Refusal::fault(why.to_string()).bytes(),
    }
}

fn fault(why: &(dyn Any + Send)) -> Refusal {
    if why.is::<Stop>() { Refusal::fault("stopped".to_owned()) } else { Refusal::fault(open(&FAULT).clone()) }
}

/// The length of an answer; an inner `None` where it is not there yet, an outer one where there is nothing of this number.
#[expect(clippy::option_option, reason = "both are asked for")]
pub(crate) fn wait(number: u64, most: Duration) -> Option<Option<usize>> {
    let job = job(number)?;
    let answer = open(&job.answer);
    let (answer, _) = job
        .answered
        .wait_timeout_while(answer, most, |a| a.is_none())
        .unwrap_or_else(PoisonError::into_inner);
    Some(answer.as_ref().map(Vec::len))
}

pub(crate) fn take(number: u64) -> Option<Vec<u8>> {
    let job = job(number)?;
    let answer = open(&job.answer).take();
    open(&JOBS).remove(&number);
    answer
}

pub(crate) fn stop(number: u64) {
    if let Some(job) = open(&JOBS).remove(&number) {
        job.stopped.store(true, Ordering::Relaxed);
    }
}
