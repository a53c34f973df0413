import { join } from 'node:path';

import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

import { imports } from './eslint/imports.js';
import svelteConfig from './svelte.config.js';

export default ts.config(
    { ignores: ['dist/', 'node_modules/', 'test-results/', 'src/api/*.d.ts'] },
    ...ts.configs.strict,
    ...svelte.configs.recommended,
    {
        files: ['**/*.svelte', '**/*.svelte.ts'],
        languageOptions: {
            parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
        },
    },
    {
        rules: {
            eqeqeq: 'error',
            'no-console': 'error',
            'svelte/no-at-html-tags': 'error',
            'svelte/no-inline-styles': 'off',
            // Dates are passed to formats here; none is kept and changed.
            'svelte/prefer-svelte-reactivity': 'off',
            '@typescript-eslint/no-unused-vars': [
                'error',
                { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
            ],
        },
    },
    {
        files: ['src/**'],
        plugins: { adda: { rules: { imports } } },
        rules: { 'adda/imports': ['error', join(import.meta.dirname, 'src')] },
    },
);
