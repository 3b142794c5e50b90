//! A keyboard: keys pressed one by one, where they lead, and whether one sees where one is.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

use crate::visitor::Visitor;

/// Controls of a page, and values of a list: no page has more.
const MOST: u32 = 300;

/// Whether the control that has the focus is the one that is wanted; if one does not see that it has it, what it is; and whether the
/// one that is wanted stands before it.
const FOCUSED: &str = "const [wanted] = arguments, e = document.activeElement, to = document.querySelector(wanted);
    if (!e || e === document.body) return [false, null, false];
    const ring = (e) => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0; };
    let clipped = false;
    for (let p = e; p; p = p.parentElement) clipped ||= getComputedStyle(p).clipPath !== 'none';
    const box = e.getBoundingClientRect(), door = e.closest('.door');
    const seen = !clipped && box.width > 1 && box.height > 1 && (ring(e) || (door !== null && ring(door)));
    const back = to !== null && (e.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
    return [e.matches(wanted), seen ? null : e.outerHTML.slice(0, 200), back];";

impl Visitor<'_> {
    /// Presses keys one after another, as a keyboard does: without pointing at anything first.
    pub(crate) async fn presses(&self, keys: impl IntoIterator<Item = char>) {
        let pressed = keys.into_iter().fold(KeyActions::new("keyboard".to_owned()), |all, value| {
            all.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.browser.client.perform_actions(pressed).await.unwrap();
    }

    /// Presses a key.
    pub(crate) async fn press(&self, key: impl Into<char>) {
        self.presses([key.into()]).await;
    }

    async fn press_with_shift(&self, key: Key) {
        let (shift, value) = (Key::Shift.into(), key.into());
        let pressed = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: shift })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: shift });
        self.browser.client.perform_actions(pressed).await.unwrap();
    }

    /// Types into the control that has the focus.
    pub(crate) async fn types(&self, text: &str) {
        self.presses(text.chars()).await;
    }

    /// Goes to a control by Tab alone, back with Shift, and gives how often it was pressed. Of every control on the way one sees that it
    /// has the focus.
    pub(crate) async fn reach(&self, css: &str) -> u32 {
        for tabs in 0..MOST {
            let found = self.browser.client.execute(FOCUSED, vec![css.into()]).await.unwrap();
            assert!(found[1].is_null(), "on the way to {css} one does not see where one is: {}", found[1]);
            if found[0] == true {
                return tabs;
            }
            if found[2] == true {
                self.press_with_shift(Key::Tab).await;
            } else {
                self.press(Key::Tab).await;
            }
        }
        panic!("{css} is not reached by Tab");
    }

    /// Reaches a control, and does what Enter does there.
    pub(crate) async fn enter(&self, css: &str) {
        self.reach(css).await;
        self.press(Key::Enter).await;
    }

    /// Reaches a list or a group of buttons, and moves in it by an arrow until it is at a value.
    pub(crate) async fn arrow_to(&self, css: &str, arrow: Key, value: &str) {
        self.reach(css).await;
        for _ in 0..MOST {
            if self.browser.ask("return document.activeElement.value").await == value {
                return;
            }
            self.press(arrow).await;
        }
        panic!("{css} is not brought to {value} by arrows");
    }

    /// Reaches a list, and chooses in it from the first value on.
    pub(crate) async fn down_to(&self, css: &str, value: &str) {
        self.reach(css).await;
        self.press(Key::Home).await;
        self.arrow_to(css, Key::Down, value).await;
    }
}
