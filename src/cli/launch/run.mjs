// npm run NAME: builds src/cli/NAME.ts if a source is newer than the last build, then runs it in this process.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, install, root } from './prepare.mjs';

const [name, ...args] = process.argv.slice(2);
install();
build('cli');
const entry = join(root, '.build', `${name}.js`);
process.argv = [process.argv[0], entry, ...args];
await import(pathToFileURL(entry).href);
