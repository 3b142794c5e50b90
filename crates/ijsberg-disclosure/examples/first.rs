//! One count in two tables, with noise that depends on the people in it.
//!
//! `cargo run -p ijsberg-disclosure --example first`

use ijsberg_disclosure::cell_key::{CellKey, protect};
use ijsberg_disclosure::perturbation::{Noise, NoiseError, Perturbation};
use ijsberg_disclosure::round::{Base, rounded};

fn main() -> Result<(), NoiseError> {
    let noise = Perturbation::new(Noise::default())?;
    let people = ["a1", "b2", "c3", "d4", "e5", "f6", "g7"];
    let number = |person: &str| CellKey::from_secret(b"a secret that is kept", person.as_bytes());
    let cell = people.iter().fold(CellKey::default(), |cell, person| cell.and(number(person)));
    // The same people get the same noise in every table, so comparing tables does not remove it.
    let [once, again] = [protect(&noise, 7, cell), protect(&noise, 7, cell)];
    println!("7 people are published as {} and as {}", once.get(), again.get());
    println!("rounded to five: {}", rounded(7, Base::FIVE).get());
    Ok(())
}
