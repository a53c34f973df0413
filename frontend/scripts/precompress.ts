// A step of the build: beside each file that gets smaller by it lie `.br` and `.gz`, so that nobody
// who serves them has to compress anything.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

import type { Plugin } from 'vite';

/** What is text; pictures, sounds and fonts are compressed already. */
const TEXT = /\.(html|js|css|json|svg|webmanifest|txt)$/;

/** One packet carries less than this whole. */
const WORTH_IT = 1024;

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

async function compress(file: string): Promise<void> {
  const text = await readFile(file);
  if (text.length < WORTH_IT) return;
  const { BROTLI_PARAM_QUALITY, BROTLI_MAX_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  const params = {
    [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY,
    [BROTLI_PARAM_SIZE_HINT]: text.length,
  };
  const made = { '.br': await brotli(text, { params }), '.gz': await gzip(text, { level: 9 }) };
  for (const [suffix, bytes] of Object.entries(made)) {
    if (bytes.length < text.length) await writeFile(file + suffix, bytes);
  }
}

/** Compresses what the build wrote, once it is all there. */
export function precompress(): Plugin {
  let folder = '';
  return {
    name: 'adda-precompress',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const files = await readdir(folder, { recursive: true });
        const texts = files.filter((file) => TEXT.test(file));
        await Promise.all(texts.map((file) => compress(join(folder, file))));
      },
    },
  };
}
