//! Tests that people with colour blindness can distinguish the colours of charts, in the light and the dark style.
//!
//! What they see is simulated for dichromats, with the matrices for a severity of 1 of Machado, Oliveira and Fernandes (2009), A
//! physiologically-based model for simulation of color vision deficiency, IEEE Transactions on Visualization and Computer Graphics 15,
//! 1291. Distances are those of CIELAB (CIE 1976), in which about 2 is the least that people notice side by side.

use crate::charts::ink;

type Pair = (&'static str, &'static str);

/// Colours with different meanings that are side by side in a chart, by chart.
const TOGETHER: [(&str, &[Pair]); 9] = [
    (
        "iceberg",
        &[
            (ink::SEEN, ink::LOW),
            (ink::LOW, ink::MID),
            (ink::MID, ink::HIGH),
            (ink::HIGH, ink::WATER),
            (ink::LOW, ink::WATER),
        ],
    ),
    (
        "design",
        &[
            (ink::DATA, ink::MID),
            (ink::DATA, ink::RIBBON),
            (ink::DATA, ink::MUTE),
            (ink::MID, ink::RIBBON),
            (ink::MID, ink::MUTE),
            (ink::RIBBON, ink::MUTE),
            (ink::EMPH, ink::MID),
        ],
    ),
    ("forest, influence, sensitivity", &[(ink::EMPH, ink::DATA), (ink::EMPH, ink::MUTE)]),
    ("group", &[(ink::DATA, ink::EMPH), (ink::MID, ink::MUTE), (ink::EMPH, ink::MUTE)]),
    ("levels, trend", &[(ink::RIBBON, ink::DATA), (ink::RIBBON, ink::EMPH), (ink::DATA, ink::EMPH)]),
    ("multiverse", &[(ink::MID, ink::EMPH), (ink::MID, ink::DATA), (ink::DATA, ink::EMPH)]),
    ("overlaps", &[(ink::DATA, ink::GRID), (ink::DATA, ink::EMPH)]),
    ("calibration, weights", &[(ink::MID, ink::MUTE), (ink::DATA, ink::MUTE), (ink::DATA, ink::RIBBON)]),
    ("waterfall", &[(ink::EMPH, ink::MID), (ink::EMPH, ink::DATA)]),
];

/// Far more than the least that is noticed: marks are small, and seldom touch.
const LEAST: f64 = 15.0;

type Matrix = [[f64; 3]; 3];

/// Everybody else, and people without one of the three kinds of cones.
const SIGHTS: [(&str, Matrix); 4] = [
    ("all colours", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

/// From linear sRGB to XYZ, with the white of D65 as one.
const XYZ: Matrix = [
    [0.412_456_4 / 0.950_47, 0.357_576_1 / 0.950_47, 0.180_437_5 / 0.950_47],
    [0.212_672_9, 0.715_152_2, 0.072_175_0],
    [0.019_333_9 / 1.088_83, 0.119_192_0 / 1.088_83, 0.950_304_1 / 1.088_83],
];

fn times(m: &Matrix, v: [f64; 3]) -> [f64; 3] {
    m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

/// A colour as somebody sees it, in CIELAB.
fn seen(colour: &str, sight: &Matrix) -> [f64; 3] {
    let part = |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
    let linear = |of: f64| if of <= 0.040_45 { of / 12.92 } else { ((of + 0.055) / 1.055).powf(2.4) };
    let light = times(sight, [1, 3, 5].map(|at| linear(part(at)))).map(|of| of.clamp(0.0, 1.0));
    let curve = |of: f64| if of > 216.0 / 24_389.0 { of.cbrt() } else { of * 841.0 / 108.0 + 4.0 / 29.0 };
    let [x, y, z] = times(&XYZ, light).map(curve);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn apart(a: &str, b: &str, sight: &Matrix) -> f64 {
    let (a, b) = (seen(a, sight), seen(b, sight));
    a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// The value that a colour has by night, in the part of the style sheet for readers who chose it.
fn by_night(ink: &str) -> &'static str {
    let name = ink::NAMES.iter().find(|n| n.0 == ink).unwrap().1;
    let dark = crate::html::TOKENS.split_once("[data-theme=\"dark\"] {").unwrap().1;
    let value = dark.split_once(&format!("--{name}: ")).unwrap().1;
    value.split_once(';').unwrap().0
}

#[test]
fn a_red_and_a_green_are_one_colour_without_the_cones_for_green() {
    let [everybody, _, deuteranopia, _] = SIGHTS.map(|(_, matrix)| apart("#c0392b", "#6b7d1e", &matrix));
    assert!(everybody > 70.0 && deuteranopia < 1.0, "{everybody} {deuteranopia}");
}

#[test]
fn colours_side_by_side_are_told_apart_by_people_who_see_fewer() {
    let mut wrong = Vec::new();
    for (chart, pairs) in TOGETHER {
        for (a, b) in pairs {
            for (time, a, b) in [("day", *a, *b), ("night", by_night(a), by_night(b))] {
                for (sight, matrix) in &SIGHTS {
                    let distance = apart(a, b, matrix);
                    if distance < LEAST {
                        wrong.push(format!("{chart}, {time}, {sight}: {a} and {b} are {distance:.1} apart"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
