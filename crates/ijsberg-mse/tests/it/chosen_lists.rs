//! Doubly robust estimates with chosen lists on populations of known size; `examples/doubly_robust_many.rs` draws many more.

use ijsberg_mse::doubly_robust::learner::Learner;
use ijsberg_mse::simulate::chosen_lists::{World, with_errors, with_learner};

/// What the theory says: without the correction the error is that of the chances, of the order `n^-alpha`; with it its square, so that from one
/// quarter on the intervals hold.
#[test]
fn with_the_correction_errors_of_the_chances_enter_as_their_square() {
    let world = World { persons: 3000, bend: 0.0 };
    // About 2,360 are seen, so that the errors are 0.21, 0.14 and 0.045.
    for (alpha, plug_in_least) in [(0.2, 0.03), (0.25, 0.02)] {
        let c = with_errors(&world, alpha, 200, 11);
        assert_eq!(c.draws, 200);
        assert!(c.plug_in.bias > plug_in_least, "{alpha}: {c:?}");
        assert!(c.corrected.bias.abs() < 0.5 * c.plug_in.bias, "{alpha}: {c:?}");
        assert!(c.corrected.covered > 0.90 && c.corrected.root < c.plug_in.root, "{alpha}: {c:?}");
    }
    let slow = with_errors(&world, 0.1, 200, 12);
    assert!(slow.plug_in.covered < 0.4 && slow.corrected.covered > slow.plug_in.covered + 0.3, "{slow:?}");
    let fast = with_errors(&world, 0.5, 200, 13);
    // Two hundred draws of a spread of 2.3% leave 0.16% on the bias.
    assert!(fast.corrected.bias.abs() < 0.007 && fast.corrected.covered > 0.90, "{fast:?}");
    assert!((fast.se_ratio - 1.0).abs() < 0.2, "{fast:?}");
}

/// Chances that go in waves: straight lines take people for alike who are not, splines follow.
#[test]
fn splines_find_what_straight_lines_miss() {
    let world = World { persons: 10_000, bend: 1.5 };
    let lines = with_learner(&world, &[0, 1], Learner::Logistic, 4, 5);
    let splines = with_learner(&world, &[0, 1], Learner::Spline, 4, 5);
    assert_eq!((lines.draws, splines.draws), (4, 4));
    assert!(lines.corrected.bias < -0.05, "{lines:?}");
    assert!(splines.corrected.bias.abs() < 0.03, "{splines:?}");
    assert!(splines.corrected.covered >= 0.5, "{splines:?}");
}
