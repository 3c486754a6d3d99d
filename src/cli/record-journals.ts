import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { recordJournal } from './journal-script';
import { argumentsOf } from './arguments';

/** `npm run shots -- --record`. */
const { options, rest } = argumentsOf({
  name: 'record-journals',
  says: 'does every script of a folder again and writes what came of it beside it',
  rest: 'FOLDER',
  options: [{ name: 'only', value: 'NAME', says: 'one script' }],
});
const folder = rest[0] ?? 'e2e/journals';
const only = options.get('only');
for (const file of readdirSync(folder).filter((name) => name.endsWith('.script'))) {
  const name = basename(file, '.script');
  if (only && only !== name) continue;
  const document = await recordJournal(readFileSync(join(folder, file), 'utf8'), join(folder, 'manifests'));
  const text = JSON.stringify(document);
  writeFileSync(join(folder, `${name}.json`), `${text}\n`);
  const inputs = document.branches.reduce((sum, branch) => sum + branch.inputs.length, 0);
  process.stdout.write(`${name}: ${inputs} inputs, ${Math.round(text.length / 1024)} KiB\n`);
}
process.exit(0);
