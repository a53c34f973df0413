import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

import { precompress } from './scripts/precompress.ts';

// The server of the development proxy; `make run` listens there.
const server = process.env['ADDA_DEV_SERVER'] ?? 'http://localhost:8000';

export default defineConfig({
  plugins: [svelte(), precompress()],
  build: {
    target: 'es2022',
    // Data addresses would need another source in the policy for fonts and styles.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, which the content security policy refuses.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          // What the first view always needs together is one answer, not five.
          groups: [
            {
              name: 'entrance',
              test: /features\/(auth\/|Form)|ui\/(Done|Field|LanguageName|Notice)\./,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': server,
      '/docs': server,
      '/media': server,
      '/ws': { target: server, ws: true },
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'eslint/**/*.test.ts'],
    environment: 'node',
  },
});
