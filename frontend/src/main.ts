// Begins: learns where the API is, and shows the app.
import { mount } from 'svelte';

import './styles/tokens.css';
import './styles/base.css';
import { Unreachable } from './api/errors';
import { loadSite } from './api/site';
import { App } from './app.svelte';
import View from './App.svelte';
import { en } from './i18n/en';

const target = document.getElementById('app');
if (target === null) throw new Error('The page has no place for the app.');
const page = target;

async function begin(): Promise<void> {
  const app = new App(await loadSite());
  page.replaceChildren();
  mount(View, { target: page, props: { app } });
}

// Without the one small file nothing is known, the language neither: it is asked for again.
function failed(error: unknown): void {
  if (!(error instanceof Unreachable)) {
    page.textContent = en.app.cannotRun;
    throw error;
  }
  page.textContent = en.app.unreachable;
  setTimeout(() => begin().catch(failed), 3_000);
}

begin().catch(failed);
