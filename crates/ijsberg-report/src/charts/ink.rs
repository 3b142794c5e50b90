//! Colours that people with colour blindness distinguish, also in print: the light values of `assets/tokens.css`.

pub(crate) const TEXT: &str = "#0c2a3b";
pub(crate) const QUIET: &str = "#445e6c";
pub(crate) const LAMP: &str = "#9c4a06";
pub(crate) const SEEN: &str = "#ffffff";
pub(crate) const SKY: &str = "#eef6fa";
pub(crate) const WATER: &str = "#cfe4ef";
pub(crate) const LOW: &str = "#0a3a5c";
pub(crate) const MID: &str = "#2f7fb0";
pub(crate) const HIGH: &str = "#8fc0de";
pub(crate) const DATA: &str = "#0b5584";
pub(crate) const RIBBON: &str = "#b5d5e8";
pub(crate) const MUTE: &str = "#8aa0ac";
pub(crate) const EMPH: &str = "#c8650a";
pub(crate) const GRID: &str = "#dbe6ec";
pub(crate) const ROW: &str = "#e6f0f5";

/// The name that each has in the style sheet, where it differs by day and by night.
pub(crate) const NAMES: [(&str, &str); 15] = [
    (TEXT, "ink"),
    (QUIET, "ink-2"),
    (LAMP, "lamp"),
    (SEEN, "c-seen"),
    (SKY, "c-sky"),
    (WATER, "c-water"),
    (LOW, "c-low"),
    (MID, "c-mid"),
    (HIGH, "c-high"),
    (DATA, "c-data"),
    (RIBBON, "c-ribbon"),
    (MUTE, "c-mute"),
    (EMPH, "c-emph"),
    (GRID, "c-grid"),
    (ROW, "sunk"),
];

/// Steps in which what lies below a lower bound fades into the water.
pub(super) const FADING: u32 = 16;

/// A shade between the ice below and the water, 0 to [`FADING`].
pub(super) fn shade(step: u32) -> String {
    let of = |colour: &str, at: usize| u32::from_str_radix(&colour[at..at + 2], 16).unwrap_or(0);
    let mix = |at| (of(HIGH, at) * (FADING - step) + of(WATER, at) * step) / FADING;
    format!("#{:02x}{:02x}{:02x}", mix(1), mix(3), mix(5))
}

/// Every shade with what it is on a page that may be dark.
pub(super) fn shades() -> impl Iterator<Item = (String, String)> {
    (1..FADING).map(|step| {
        let share = 100 * (FADING - step) / FADING;
        (shade(step), format!("color-mix(in srgb, var(--c-high) {share}%, var(--c-water))"))
    })
}
