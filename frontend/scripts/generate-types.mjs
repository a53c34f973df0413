// Makes the TypeScript types of requests (from openapi.json) and of socket frames (from
// asyncapi.json, whose payloads are OpenAPI schemas). With --check nothing is written: a stale file
// is an error.
import { readFile, writeFile } from 'node:fs/promises';

import openapiTS, { astToString } from 'openapi-typescript';

const specs = new URL('../../openapi/', import.meta.url);
const types = new URL('../src/api/', import.meta.url);
const checks = process.argv.includes('--check');

async function spec(name) {
    return JSON.parse(await readFile(new URL(name, specs), 'utf8'));
}

async function produce(name, source, document) {
    const code = astToString(await openapiTS(document, { alphabetize: true }));
    const text = `// Generated from openapi/${source} by \`make generate\`. Do not edit.\n\n${code}`;
    const file = new URL(name, types);
    if (!checks) {
        await writeFile(file, text);
    } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
        throw new Error(`src/api/${name} is stale: run \`make generate\` and commit the result.`);
    }
}

const { components } = await spec('asyncapi.json');
const frames = {
    openapi: '3.0.0',
    info: { title: 'Adda', version: '1' },
    paths: {},
    components: { schemas: components.schemas },
};
await produce('schema.d.ts', 'openapi.json', await spec('openapi.json'));
await produce('frames.d.ts', 'asyncapi.json', frames);
