// Begins: learns where the API is, and shows the app.
import { mount } from 'svelte';

import './styles/tokens.css';
import './styles/base.css';
import { loadSite } from './api/site';
import { App } from './app.svelte';
import View from './App.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('The page has no place for the app.');
const app = new App(await loadSite());
mount(View, { target, props: { app } });
