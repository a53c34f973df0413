// Runs the app's own eslint on files that break the order of imports, each in another way.
import { join } from 'node:path';

import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const eslint = new ESLint({ cwd: root });

/** What is said of a file in src/ with this text. */
async function said(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: join(root, 'src', file) });
  const ours = result?.messages.filter(({ ruleId }) => ruleId === 'adda/imports') ?? [];
  return ours.map(({ message }) => message);
}

// The first file waits for the parsers to be loaded.
beforeAll(() => said('lib/x.ts', ''), 60_000);

const script = (text: string) => `<script lang="ts">\n${text}\n</script>\n`;

describe('an import against the order is refused', () => {
  const FORMS: [string, string, string][] = [
    ['as usual', 'store/x.ts', `import { History } from '../realtime/client';`],
    ['of a type', 'store/x.ts', `import type { Frames } from '../realtime/client';`],
    ['for its effect', 'store/x.ts', `import '../realtime/client';`],
    ['with its ending', 'store/x.ts', `import { a } from '../realtime/client.ts';`],
    ['by a detour', 'store/x.ts', `import { a } from './../store/../realtime/client';`],
    ['from the root', 'store/x.ts', `import { a } from '/realtime/client';`],
    ['as a whole', 'store/x.ts', `import * as all from '../realtime/client';`],
    ['by passing on', 'store/x.ts', `export { a } from '../realtime/client';`],
    ['by passing on a type', 'store/x.ts', `export type { A } from '../realtime/client';`],
    ['by passing on everything', 'store/x.ts', `export * from '../realtime/client';`],
    ['later', 'store/x.ts', `const later = () => import('../realtime/client');`],
    ['within a type', 'store/x.ts', `type A = import('../realtime/client').RealtimeClient;`],
    ['by typeof', 'store/x.ts', `type A = typeof import('../realtime/client');`],
    ['of a runes module', 'store/x.svelte.ts', `import { a } from '../realtime/client';`],
    ['in a component', 'store/X.svelte', script(`import { a } from '../realtime/client';`)],
    [
      'in the markup of a component',
      'store/X.svelte',
      `<X load={() => import('../realtime/client')} />`,
    ],
  ];

  it.each(FORMS)('%s', async (_, file, text) => {
    expect(await said(file, text)).toEqual(['store may not import realtime.']);
  });

  const BACKWARDS: [string, string][] = [
    ['lib/x.ts', '../api/types'],
    ['ui/X.svelte', '../i18n/index.svelte'],
    ['ui/X.svelte', '../store/model'],
    ['api/x.ts', '../offline/db'],
    ['i18n/x.ts', '../store/model'],
    ['offline/x.ts', '../store/model'],
    ['realtime/x.ts', '../features/context'],
    ['features/x.ts', '../app.svelte'],
    ['features/x.ts', '../tab'],
    ['features/x.ts', '../styles/bengali.css'],
    ['features/x.ts', '../testing/messages'],
    ['store/x.ts', '../router.svelte'],
    ['router.svelte.ts', './lib/local'],
    ['app.svelte.ts', './testing/messages'],
  ];

  it.each(BACKWARDS)('from %s to %s', async (file, name) => {
    const statement = `import { a } from '${name}';`;
    const text = file.endsWith('.svelte') ? script(statement) : statement;
    expect(await said(file, text)).toEqual([expect.stringMatching(/^\w+ may not import \w+\.$/)]);
  });

  it('by a name that is computed', async () => {
    const text = 'export const load = (name: string) => import(`../${name}`);';
    expect(await said('store/x.ts', text)).toEqual(['An import names its file.']);
  });

  it('in a folder that has no place in the order', async () => {
    const text = `import { a } from '../lib/secure';`;
    expect(await said('odds/x.ts', text)).toEqual(['odds has no place in the order of imports.']);
  });

  it('of Svelte, where no framework is known', async () => {
    const text = `import { untrack } from 'svelte';`;
    expect(await said('realtime/x.ts', text)).toEqual(['realtime knows no Svelte.']);
  });
});

it('an import in the order is none of its business', async () => {
  const text = `import { a } from '../store/model';\nimport { b } from './rank';`;
  expect(await said('features/x.ts', text)).toEqual([]);
  expect(await said('store/x.test.ts', `import { a } from '../testing/messages';`)).toEqual([]);
});

it('a circle is refused, also one of types, with the way around it', async () => {
  const text = `import type { Change } from './changes';`;
  expect(await said('store/model.ts', text)).toEqual([
    'A circle: store/model.ts → store/changes.ts → store/model.ts.',
  ]);
  expect(await said('store/model.ts', `import './model';`)).toEqual([
    'A circle: store/model.ts → store/model.ts.',
  ]);
});

it('a circle through a component is refused', async () => {
  const text = `import View from './Timeline.svelte';`;
  expect(await said('features/timeline/rows.ts', text)).toEqual([
    expect.stringContaining('features/timeline/Timeline.svelte → '),
  ]);
});
