import { mount } from 'svelte';
import './style/fonts.css';
import './style/tokens.css';
import './style/base.css';
import Shell from './page/Shell.svelte';

const target = document.getElementById('page');
if (!target) throw new Error('index.html has no element #page');
mount(Shell, { target });
