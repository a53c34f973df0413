// The colours of code, loaded with the first block that has some. What finds them makes a tree, and never HTML.
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';

import { languageOf, type Language, type Token } from './colours';

const GRAMMARS = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  kotlin,
  php,
  python,
  ruby,
  rust,
  sql,
  swift,
  typescript,
  xml,
  yaml,
} satisfies Record<Language, unknown>;

const lowlight = createLowlight(GRAMMARS);

/** What the grammars call the parts of a code, by how they are shown. */
const KINDS: Readonly<Record<string, Token['kind']>> = {
  keyword: 'word',
  built_in: 'word',
  selector: 'word',
  tag: 'word',
  literal: 'number',
  number: 'number',
  symbol: 'number',
  bullet: 'number',
  deletion: 'number',
  string: 'string',
  regexp: 'string',
  addition: 'string',
  link: 'string',
  title: 'name',
  name: 'name',
  attr: 'name',
  attribute: 'name',
  property: 'name',
  section: 'name',
  type: 'name',
  variable: 'name',
  comment: 'remark',
  quote: 'remark',
  doctag: 'remark',
  meta: 'remark',
};

type Root = ReturnType<typeof lowlight.highlight>;
type Node = Root['children'][number];

/** So many are coloured: of each is made an element. What follows them is one more, without a colour. */
const MOST_TOKENS = 1_000;

/** A code in parts, which are the whole again when they are put together. */
export function tokensOf(name: string, text: string): Token[] {
  const language = languageOf(name);
  if (language === undefined) return [{ text, kind: undefined }];
  const tokens: Token[] = [];
  const walk = (node: Root | Node, kind: Token['kind']): void => {
    if (node.type === 'text') {
      const last = tokens.at(-1);
      const isSame = last !== undefined && (last.kind === kind || tokens.length > MOST_TOKENS);
      if (isSame) last.text += node.value;
      else tokens.push({ text: node.value, kind: tokens.length < MOST_TOKENS ? kind : undefined });
    } else if ('children' in node) {
      const inner = node.type === 'element' ? (kindOf(node.properties['className']) ?? kind) : kind;
      for (const child of node.children) walk(child as Node, inner);
    }
  };
  walk(lowlight.highlight(language, text), undefined);
  return tokens;
}

function kindOf(classes: unknown): Token['kind'] {
  const [first] = Array.isArray(classes) ? (classes as unknown[]) : [];
  const word = /^hljs-([a-z]+(?:_in)?)/.exec(String(first))?.[1];
  return word === undefined ? undefined : KINDS[word];
}
