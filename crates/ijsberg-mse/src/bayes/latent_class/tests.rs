use super::target::logistic;
use super::*;

#[test]
fn the_gradient_is_the_slope() {
    let names = ["a", "b", "c"].map(String::from).to_vec();
    let h = Histories::new(names, [(1, 30), (2, 20), (4, 9), (3, 8), (5, 4), (6, 3), (7, 2)]).unwrap();
    let target = Target::new(&h, 3);
    let mut work = Work::new(&target);
    let x: Vec<f64> = (0..target.dimensions()).map(|i| (i as f64 * 0.7).sin()).collect();
    for beta in [1.0, 0.3] {
        target.evaluate(&x, beta, &mut work);
        let gradient = work.gradient.clone();
        for i in 0..x.len() {
            let mut at = |by: f64| {
                let mut y = x.clone();
                y[i] += by;
                let (l, p) = target.evaluate(&y, beta, &mut work);
                beta * l + p
            };
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slope - gradient[i]).abs() < 1e-5 * (1.0 + slope.abs()), "{i} {slope} {}", gradient[i]);
        }
    }
}

/// Without data the sampler must give the prior back: the check of every move's acceptance.
#[test]
fn without_data_the_draws_are_those_of_the_prior() {
    let target = Target { t: 2, classes: 4, n: 0.0, cells: vec![(0, 0.0)] };
    let weights = |sticks: &[f64]| {
        let mut left = 1.0;
        let mut weights: Vec<f64> = sticks
            .iter()
            .map(|v| {
                let w = left * v;
                left -= w;
                w
            })
            .collect();
        weights.push(left);
        weights
    };
    // Directly: alpha, then the sticks.
    let mut rng = stream(3, 0);
    let gamma = Gamma::new(0.25, 4.0).unwrap();
    let draws = 200_000;
    let mut expected = [0.0; 4];
    for _ in 0..draws {
        let alpha: f64 = gamma.sample(&mut rng);
        let sticks: Vec<f64> =
            (0..3).map(|_| 1.0 - rng.random::<f64>().powf(1.0 / alpha.max(1e-300))).collect();
        expected.iter_mut().zip(weights(&sticks)).for_each(|(e, w)| *e += w / f64::from(draws));
    }
    let mut chain = Chain::new(&target, stream(4, 0));
    chain.run(2000, true);
    let mut found = [0.0; 4];
    let mut on_list = 0.0;
    let iterations = 30_000;
    for _ in 0..iterations {
        chain.run(1, true);
        let x = &chain.rungs[0].x;
        let sticks: Vec<f64> = x[8..11].iter().map(|z| -(-z.exp()).exp_m1()).collect();
        found.iter_mut().zip(weights(&sticks)).for_each(|(e, w)| *e += w / f64::from(iterations));
        on_list += logistic(x[0]) / f64::from(iterations);
    }
    for (e, f) in expected.iter().zip(&found) {
        assert!((e - f).abs() < 0.02, "{expected:?} {found:?}");
    }
    assert!((on_list - 0.5).abs() < 0.02, "{on_list}");
}
