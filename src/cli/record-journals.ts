import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { recordJournal } from './journal-script';
import { parseOptions } from './arguments';

/** `npm run shots -- --record`: does every script of a folder again and writes what came of it beside it. */
const { options, rest } = parseOptions(process.argv.slice(2));
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
