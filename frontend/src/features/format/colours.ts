// Which code is shown in colours: known without what finds them.

/** What a part of a code is. */
export interface Token {
  text: string;
  kind: 'word' | 'string' | 'number' | 'name' | 'remark' | undefined;
}

/** A longer block is not coloured: it would take a moment in which nothing else goes on. */
const MOST_CHARACTERS = 6_000;

/** The languages, by what people call them. */
const LANGUAGES = {
  bash: 'bash sh shell zsh console',
  c: 'c h',
  cpp: 'cpp c++ cc hpp',
  csharp: 'csharp c# cs',
  css: 'css scss',
  diff: 'diff patch',
  go: 'go golang',
  java: 'java',
  javascript: 'javascript js jsx mjs',
  json: 'json jsonc',
  kotlin: 'kotlin kt',
  php: 'php',
  python: 'python py',
  ruby: 'ruby rb',
  rust: 'rust rs',
  sql: 'sql postgres sqlite',
  swift: 'swift',
  typescript: 'typescript ts tsx',
  xml: 'xml html svg svelte vue',
  yaml: 'yaml yml toml ini',
} as const;

export type Language = keyof typeof LANGUAGES;

const byName = new Map(
  Object.entries(LANGUAGES).flatMap(([language, names]) =>
    names.split(' ').map((name) => [name, language as Language]),
  ),
);

export function languageOf(name: string): Language | undefined {
  return byName.get(name.toLowerCase());
}

export function isColoured(language: string, text: string): boolean {
  return text.length <= MOST_CHARACTERS && languageOf(language) !== undefined;
}
