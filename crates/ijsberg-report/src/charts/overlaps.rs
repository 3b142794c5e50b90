use ijsberg_mse::histories::Mask;
use ijsberg_mse::model::bits;

use crate::Analysis;
use crate::charts::{Cell, Chart, Data, Room, Svg, ink, margin_for, shortened};
use crate::text::Text;

/// The most histories that are drawn, on a page and on a phone.
const COLUMNS: (usize, usize) = (30, 12);

/// An `UpSet` chart: a bar for each history, with dots that say which lists it means.
pub fn overlaps(text: &Text, a: &Analysis) -> Option<Chart> {
    Chart::drawn(|room| Some(draw(text, a, room)))
}

fn draw(text: &Text, a: &Analysis, room: Room) -> Svg {
    let h = &a.histories;
    let mut cells = h.cells().to_vec();
    cells.sort_by_key(|c| (std::cmp::Reverse(c.1), c.0));
    cells.truncate(if room == Room::Wide { COLUMNS.0 } else { COLUMNS.1 });
    let t = h.t();
    let labels: Vec<String> = (h.lists().iter().enumerate())
        .map(|(j, name)| shortened(&format!("{name} ({})", text.number(h.list_size(j) as f64))))
        .collect();
    let (left, top, tall) = (room.pick(margin_for(&labels), 10.0), 24.0, 180.0);
    let step = ((room.width() - 10.0 - left) / cells.len() as f64).min(34.0);
    // On a phone the name of a list stands above its dots.
    let (row, above) = (room.pick(20.0, 36.0), room.pick(0.0, 16.0));
    let y_of = |j: usize| top + tall + 24.0 + above + row * j as f64;
    let height = y_of(t) - above;
    let name = |m: Mask| bits(m).map(|j| h.lists()[j].as_str()).collect::<Vec<_>>().join("·");
    let description: Vec<String> = cells.iter().map(|(m, c)| format!("{}: {c}", name(*m))).collect();
    let columns = [("history", text.say("col-combination")), ("count", text.say("col-people"))];
    let mut data = Data::new(text, columns);
    cells.iter().for_each(|(m, c)| data.row([Cell::words(&name(*m)), Cell::number(text, *c as f64)]));
    let mut svg =
        Svg::new(room.width(), height, &text.say("chart-overlaps"), &description.join("; ")).with(data);
    let most = cells.first().map_or(1.0, |c| c.1 as f64);
    // Square roots keep an overlap of one visible beside thousands.
    let tall_of = |c: u64| (c as f64 / most).sqrt() * tall;
    for (j, label) in labels.iter().enumerate() {
        let y = y_of(j);
        if j % 2 == 0 {
            svg.rect(0.0, y - 10.0 - above, room.width(), row, ink::ROW);
        }
        match room {
            Room::Wide => svg.text(left - 12.0, y + 4.0, 13.0, "end", ink::TEXT, label),
            Room::Narrow => svg.text(left, y - 12.0, 12.0, "start", ink::TEXT, label),
        }
    }
    for (i, (mask, count)) in cells.iter().enumerate() {
        let x = left + step * (i as f64 + 0.5);
        let tall_here = tall_of(*count);
        let colour = if mask.count_ones() > 1 { ink::EMPH } else { ink::DATA };
        svg.mark(i, (x - 0.5 * step, 0.0, step, height), |svg| {
            svg.rect(x - 0.35 * step, top + tall - tall_here, 0.7 * step, tall_here, colour);
            let words = text.number(*count as f64);
            svg.text(x, top + tall - tall_here - 4.0, 10.0, "middle", ink::TEXT, &words);
            let on: Vec<usize> = bits(*mask).collect();
            for j in 0..t {
                svg.dot(x, y_of(j), 4.0, if on.contains(&j) { ink::DATA } else { ink::GRID });
            }
            if let (Some(first), Some(last)) = (on.first(), on.last()) {
                svg.line((x, y_of(*first)), (x, y_of(*last)), ink::DATA, 2.0);
            }
        });
    }
    svg
}
