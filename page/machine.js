// What was estimated in the shape that the program writes with --json (docs/json.md), as far as the page works it out: these methods without
// replicates. No verdict is given, and what is not worked out has no key. Pure: a table and settings in, a value out.
'use strict';

const machine = (() => {
    const SCHEMA = 1;
    // In the order in which the program runs them.
    const METHODS = ['lincoln-petersen', 'chapman', 'chao.bc', 'loglinear.independence', 'loglinear.all-pairs', 'loglinear.best-aic',
        'loglinear.best-bic'];

    // An estimate that there is none of.
    const none = (method, people, outcome) => ({
        method, model: null, outcome, n_observed: people, n_hat: null, lower: null, upper: null, level: null, interval: null, unbounded: false,
        aic: null, bic: null, deviance: null, parameters: null, mean: null, median: null, convergence: null, replicates: null, notes: [],
    });

    // No limit is below the number observed, and one that cannot be worked out bounds nothing.
    const limited = (people, [low, high], level, interval) => {
        const upper = Number.isNaN(high) ? Infinity : Math.max(high, people), lower = Math.min(Math.max(low, people), upper);
        return { lower, upper: Number.isFinite(upper) ? upper : null, level, interval, unbounded: !Number.isFinite(upper) };
    };

    const closed = (table, method, found, note, { level }) => {
        if (!found) return none(method, table.people, 'not-applicable');
        if (Number.isNaN(found.lower) || Number.isNaN(found.upper)) return none(method, table.people, 'degenerate');
        const limits = limited(table.people, [found.lower, found.upper], level, 'log-normal');
        return { ...none(method, table.people, 'exists'), n_hat: found.total, ...limits, notes: [note] };
    };

    // Whether somebody has every term.
    const whole = (cells, terms) => terms.every((a) => cells.some((n, w) => n > 0 && (w & a) === a));

    const logLinear = (table, method, terms, { level, interval }) => {
        const fit = fitting.fitModel(table.cells, terms), made = { ...none(method, table.people, fit.existence), model: fitting.written(terms, table.lists) };
        if (fit.existence !== 'exists') return made;
        const limits = interval === 'wald'
            ? limited(table.people, fitting.wald(fit, level), level, 'wald-log')
            : limited(table.people, fitting.profile(table.cells, terms, level), level, 'profile');
        const { total, aic, bic, deviance, parameters } = fit;
        const notes = [...(whole(table.cells, terms) ? [] : ['empty-overlaps-removed']), 'conditional-on-model'];
        return { ...made, n_hat: total, ...limits, aic, bic, deviance, parameters, notes };
    };

    // The terms of the best model by a criterion; null where no model has an estimate.
    const best = (models, criterion) => models.reduce((found, m) => (found === null || m[criterion] < found[criterion] ? m : found), null)?.terms ?? null;

    const estimates = ({ methods, ...asked }, table) => {
        const t = table.lists.length, { cells } = table;
        const pair = t === 2 ? [cells[1] + cells[3], cells[2] + cells[3], cells[3], asked.level] : null;
        const chooses = t > 2 && methods.some((method) => method.startsWith('loglinear.best-'));
        const models = chooses ? fitting.allModels(cells).filter((m) => m.existence === 'exists').sort((a, b) => a.bic - b.bic) : [];
        const chosen = (method, criterion) => {
            const terms = best(models, criterion);
            return terms ? logLinear(table, method, terms, asked) : none(method, table.people, 'infinite');
        };
        const made = {
            'lincoln-petersen': (method) => pair && closed(table, method, fitting.lincolnPetersen(...pair), 'conditional-on-model', asked),
            chapman: (method) => pair && closed(table, method, fitting.chapman(...pair), 'conditional-on-model', asked),
            'chao.bc': (method) => closed(table, method, fitting.chao(cells, asked.level), 'bound-needs-positive-dependence', asked),
            'loglinear.independence': (method) => logLinear(table, method, fitting.termsOf(t, []), asked),
            'loglinear.all-pairs': (method) => t > 2 && logLinear(table, method, fitting.allPairs(t), asked),
            'loglinear.best-aic': (method) => t > 2 && chosen(method, 'aic'),
            'loglinear.best-bic': (method) => t > 2 && chosen(method, 'bic'),
        };
        return METHODS.filter((method) => methods.includes(method)).map((method) => made[method](method)).filter(Boolean);
    };

    // A table as `reading.table` gives it; `interval` is `auto`, `profile` or `wald`, as the program has them.
    const json = (table, { version = '', input = 'table', methods = METHODS, level = 0.95, interval = 'auto' } = {}) => ({
        schema: SCHEMA,
        provenance: { version, input, settings: { methods, level, replicates: 0, interval } },
        table: { lists: table.lists, n_observed: table.people },
        verdict: { verdict: 'not-assessed', reasons: [], at_least: null, at_most: null },
        estimates: estimates({ methods, level, interval }, table),
    });

    return { METHODS, json };
})();
