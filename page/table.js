// Reads a small table: a column of 0 and 1 for each list and a column with the number of people. What can be read in two ways, or not at
// all, is refused with its line. Pure: text in, a table or a reason out.
'use strict';

const reading = (() => {
    const MOST_LISTS = 5;
    // A table of five lists has 31 rows; anything this long is another file.
    const LONGEST = 100000;
    const COUNTS = ['aantal', 'aantal personen', 'count', 'counts', 'freq', 'frequency', 'frequentie', 'mensen', 'n', 'number', 'people',
        'personen', 'persons'];
    const ON = ['1', 'ja', 'yes', 'true', 'waar', 'x'], OFF = ['0', 'nee', 'no', 'false', 'onwaar', '-'];

    class Refused extends Error {
        constructor(key, values = {}) {
            super(key);
            this.key = key;
            this.values = values;
        }
    }

    // The cells of a line; a cell between double quotes may hold the separator, and two quotes are one.
    const cellsOf = (line, separator, number) => {
        const cells = [];
        let at = 0;
        for (;;) {
            if (line[at] === '"') {
                let cell = '';
                at++;
                for (;;) {
                    const end = line.indexOf('"', at);
                    if (end < 0) throw new Refused('alone-wrong-quote', { line: number });
                    cell += line.slice(at, end);
                    at = end + 1;
                    if (line[at] !== '"') break;
                    cell += '"';
                    at++;
                }
                cells.push(cell.trim());
                if (at < line.length && line[at] !== separator) throw new Refused('alone-wrong-quote', { line: number });
            } else {
                const end = line.indexOf(separator, at), stop = end < 0 ? line.length : end;
                cells.push(line.slice(at, stop).trim());
                at = stop;
            }
            if (at >= line.length) return cells;
            at++;
        }
    };

    const separatorOf = (header) => {
        const found = ['\t', ';', ','].find((s) => header.includes(s));
        if (!found) throw new Refused('alone-wrong-separator');
        return found;
    };

    // The place of the column with the number of people, among the names of the columns.
    const countColumn = (names) => {
        const counts = names.map((name, at) => at).filter((at) => COUNTS.includes(names[at].toLowerCase()));
        if (!counts.length) throw new Refused('alone-wrong-no-count');
        if (counts.length > 1) throw new Refused('alone-wrong-two-counts', { first: names[counts[0]], second: names[counts[1]] });
        return counts[0];
    };

    const checkNames = (names) => {
        names.forEach((name, at) => {
            if (!name) throw new Refused('alone-wrong-name', { column: at + 1 });
            const twice = names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
            if (twice < at) throw new Refused('alone-wrong-name-twice', { name });
        });
        const lists = names.length - 1;
        if (lists < 2) throw new Refused('alone-wrong-few-lists', { found: lists });
        if (lists > MOST_LISTS) throw new Refused('alone-wrong-many-lists', { found: lists, most: MOST_LISTS });
    };

    const isOn = (value, name, line) => {
        const given = value.toLowerCase();
        if (ON.includes(given)) return true;
        if (OFF.includes(given)) return false;
        throw new Refused('alone-wrong-value', { line, name, value: value.slice(0, 40) });
    };

    const numberOf = (value, name, line) => {
        // A point or a comma may be of thousands or of decimals.
        if (!/^\d{1,12}$/.test(value)) throw new Refused('alone-wrong-number', { line, name, value: value.slice(0, 40) });
        return Number(value);
    };

    const read = (text) => {
        if (text.length > LONGEST) throw new Refused('alone-wrong-long');
        const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/).map((line, at) => [line, at + 1]).filter(([line]) => line.trim());
        if (lines.length < 2) throw new Refused('alone-wrong-empty');
        const [[header, first], ...rest] = lines, separator = separatorOf(header);
        const names = cellsOf(header, separator, first), count = countColumn(names);
        checkNames(names);
        const lists = names.filter((_, at) => at !== count);
        const cells = new Array(1 << lists.length).fill(0), lineOf = new Map();
        for (const [line, number] of rest) {
            const row = cellsOf(line, separator, number);
            if (row.length !== names.length) throw new Refused('alone-wrong-cells', { line: number, found: row.length, expected: names.length });
            const people = numberOf(row[count], names[count], number);
            const marks = row.filter((_, at) => at !== count);
            const mask = marks.reduce((sum, value, j) => (isOn(value, lists[j], number) ? sum | (1 << j) : sum), 0);
            if (lineOf.has(mask)) throw new Refused('alone-wrong-twice', { line: number, before: lineOf.get(mask) });
            if (mask === 0 && people > 0) throw new Refused('alone-wrong-on-none', { line: number });
            lineOf.set(mask, number);
            cells[mask] = people;
        }
        lists.forEach((name, j) => {
            if (!cells.some((n, mask) => n > 0 && (mask >> j) & 1)) throw new Refused('alone-wrong-nobody', { name });
        });
        return { lists, cells, people: cells.reduce((sum, n) => sum + n, 0) };
    };

    // A table, or `{ wrong: key, values }`.
    const table = (text) => {
        try {
            return read(text);
        } catch (e) {
            if (!(e instanceof Refused)) throw e;
            return { wrong: e.key, values: e.values };
        }
    };

    return { table };
})();
