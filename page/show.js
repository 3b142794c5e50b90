// What the page shows, and what its buttons do. Every word comes from the element `words`, in both languages; nothing is kept and nothing
// is sent.
'use strict';

(() => {
    const SVG = 'http://www.w3.org/2000/svg';
    // Models in the table.
    const SHOWN = 12;
    // BIC differences that say little, and the ratio of the limits from which an interval is called wide.
    const NEAR = 2;
    const WIDE = 2;
    // Outlines from the left end of the waterline to its right end, as in the charts of the program: shares of its length, and of the height
    // of the tip or the depth of the keel.
    const TIP = [[0, 0], [0.11, 0.21], [0.2, 0.36], [0.31, 0.62], [0.42, 0.86], [0.49, 1], [0.58, 0.83], [0.72, 0.5], [1, 0]];
    const KEEL = [[0, 0], [0.03, 0.13], [0.1, 0.34], [0.24, 0.62], [0.4, 0.88], [0.5, 1], [0.62, 0.85], [0.82, 0.52], [0.95, 0.22], [1, 0]];
    const EXAMPLE = 'P,Q,E,count\n1,1,1,28\n1,1,0,21\n1,0,1,17\n1,0,0,69\n0,1,1,18\n0,1,0,55\n0,0,1,63\n';

    const of = (id) => document.getElementById(id);
    const words = JSON.parse(of('words').textContent);
    let language = document.documentElement.lang, last = null, wrong = null;

    const say = (key, values = {}) => Object.entries(values).reduce((s, [name, value]) => s.replaceAll(`{${name}}`, () => value), words[language][key] ?? key);

    const number = (x) => {
        if (!Number.isFinite(x)) return say('alone-unbounded');
        return String(Math.round(x)).replace(/\B(?=(\d{3})+$)/g, language === 'nl' ? '.' : ',');
    };

    const decimal = (x) => (language === 'nl' ? x.toFixed(1).replace('.', ',') : x.toFixed(1));

    const element = (name, text = '', attributes = {}) => {
        const made = document.createElement(name);
        made.textContent = text;
        Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
        return made;
    };

    const drawn = (name, attributes, text = '') => {
        const made = document.createElementNS(SVG, name);
        made.textContent = text;
        Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
        return made;
    };

    const limits = ([lower, upper]) => (Number.isFinite(upper)
        ? say('alone-between', { low: number(lower), high: number(upper) })
        : say('alone-from', { low: number(lower) }));

    // Everything that is worked out from a table, once.
    const work = (table) => {
        const all = fitting.allModels(table.cells), there = all.filter((m) => m.existence === 'exists');
        there.sort((a, b) => a.bic - b.bic);
        const best = there[0] ?? null, leastAic = Math.min(...there.map((m) => m.aic));
        const shown = there.slice(0, SHOWN);
        const byAic = there.find((m) => m.aic === leastAic);
        const independence = there.find((m) => m.terms.length === table.lists.length + 1);
        for (const other of [byAic, independence]) if (other && !shown.includes(other)) shown.push(other);
        shown.forEach((m) => { m.limits = fitting.profile(table.cells, m.terms); });
        const near = there.filter((m) => m.bic - best.bic <= NEAR).map((m) => m.total);
        const pair = table.lists.length === 2 ? [1, 2].map((j) => table.cells[j] + table.cells[3]) : null;
        return {
            table, all, there, best, byAic, independence, leastAic, shown,
            near: [Math.min(...near), Math.max(...near), near.length],
            chao: fitting.chao(table.cells),
            petersen: pair && fitting.lincolnPetersen(...pair, table.cells[3]),
            chapman: pair && fitting.chapman(...pair, table.cells[3]),
        };
    };

    const headline = (r) => {
        const out = [], n = number(r.table.people);
        if (!r.best) return [element('p', say('alone-none', { n }), { class: 'notice look' })];
        out.push(element('p', number(r.best.total), { class: 'number' }));
        const values = { n, limits: limits(r.best.limits), model: fitting.formula(r.best.terms, r.table.lists) };
        out.push(element('p', say('alone-best', values)), element('p', say('alone-limits-note'), { class: 'quiet' }));
        const [low, high, models] = r.near;
        if (models > 1) out.push(element('p', say('alone-near', { models: number(models), low: number(low), high: number(high) })));
        const [lower, upper] = r.best.limits;
        if (high > 1.25 * low || upper > WIDE * lower) out.push(element('p', say('alone-depends'), { class: 'notice look' }));
        return out;
    };

    const covered = (outline) => outline.slice(1).reduce((sum, [x, y], i) => sum + ((x - outline[i][0]) * (y + outline[i][1])) / 2, 0);

    // Areas are in proportion to the numbers of people.
    const iceberg = (r) => {
        const seen = r.table.people, [lower, upper] = r.best.limits;
        const parts = [['high', upper - seen, 'alone-ice-high'], ['mid', r.best.total - seen, 'alone-ice-mid'], ['low', lower - seen, 'alone-ice-low']]
            .filter(([, n]) => Number.isFinite(n));
        const most = Math.max(...parts.map(([, n]) => n), 0);
        const unit = 360 / (seen / covered(TIP) + most / covered(KEEL));
        const height = (seen / covered(TIP)) * unit, depth = (n) => (n / covered(KEEL)) * unit;
        const water = Math.max(height, 64) + 24, bottom = water + Math.max(depth(most), 180) + 24;
        const [left, right] = [20, 240], middle = 0.5 * (left + right);
        const at = (outline, scale) => outline.map(([x, y]) => `${left + x * (right - left)},${water + y * scale}`).join(' ');
        const title = say('alone-ice-alt', { n: number(seen), number: number(r.best.total - seen), limits: limits(r.best.limits) });
        const svg = drawn('svg', { viewBox: `0 0 480 ${bottom}`, role: 'img', 'aria-label': title });
        svg.append(drawn('rect', { width: 480, height: water, class: 'sky' }), drawn('rect', { y: water, width: 480, height: bottom - water, class: 'water' }));
        for (const [name, n] of parts) svg.append(drawn('polygon', { points: at(KEEL, depth(n)), class: name }));
        svg.append(drawn('polygon', { points: at(TIP, -height), class: 'tip' }), drawn('line', { x1: 0, x2: 480, y1: water, y2: water, class: 'waterline' }));
        const label = (from, y, n, key) => {
            svg.append(drawn('line', { x1: middle, y1: from, x2: 262, y2: y - 6, class: 'guide' }), drawn('circle', { cx: middle, cy: from, r: 3, class: 'dot' }));
            svg.append(drawn('text', { x: 268, y, 'font-size': 22, class: 'figure' }, number(n)));
            svg.append(drawn('text', { x: 268, y: y + 17, 'font-size': 14, class: 'quiet' }, say(key)));
        };
        label(water - 20, water - 26, seen, 'alone-ice-seen');
        let below = water - 22;
        for (const [, n, key] of parts.slice().reverse()) {
            const from = water + 0.8 * depth(n);
            below = Math.max(from, below + 54);
            label(from, below, n, key);
        }
        svg.setAttribute('viewBox', `0 0 480 ${Math.max(bottom, below + 34)}`);
        svg.querySelector('.water').setAttribute('height', Math.max(bottom, below + 34) - water);
        const figure = element('figure');
        figure.append(svg, element('figcaption', say('alone-ice-note')));
        return figure;
    };

    const row = (cells) => {
        const made = element('tr');
        cells.forEach((cell, at) => made.append(at ? element('td', cell) : element('th', cell, { scope: 'row' })));
        return made;
    };

    const tabular = (caption, columns, rows) => {
        const wide = element('div', '', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption }), made = element('table');
        const head = element('thead'), heads = element('tr'), body = element('tbody');
        columns.forEach((name) => heads.append(element('th', name, { scope: 'col' })));
        head.append(heads);
        rows.forEach((cells) => body.append(row(cells)));
        made.append(element('caption', caption), head, body);
        wide.append(made);
        return wide;
    };

    const bounds = (r) => {
        const rows = [], line = (key, e) => rows.push([say(key), number(e.total), limits([e.lower, e.upper])]);
        if (r.petersen) line('alone-petersen', r.petersen);
        if (r.chapman) line('alone-chapman', r.chapman);
        line('alone-chao', r.chao);
        return [element('h3', say('alone-bounds')), tabular(say('alone-bounds-note'), [say('alone-col-method'), say('alone-col-total'), say('alone-col-limits')], rows)];
    };

    const models = (r) => {
        const out = [element('h3', say('alone-models'))];
        out.push(element('p', say('alone-counted', { all: number(r.all.length), none: number(r.all.length - r.there.length) })));
        if (!r.best) return out;
        const columns = ['alone-col-model', 'alone-col-total', 'alone-col-limits', 'alone-col-bic', 'alone-col-aic', 'alone-col-parameters', 'alone-col-deviance'];
        const rows = r.shown.map((m) => {
            const name = fitting.formula(m.terms, r.table.lists);
            const marks = [[r.byAic, 'alone-is-aic'], [r.independence, 'alone-is-independence']].filter(([marked]) => marked === m).map(([, key]) => say(key));
            return [[name, ...marks].join(' '), number(m.total), limits(m.limits), decimal(m.bic - r.best.bic), decimal(m.aic - r.leastAic), String(m.parameters), decimal(m.deviance)];
        });
        out.push(tabular(say('alone-models-note'), columns.map((key) => say(key)), rows));
        return out;
    };

    const show = () => {
        document.documentElement.lang = language;
        document.title = say('alone-title');
        for (const e of document.querySelectorAll('[data-say]')) e.textContent = say(e.dataset.say);
        for (const e of document.querySelectorAll('[data-language]')) e.setAttribute('aria-pressed', String(e.dataset.language === language));
        of('wrong').textContent = wrong ? say(wrong.wrong, wrong.values) : '';
        of('result').hidden = !last;
        if (!last) return;
        of('headline').replaceChildren(...headline(last));
        of('picture').replaceChildren(...(last.best ? [iceberg(last)] : []));
        of('bounds').replaceChildren(...bounds(last));
        of('models').replaceChildren(...models(last));
    };

    const estimate = () => {
        const table = reading.table(of('table').value);
        wrong = table.wrong ? table : null;
        last = wrong ? null : work(table);
        of('table').setAttribute('aria-invalid', String(wrong !== null));
        show();
        if (last) of('result-heading').focus();
    };

    // What was worked out belongs to the table that is in the field, and to no other.
    const changed = () => {
        [last, wrong] = [null, null];
        of('table').removeAttribute('aria-invalid');
        show();
    };

    // A file for programs, in the shape of the program's own.
    const save = () => {
        const told = machine.json(last.table, { version: of('version').textContent });
        const link = element('a', '', { download: 'estimates.json' });
        link.href = URL.createObjectURL(new Blob([JSON.stringify(told, null, 2), '\n'], { type: 'application/json' }));
        link.click();
        // Some browsers begin to read it only now.
        setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    };

    of('estimate').addEventListener('click', estimate);
    of('table').addEventListener('input', changed);
    of('example').addEventListener('click', () => { of('table').value = EXAMPLE; changed(); estimate(); });
    of('clear').addEventListener('click', () => { of('table').value = ''; of('file').value = ''; changed(); of('table').focus(); });
    of('print').addEventListener('click', () => window.print());
    of('save').addEventListener('click', save);
    of('file').addEventListener('change', async () => {
        const [file] = of('file').files;
        if (!file) return;
        of('table').value = await file.text();
        changed();
        estimate();
    });
    for (const e of document.querySelectorAll('[data-language]')) e.addEventListener('click', () => { language = e.dataset.language; show(); });
    show();
})();
