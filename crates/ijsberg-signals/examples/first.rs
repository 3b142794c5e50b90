//! A case with three answers, assessed.
//!
//! `cargo run -p ijsberg-signals --example first`

use ijsberg_signals::answer::{Answer, Answers};
use ijsberg_signals::assess::{Case, CaseError, weigh};
use ijsberg_signals::rules::Rules;

fn main() -> Result<(), CaseError> {
    let rules = Rules::shipped();
    let given = [("papers_taken_here", Answer::Yes), ("high_debt", Answer::Yes), ("minor", Answer::No)];
    let answers = Answers(given.map(|(question, answer)| (question.to_owned(), answer)).into());
    let assessment = weigh(&rules, &Case { answers, ..Case::default() })?;
    println!("indication: {}; because of {:?}", assessment.threshold.indication, assessment.because);
    println!("still to be asked: {:?}", assessment.threshold.open);
    Ok(())
}
