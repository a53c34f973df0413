// Who may import whom in src/, and that no files import each other in a circle. A type, an export
// from elsewhere and an import that is made later count as much as any other import; the plugins that
// look for circles pass over types.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** What each folder may import besides itself. */
const MAY_IMPORT = {
    lib: [],
    ui: ['lib'],
    styles: [],
    router: [],
    api: ['lib'],
    i18n: ['lib', 'api', 'styles'],
    offline: ['lib', 'api'],
    store: ['lib', 'api', 'offline'],
    realtime: ['lib', 'api', 'offline', 'store'],
    features: ['lib', 'ui', 'router', 'api', 'i18n', 'offline', 'store', 'realtime'],
};
MAY_IMPORT.testing = ['lib', 'api', 'offline', 'store', 'realtime'];
// The files in src/ itself.
MAY_IMPORT.app = Object.keys(MAY_IMPORT).filter((layer) => layer !== 'testing');

/** What these own knows no framework, so that it can be tested and moved alone. */
const WITHOUT_SVELTE = ['api', 'offline', 'realtime'];

function layerOf(file) {
    const [first, ...rest] = file.split(sep);
    if (rest.length > 0) return first;
    return first.startsWith('router.') ? 'router' : 'app';
}

/** The file that an import names; a name that no file has stands for itself. */
function resolved(from, name) {
    const base = resolve(dirname(from), name.replace(/\?.*$/, ''));
    const ends = ['', '.ts', '.svelte.ts', '.d.ts', '/index.ts'];
    return ends.map((end) => base + end).find((file) => isFile(file)) ?? base;
}

function isFile(path) {
    return existsSync(path) && statSync(path).isFile();
}

const IMPORTS = /\b(?:from|import)\s*\(?\s*(['"`])(\.{1,2}\/[^'"`]+)\1/g;
/** What a file imported when it was last changed. */
const read = new Map();

function importsOf(file) {
    if (!/\.(ts|svelte)$/.test(file) || !isFile(file)) return [];
    const changedAt = statSync(file).mtimeMs;
    const known = read.get(file);
    if (known?.changedAt === changedAt) return known.imports;
    const found = [...readFileSync(file, 'utf8').matchAll(IMPORTS)];
    const imports = found.map(([, , name]) => resolved(file, name));
    read.set(file, { changedAt, imports });
    return imports;
}

/** The way from one file to another, by what is imported; `null` where there is none. */
function wayTo(end, from, seen = new Set()) {
    if (from === end) return [from];
    if (seen.has(from)) return null;
    seen.add(from);
    for (const next of importsOf(from)) {
        const way = wayTo(end, next, seen);
        if (way) return [from, ...way];
    }
    return null;
}

export const imports = {
    meta: {
        type: 'problem',
        schema: [{ type: 'string' }],
        messages: {
            layer: '{{from}} may not import {{to}}.',
            unknown: '{{from}} has no place in the order of imports.',
            circle: 'A circle: {{way}}.',
            svelte: '{{from}} knows no Svelte.',
            computed: 'An import names its file.',
        },
    },
    create(context) {
        const root = context.options[0];
        const file = context.filename;
        const from = layerOf(relative(root, file));
        const isTest = file.endsWith('.test.ts');

        function check(node, source) {
            if (source?.type !== 'Literal') {
                context.report({ node, messageId: 'computed' });
                return;
            }
            const name = String(source.value);
            const report = (messageId, more) =>
                context.report({ node, messageId, data: { from, ...more } });
            if (/^svelte(\/|$)/.test(name) && WITHOUT_SVELTE.includes(from)) report('svelte');
            if (!/^[./]/.test(name)) return;
            const target = name.startsWith('/') ? join(root, name) : resolved(file, name);
            const to = layerOf(relative(root, target));
            const allowed = MAY_IMPORT[from];
            const mayTest = isTest && to === 'testing';
            if (!allowed) report('unknown');
            else if (to !== from && !allowed.includes(to) && !mayTest) report('layer', { to });
            const way = wayTo(file, target);
            const names = way?.map((each) => relative(root, each));
            if (names) report('circle', { way: [relative(root, file), ...names].join(' → ') });
        }

        return {
            ImportDeclaration: (node) => check(node, node.source),
            ExportAllDeclaration: (node) => check(node, node.source),
            ExportNamedDeclaration: (node) => node.source && check(node, node.source),
            ImportExpression: (node) => check(node, node.source),
            TSImportType: (node) => check(node, node.source ?? node.argument?.literal),
            TSExternalModuleReference: (node) => check(node, node.expression),
        };
    },
};
