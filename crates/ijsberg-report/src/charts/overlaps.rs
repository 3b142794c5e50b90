use ijsberg_mse::model::bits;

use crate::Analysis;
use crate::charts::{Svg, ink, margin_for, shortened};
use crate::text::Text;

/// The most histories that are drawn.
const COLUMNS: usize = 30;

/// An `UpSet` chart: a bar for each history, with dots that say which lists it means.
pub fn overlaps(text: &Text, a: &Analysis) -> String {
    let h = &a.histories;
    let mut cells = h.cells().to_vec();
    cells.sort_by_key(|c| (std::cmp::Reverse(c.1), c.0));
    cells.truncate(COLUMNS);
    let t = h.t();
    let labels: Vec<String> = (h.lists().iter().enumerate())
        .map(|(j, name)| shortened(&format!("{name} ({})", text.number(h.list_size(j) as f64))))
        .collect();
    let (left, top, tall) = (margin_for(&labels), 24.0, 180.0);
    let step = ((710.0 - left) / cells.len() as f64).min(34.0);
    let height = top + tall + 24.0 + 20.0 * t as f64;
    let description: Vec<String> = cells
        .iter()
        .map(|(m, c)| {
            format!("{}: {c}", bits(*m).map(|j| h.lists()[j].as_str()).collect::<Vec<_>>().join("·"))
        })
        .collect();
    let mut svg = Svg::new(720.0, height, &text.say("chart-overlaps"), &description.join("; "));
    let most = cells.first().map_or(1.0, |c| c.1 as f64);
    // Square roots keep an overlap of one visible beside thousands.
    let tall_of = |c: u64| (c as f64 / most).sqrt() * tall;
    for (j, label) in labels.iter().enumerate() {
        let y = top + tall + 24.0 + 20.0 * j as f64;
        if j % 2 == 0 {
            svg.rect(0.0, y - 10.0, 720.0, 20.0, ink::ROW);
        }
        svg.text(left - 12.0, y + 4.0, 13.0, "end", ink::TEXT, label);
    }
    for (i, (mask, count)) in cells.iter().enumerate() {
        let x = left + step * (i as f64 + 0.5);
        let tall_here = tall_of(*count);
        let several = mask.count_ones() > 1;
        svg.rect(
            x - 0.35 * step,
            top + tall - tall_here,
            0.7 * step,
            tall_here,
            if several { ink::EMPH } else { ink::DATA },
        );
        svg.text(x, top + tall - tall_here - 4.0, 10.0, "middle", ink::TEXT, &text.number(*count as f64));
        let on: Vec<usize> = bits(*mask).collect();
        let y = |j: usize| top + tall + 24.0 + 20.0 * j as f64;
        for j in 0..t {
            svg.dot(x, y(j), 4.0, if on.contains(&j) { ink::DATA } else { ink::GRID });
        }
        if let (Some(first), Some(last)) = (on.first(), on.last()) {
            svg.line((x, y(*first)), (x, y(*last)), ink::DATA, 2.0);
        }
    }
    svg.finish()
}
