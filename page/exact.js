// Whether the number on no list has a value under a model, in exact integers, as `existence.rs` and `facial.rs` of ijsberg-mse decide it.
//
// The likelihood reaches its supremum on the smallest face that holds the sums of the table (Fienberg and Rinaldo 2012, Annals of
// Statistics 40). Fitted counts off the face are zero. The number on no list is determined if and only if the row of the empty
// combination depends on rows of the face.
'use strict';

const exact = (() => {
    // Products of residues and a third one added stay below 2^53.
    const PRIME = 67108859;

    const inverse = (of) => {
        let base = of, exponent = PRIME - 2, result = 1;
        while (exponent > 0) {
            if (exponent % 2 === 1) result = (result * base) % PRIME;
            base = (base * base) % PRIME;
            exponent = Math.floor(exponent / 2);
        }
        return result;
    };

    // Full rank modulo a prime is full rank in whole numbers; a no proves nothing.
    const surelyOfFullRank = (rows, width) => {
        const basis = [];
        for (const given of rows) {
            if (basis.length === width) break;
            const row = given.slice();
            for (const [col, of] of basis) {
                if (row[col] === 0) continue;
                const factor = PRIME - row[col];
                for (let k = 0; k < width; k++) row[k] = (row[k] + factor * of[k]) % PRIME;
            }
            const col = row.findIndex((x) => x !== 0);
            if (col < 0) continue;
            const by = inverse(row[col]);
            basis.push([col, row.map((x) => (x * by) % PRIME)]);
        }
        return basis.length === width;
    };

    // One integer-preserving pivot on every other row (Bareiss); every entry stays a minor, so that the division leaves nothing.
    const pivot = (rows, r, col, previous) => {
        const by = rows[r], value = by[col];
        rows.forEach((row, i) => {
            if (i === r) return;
            const factor = row[col];
            for (let k = 0; k < row.length; k++) row[k] = (row[k] * value - factor * by[k]) / previous;
        });
    };

    const eliminate = (rows, width) => {
        const pivots = [];
        let previous = 1n;
        for (let col = 0; col < width && pivots.length < rows.length; col++) {
            const r = pivots.length;
            const found = rows.findIndex((row, i) => i >= r && row[col] !== 0n);
            if (found < 0) continue;
            [rows[r], rows[found]] = [rows[found], rows[r]];
            pivot(rows, r, col, previous);
            previous = rows[r][col];
            pivots.push(col);
        }
        return [pivots, previous];
    };

    const copy = (rows) => rows.map((row) => row.slice());
    const rank = (rows, width) => eliminate(copy(rows), width)[0].length;

    // A basis of the directions that are zero on every row.
    const nullSpace = (given, width) => {
        const rows = copy(given);
        const [pivots, value] = eliminate(rows, width);
        const basis = [];
        for (let c = 0; c < width; c++) {
            if (pivots.includes(c)) continue;
            const z = new Array(width).fill(0n);
            z[c] = value;
            pivots.forEach((p, i) => { z[p] = -rows[i][c]; });
            basis.push(z);
        }
        return basis;
    };

    // Whether the target is a non-negative combination of the columns: phase one of the simplex method with Bland's rule. Gives null
    // where it is, otherwise what the direction that proves the contrary adds on each column.
    const apart = (columns, target) => {
        const n = columns.length, d = target.length;
        const rows = target.map((x, i) => {
            const sign = x < 0n ? -1n : 1n;
            return [...columns.map((c) => sign * c[i]), sign * x];
        });
        rows.push(Array.from({ length: n + 1 }, (_, c) => rows.reduce((sum, row) => sum + row[c], 0n)));
        const basis = Array.from({ length: d }, (_, i) => n + i);
        let previous = 1n;
        for (;;) {
            if (rows[d][n] === 0n) return null;
            const col = rows[d].findIndex((x, c) => c < n && x > 0n);
            if (col < 0) return rows[d].slice(0, n);
            let leave = -1;
            for (let i = 0; i < d; i++) {
                if (rows[i][col] <= 0n) continue;
                if (leave < 0) { leave = i; continue; }
                const left = rows[i][n] * rows[leave][col], right = rows[leave][n] * rows[i][col];
                if (left < right || (left === right && basis[i] < basis[leave])) leave = i;
            }
            pivot(rows, leave, col, previous);
            previous = rows[leave][col];
            basis[leave] = col;
        }
    };

    // The columns of the empty combinations that can be positive in a table with the same sums.
    const onFace = (columns, dimension) => {
        let left = columns;
        for (;;) {
            // A combination that is positive everywhere is one plus a non-negative one.
            const target = Array.from({ length: dimension }, (_, i) => -left.reduce((sum, c) => sum + c[i], 0n));
            const change = apart(left, target);
            if (change === null) return left;
            const now = left;
            left = now.filter((_, at) => change[at] === 0n);
        }
    };

    const limit = (columns, kept, dimension, of) => {
        const own = rank(kept, dimension);
        if (own === dimension || rank([...kept, of], dimension) === own) return 'exists';
        const opposite = of.map((x) => -x);
        return apart(columns, opposite) === null || apart(columns, of) === null ? 'infinite' : 'not-identifiable';
    };

    // The face of a model: whether the number on no list has a value, and the combinations whose fitted count is zero beyond those with
    // a term that nobody has. `support` are the combinations that somebody has, `finite` the terms that somebody has, `minimal` the
    // smallest of those that nobody has.
    const face = (size, support, finite, minimal) => {
        const has = (w, a) => (w & a) === a;
        const residues = support.map((w) => finite.map((a) => (has(w, a) ? 1 : 0)));
        if (surelyOfFullRank(residues, finite.length)) return { existence: 'exists', outside: [] };
        const directions = nullSpace(residues.map((row) => row.map(BigInt)), finite.length);
        const dimension = directions.length;
        const empty = [], all = [];
        for (let w = 1; w < size; w++) {
            if (support.includes(w) || minimal.some((a) => has(w, a))) continue;
            empty.push(w);
            all.push(directions.map((z) => finite.reduce((sum, a, k) => (has(w, a) ? sum + z[k] : sum), 0n)));
        }
        const name = (column) => column.join(',');
        const columns = [...new Map(all.map((column) => [name(column), column])).values()];
        const kept = onFace(columns, dimension);
        const names = new Set(kept.map(name));
        const existence = limit(columns, kept, dimension, directions.map((z) => z[0]));
        return { existence, outside: empty.filter((_, at) => !names.has(name(all[at]))) };
    };

    return { face };
})();
