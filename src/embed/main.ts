import { mount } from 'svelte';
import '../ui/style/fonts.css';
import '../ui/style/tokens.css';
import '../ui/style/base.css';
import EmbedApp from './EmbedApp.svelte';
import { readSettings } from './settings';

const target = document.getElementById('page');
if (!target) throw new Error('embed.html has no element #page');
const settings = readSettings(window.location.search);
void settings.state(window.location.hash).then((state) => mount(EmbedApp, { target, props: { settings, state } }));
