// Poisson log-linear models on two to five lists, as ijsberg-mse fits them: pure functions, no page and no network.
//
// A combination of lists is a bit mask, bit j for list j; a table is an array of 2^t counts by mask whose first is the combination that
// nobody is seen with. `log mu(w) = sum of alpha(a) over the terms a contained in w`.
'use strict';

const fitting = (() => {
    const LEVEL = 0.95;
    // Newton's method stops where twice the log-likelihood still to gain is below this.
    const DECREMENT = 1e-11;
    const MAX_STEPS = 60;
    // A pivot this small against its diagonal marks a parameter that the data do not determine.
    const PIVOT = 1e-11;
    // A fitted count below this may be on its way to zero.
    const VANISHING = 1e-5;
    // Beyond this multiple of the number observed an upper limit is reported as unbounded.
    const FARTHEST = 1e7;

    const bits = (mask) => { let n = 0; for (let m = mask; m; m &= m - 1) n++; return n; };

    const supersetSums = (x) => {
        for (let half = 1; half < x.length; half *= 2) {
            for (let a = 0; a < x.length; a++) if (!(a & half)) x[a] += x[a | half];
        }
    };

    const subsetProducts = (x) => {
        for (let half = 1; half < x.length; half *= 2) {
            for (let a = 0; a < x.length; a++) if (a & half) x[a] *= x[a ^ half];
        }
    };

    // Logarithm of the gamma function for x > 0: recurrence to sixteen and more, then Stirling's series.
    const lnGamma = (given) => {
        let x = given, product = 1;
        while (x < 16) { product *= x; x += 1; }
        const r = 1 / (x * x);
        const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / x;
        return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
    };

    // How many standard deviations to either side hold this share of a normal distribution. Newton's steps from zero never overshoot, since
    // the share rises ever more slowly.
    const reach = (level) => {
        let z = 0;
        for (let steps = 0; steps < 100; steps++) {
            const density = 2 * Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
            let sum = 0;
            for (let k = 0, term = z; term > sum * 1e-17; k++, term *= (z * z) / (2 * k + 1)) sum += term;
            const step = (level - density * sum) / density;
            z += step;
            if (Math.abs(step) < 1e-15 * (1 + z)) break;
        }
        return z;
    };

    const countsOf = (cells, withUnobserved = false) => {
        const cell = Float64Array.from(cells), sufficient = Float64Array.from(cell);
        supersetSums(sufficient);
        let saturated = 0;
        for (const n of cell) if (n > 0) saturated += n * Math.log(n) - n;
        return { size: cell.length, cell, sufficient, saturated, withUnobserved, n: sufficient[0] - cell[0] };
    };

    // Cholesky factor of the information, by rows with an inverted diagonal; a dependent row has a zero diagonal.
    const factored = (finite, sums) => {
        const p = finite.length, l = new Float64Array(p * p);
        let deficient = false;
        for (let i = 0; i < p; i++) {
            const at = i * p;
            for (let j = 0; j < i; j++) {
                const other = j * p;
                let value = sums[finite[i] | finite[j]];
                for (let k = 0; k < j; k++) value -= l[at + k] * l[other + k];
                l[at + j] = value * l[other + j];
            }
            const full = sums[finite[i]];
            let rest = full;
            for (let k = 0; k < i; k++) rest -= l[at + k] * l[at + k];
            l[at + i] = rest > PIVOT * full ? 1 / Math.sqrt(rest) : 0;
            if (l[at + i] === 0) deficient = true;
        }
        return { l, deficient };
    };

    // Solves with that factor in place; gives the squared length of the half-solved vector, which is Newton's decrement.
    const solve = (l, x) => {
        const p = x.length;
        let decrement = 0;
        for (let i = 0; i < p; i++) {
            let value = x[i];
            for (let k = 0; k < i; k++) value -= l[i * p + k] * x[k];
            x[i] = value * l[i * p + i];
            decrement += x[i] * x[i];
        }
        for (let i = p - 1; i >= 0; i--) {
            x[i] *= l[i * p + i];
            for (let k = 0; k < i; k++) x[k] -= x[i] * l[i * p + k];
        }
        return decrement;
    };

    const means = (fit, finite) => {
        fit.mu.fill(1);
        for (const a of finite) fit.mu[a] = Math.exp(fit.alpha[a]);
        subsetProducts(fit.mu);
    };

    // Takes away the counts with a term that nobody has, those off a face, and the unobserved one unless it is fitted.
    const remove = (counts, dead, outside, fit) => {
        if (!counts.withUnobserved) fit.mu[0] = 0;
        for (const a of dead) for (let w = a; w < counts.size; w++) if ((w & a) === a) fit.mu[w] = 0;
        for (const w of outside) fit.mu[w] = 0;
    };

    // The first step of iteratively reweighted least squares.
    const leastSquares = (counts, finite, fit) => {
        const weight = new Float64Array(counts.size), rhs = new Float64Array(counts.size);
        counts.cell.forEach((n, w) => {
            if (fit.mu[w] <= 0) return;
            weight[w] = n + 0.1;
            rhs[w] = (n + 0.1) * Math.log(n + 0.1) - 0.1;
        });
        supersetSums(weight);
        supersetSums(rhs);
        const step = Float64Array.from(finite, (a) => rhs[a]);
        solve(factored(finite, weight).l, step);
        finite.forEach((a, k) => { fit.alpha[a] = step[k]; });
        const removed = [...fit.mu.keys()].filter((w) => fit.mu[w] === 0);
        means(fit, finite);
        for (const w of removed) fit.mu[w] = 0;
    };

    // Newton's steps. Gives whether they came to an end where the data determine every parameter.
    const iterate = (counts, finite, dead, outside, fit) => {
        let best = -Infinity, halvings = 0, singular = false, converged = false, steps = 0, step = null;
        while (steps < MAX_STEPS) {
            const sums = Float64Array.from(fit.mu);
            supersetSums(sums);
            const linear = finite.reduce((sum, a) => sum + fit.alpha[a] * counts.sufficient[a], 0);
            const likelihood = linear - sums[0];
            fit.deviance = Math.max(2 * (counts.saturated - likelihood), 0);
            if (converged) break;
            const slack = 1e-9 * (1 + Math.abs(counts.saturated));
            if ((Number.isNaN(likelihood) || likelihood < best - slack) && halvings < 30 && step) {
                // The step overshot: go half the way back.
                halvings++;
                finite.forEach((a, k) => { step[k] *= 0.5; fit.alpha[a] -= step[k]; });
                means(fit, finite);
                remove(counts, dead, outside, fit);
                continue;
            }
            best = likelihood;
            halvings = 0;
            step = Float64Array.from(finite, (a) => counts.sufficient[a] - sums[a]);
            const { l, deficient } = factored(finite, sums);
            const decrement = solve(l, step);
            singular = deficient;
            steps++;
            const factor = new Float64Array(counts.size).fill(1);
            finite.forEach((a, k) => { fit.alpha[a] += step[k]; factor[a] = Math.exp(step[k]); });
            subsetProducts(factor);
            // A removed count stays removed even where the step overflows.
            for (let w = 0; w < counts.size; w++) fit.mu[w] = fit.mu[w] > 0 ? fit.mu[w] * factor[w] : 0;
            converged = decrement < DECREMENT;
        }
        return converged && !singular;
    };

    const emptyFit = (size) => ({ alpha: new Float64Array(size), mu: new Float64Array(size), deviance: 0, regular: false });

    // Fits the model with the given terms, on a face where histories are `outside`; from `fit` itself if `warm`.
    const refit = (counts, terms, outside, warm, fit) => {
        const finite = terms.filter((a) => counts.sufficient[a] > 0), dead = terms.filter((a) => counts.sufficient[a] <= 0);
        for (const a of dead) fit.alpha[a] = -Infinity;
        if (warm) {
            for (const a of finite) if (!Number.isFinite(fit.alpha[a])) fit.alpha[a] = 0;
            means(fit, finite);
        } else {
            fit.mu.fill(1);
        }
        remove(counts, dead, outside, fit);
        if (!warm) leastSquares(counts, finite, fit);
        const settled = iterate(counts, finite, dead, outside, fit);
        const least = fit.mu.reduce((min, m) => (m > 0 && m < min ? m : min), Infinity);
        fit.regular = settled && Number.isFinite(fit.alpha[0]) && least > VANISHING;
        return fit;
    };

    const support = (counts) => [...counts.cell.keys()].filter((w) => w > 0 && counts.cell[w] > 0);

    // A fit with whether it means anything; a fit that converges with every count well above zero is a proof that it does.
    const settled = (counts, terms) => {
        const fit = refit(counts, terms, [], false, emptyFit(counts.size));
        if (fit.regular) return { existence: 'exists', outside: [], fit };
        const finite = terms.filter((a) => counts.sufficient[a] > 0), dead = terms.filter((a) => counts.sufficient[a] <= 0);
        const minimal = dead.filter((a) => !dead.some((b) => b !== a && (a & b) === b));
        const face = exact.face(counts.size, support(counts), finite, minimal);
        if (face.existence === 'exists' && face.outside.length) {
            return { ...face, fit: refit(counts, terms, face.outside, false, emptyFit(counts.size)) };
        }
        return { ...face, fit };
    };

    // Standard deviation of the logarithm of the unobserved count.
    const deviation = (counts, terms, fit) => {
        const finite = terms.filter((a) => counts.sufficient[a] > 0), sums = Float64Array.from(fit.mu);
        supersetSums(sums);
        const first = Float64Array.from(finite, (a) => (a === 0 ? 1 : 0));
        solve(factored(finite, sums).l, first);
        return Math.sqrt(first[0]);
    };

    const figures = (counts, parameters, deviance) => {
        const factorials = counts.cell.reduce((sum, n) => sum + lnGamma(n + 1), 0);
        const logLikelihood = counts.saturated - factorials - 0.5 * deviance;
        return {
            parameters,
            deviance,
            logLikelihood,
            degrees: counts.size - 1 - parameters,
            aic: 2 * parameters - 2 * logLikelihood,
            bic: Math.log(counts.n) * parameters - 2 * logLikelihood,
        };
    };

    // One model on a table of counts, with everything a table of results needs.
    const fitModel = (cells, terms) => {
        const counts = countsOf(cells), { existence, fit } = settled(counts, terms);
        const unobserved = Math.exp(fit.alpha[0]);
        const spread = existence === 'exists' ? deviation(counts, terms, fit) : NaN;
        return { terms, existence, unobserved, spread, total: counts.n + unobserved, ...figures(counts, terms.length, fit.deviance) };
    };

    // Limits of the total that are normal on the logarithm of the unobserved count (Wald); they take the model as given.
    const wald = ({ total, unobserved, spread }, level = LEVEL) => {
        const c = Math.exp(reach(level) * spread), n = total - unobserved;
        return [n + unobserved / c, n + unobserved * c];
    };

    const crossing = (from, to, target, at) => {
        let inside = from, outside = to;
        while (Math.abs(outside - inside) > 1e-9) {
            const mid = 0.5 * (inside + outside);
            if (at(mid) >= target) inside = mid; else outside = mid;
        }
        return 0.5 * (inside + outside);
    };

    // Limits from the log-likelihood at a number of unobserved people, worked out on log(1 + unobserved).
    const profileLimits = (n, start, level, logLikelihood) => {
        const unobserved = (x) => Math.max(Math.expm1(x), 0), at = (x) => logLikelihood(unobserved(x));
        const centre = Math.log1p(Math.max(start, 0)), golden = 0.5 * (Math.sqrt(5) - 1);
        let lo = Math.max(centre - 1.5, 0), hi = centre + 1.5;
        let a = hi - golden * (hi - lo), b = lo + golden * (hi - lo), fa = at(a), fb = at(b);
        while (hi - lo > 1e-8) {
            if (fa >= fb) {
                [hi, b, fb] = [b, a, fa];
                a = hi - golden * (hi - lo);
                fa = at(a);
            } else {
                [lo, a, fa] = [a, b, fb];
                b = lo + golden * (hi - lo);
                fb = at(b);
            }
        }
        const middle = 0.5 * (lo + hi), none = at(0), top = Math.max(at(middle), none);
        const peak = none >= top ? 0 : middle, target = top - 0.5 * reach(level) ** 2;
        const lower = peak === 0 ? 0 : crossing(peak, 0, target, at);
        const farthest = Math.log(FARTHEST * n);
        let step = 0.1, outside = peak + step, inside = peak;
        for (;;) {
            if (outside > farthest) return [n + unobserved(lower), Infinity];
            if (at(outside) < target) break;
            inside = outside;
            step *= 1.5;
            outside += step;
        }
        return [n + unobserved(lower), n + unobserved(crossing(inside, outside, target, at))];
    };

    // Profile likelihood limits of the total under the multinomial model (Cormack 1992); they take the model as given.
    const profile = (cells, terms, level = LEVEL) => {
        const counts = countsOf(cells), { outside, fit } = settled(counts, terms);
        const { n } = counts;
        return profileLimits(n, Math.exp(fit.alpha[0]), level, (unobserved) => {
            const table = Float64Array.from(cells);
            table[0] = unobserved;
            const whole = countsOf(table, true);
            refit(whole, terms, outside, true, fit);
            if (!Number.isFinite(fit.deviance)) refit(whole, terms, outside, false, fit);
            const total = n + unobserved;
            const entropy = (unobserved > 0 ? unobserved * Math.log(unobserved) : 0) - total * Math.log(total);
            return entropy + lnGamma(total + 1) - lnGamma(unobserved + 1) - 0.5 * fit.deviance;
        });
    };

    // The terms of the smallest model with these interactions, fewer lists first.
    const termsOf = (t, generators) => {
        const terms = new Set([0]);
        for (let j = 0; j < t; j++) terms.add(1 << j);
        for (const g of generators) for (let sub = g; sub; sub = (sub - 1) & g) terms.add(sub);
        return [...terms].sort((a, b) => bits(a) - bits(b) || a - b);
    };

    const pairs = (t) => {
        const all = [];
        for (let i = 0; i < t; i++) for (let j = i + 1; j < t; j++) all.push((1 << i) | (1 << j));
        return all;
    };

    // With two lists the pair would saturate the model.
    const allPairs = (t) => termsOf(t, t > 2 ? pairs(t) : []);

    // Every hierarchical model with all main effects, the saturated one left out.
    const hierarchical = (t) => {
        const full = (1 << t) - 1, order = [];
        for (let a = 1; a < full; a++) if (bits(a) >= 2) order.push(a);
        order.sort((a, b) => bits(a) - bits(b) || a - b);
        let models = [[]];
        for (const a of order) {
            const below = order.filter((b) => b !== a && (a & b) === b);
            models = [...models, ...models.filter((m) => below.every((b) => m.includes(b))).map((m) => [...m, a])];
        }
        return models.map((m) => termsOf(t, m));
    };

    // Fits every hierarchical model. Models that come down to the same fit share it.
    const allModels = (cells) => {
        const counts = countsOf(cells), t = Math.log2(counts.size), known = new Map();
        return hierarchical(t).map((terms) => {
            const finite = terms.filter((a) => counts.sufficient[a] > 0), dead = terms.filter((a) => counts.sufficient[a] <= 0);
            const minimal = dead.filter((a) => !dead.some((b) => b !== a && (a & b) === b));
            const key = `${finite}|${minimal}`;
            if (!known.has(key)) {
                const { existence, fit } = settled(counts, terms);
                known.set(key, { existence, unobserved: Math.exp(fit.alpha[0]), deviance: fit.deviance });
            }
            const { existence, unobserved, deviance } = known.get(key);
            return { terms, existence, unobserved, total: counts.n + unobserved, ...figures(counts, terms.length, deviance) };
        });
    };

    // The maximal terms in the order of the lists, each as the places of its lists.
    const maximal = (terms, lists) => {
        const largest = terms.filter((a) => a && !terms.some((b) => b !== a && (a & b) === a));
        const places = (a) => lists.map((_, j) => j).filter((j) => (a >> j) & 1);
        const first = (a, b) => places(a).map((j) => String.fromCharCode(65 + j)).join('') < places(b).map((j) => String.fromCharCode(65 + j)).join('');
        return largest.sort((a, b) => bits(b) - bits(a) || (first(a, b) ? -1 : 1)).map(places);
    };

    const glueOf = (lists) => (lists.every((name) => [...name].length === 1) ? '' : ':');

    // The maximal terms as a formula to be read.
    const formula = (terms, lists) => `[${maximal(terms, lists).map((places) => places.map((j) => lists[j]).join(glueOf(lists))).join(', ')}]`;

    // The formula as the program writes it and reads it back.
    const written = (terms, lists) => {
        const special = lists.some((name) => /[,:[\]"]/.test(name) || name.trim() !== name);
        const names = special ? lists.map((name) => `"${name.replaceAll('"', '""')}"`) : lists, glue = special ? ':' : glueOf(lists);
        return `[${maximal(terms, lists).map((places) => places.map((j) => names[j]).join(glue)).join(',')}]`;
    };

    // Log-normal limits on the unobserved.
    const logNormal = (n, total, se, level) => {
        const unobserved = total - n;
        if (unobserved <= 0) return { total, lower: n, upper: n };
        const c = Math.exp(reach(level) * Math.sqrt(Math.log(1 + (se / unobserved) ** 2)));
        return { total, lower: n + unobserved / c, upper: n + unobserved * c };
    };

    // Lincoln-Petersen for two lists of sizes a and b that share m; null without overlap.
    const lincolnPetersen = (a, b, m, level = LEVEL) => {
        if (m === 0) return null;
        return logNormal(a + b - m, (a * b) / m, Math.sqrt((a * b * (a - m) * (b - m)) / m ** 3), level);
    };

    // Chapman (1951), with the variance of Seber (1970).
    const chapman = (a, b, m, level = LEVEL) => {
        const variance = ((a + 1) * (b + 1) * (a - m) * (b - m)) / ((m + 1) ** 2 * (m + 2));
        return logNormal(a + b - m, ((a + 1) * (b + 1)) / (m + 1) - 1, Math.sqrt(variance), level);
    };

    // Chao's lower bound, corrected for bias, which exists for any table.
    const chao = (cells, level = LEVEL) => {
        const t = Math.log2(cells.length), f = new Array(t + 1).fill(0);
        cells.forEach((n, w) => { if (w) f[bits(w)] += n; });
        const n = f.reduce((sum, x) => sum + x, 0), k = (t - 1) / t, [, f1, f2] = f;
        const unobserved = (k * f1 * (f1 - 1)) / (2 * (f2 + 1)), spread = f1 * f1 + 4 * f1 * f2 + 3 * f1 - 6 * f2 - 6;
        const variance = unobserved + (k * k * f1 * (f1 - 1) * spread) / (4 * (f2 + 1) ** 2 * (f2 + 2));
        return logNormal(n, n + unobserved, Math.sqrt(Math.max(variance, 0)), level);
    };

    return { termsOf, pairs, allPairs, hierarchical, reach, fitModel, wald, profile, allModels, formula, written, lincolnPetersen, chapman, chao, lnGamma };
})();
