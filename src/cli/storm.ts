import { parseOptions } from './arguments';
import { playStorm } from './storm/player';
import { scriptOf } from './storm/script';

/** `npm run storm -- --runs N [--seed S]`: storms of the seeds from S on; one that fails prints its script. */
const { options } = parseOptions(process.argv.slice(2));
const runs = Number(options.get('runs') ?? 10);
const first = Number(options.get('seed') ?? 1);
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(first)) {
  process.stderr.write('storm: --runs is how many, --seed the first; both are whole numbers\n');
  process.exit(2);
}
const failed: number[] = [];
for (let seed = first; seed < first + runs; seed++) {
  const script = scriptOf(seed);
  const { problems, inputs } = playStorm(script);
  if (problems.length === 0) continue;
  failed.push(seed);
  process.stdout.write(`seed ${seed} on ${script.preset}:\n${problems.map((one) => `  ${one}\n`).join('')}`);
  if (options.has('quiet')) continue;
  process.stdout.write(inputs.map((input) => `    ${JSON.stringify(input)}\n`).join(''));
}
process.stdout.write(`${runs} storms, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
