//! How many bits one row has in common with each of three others.
//!
//! `cargo run -p ijsberg-bits --example first`

use ijsberg_bits::{LANES, Rows};

fn main() {
    let rows = [[0b1110_u64], [0b0110], [0b0001]];
    let block = Rows::new(1, rows.iter().map(|r| &r[..]));
    let mut shared = [0; LANES];
    block.shared(&[0b0111], 0, 1, &mut shared);
    println!("in common: {:?}", &shared[..block.len()]);
}
