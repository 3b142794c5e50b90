//! Three lists: how many people are on none of them, at least.
//!
//! `cargo run -p ijsberg-mse --example first`

use ijsberg_mse::bounds::chao_corrected;
use ijsberg_mse::histories::{Histories, HistoriesError};

fn main() -> Result<(), HistoriesError> {
    let lists = ["police", "shelter", "inspectorate"].map(String::from).to_vec();
    // Bit by bit: 0b011 is on the first list and the second, and not on the third.
    let cells = [(0b001, 120), (0b010, 80), (0b100, 60), (0b011, 20), (0b101, 15), (0b110, 9), (0b111, 4)];
    let table = Histories::new(lists, cells)?;
    let least = chao_corrected(&table, 0.95);
    println!("{} people are on a list; there are at least {:.0}", table.n(), least.n_hat);
    println!("95% interval of that minimum: {:.0} to {:.0}", least.lower, least.upper);
    Ok(())
}
