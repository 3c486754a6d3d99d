// npm run dev: the site with its sources watched.
import { install, tool } from './prepare.mjs';

install();
tool('vite', []);
