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
    {
        files: ['src/**/*.svelte', 'src/features/**/*.ts'],
        // What people and rooms are called in the fields in which that is changed.
        ignores: [
            '**/*.test.ts',
            'src/features/settings/Profile.svelte',
            'src/features/rooms/RoomEdit.svelte',
        ],
        rules: {
            'no-restricted-syntax': [
                'error',
                {
                    selector: 'MemberExpression[property.name="display_name"]',
                    message: 'How somebody is called is asked of store/names.ts.',
                },
                {
                    selector:
                        'MemberExpression[property.name="title"]:matches([object.name="summary"], [object.property.name="summary"])',
                    message: 'What a room is called is asked of store/names.ts.',
                },
            ],
        },
    },
);
