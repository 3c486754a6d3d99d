import { argumentsOf } from './arguments';
import { playStorm } from './storm/player';
import { scriptOf } from './storm/script';

const { options } = argumentsOf({
  name: 'storm',
  says: 'random workloads, faults and operators; a seed that fails prints its script',
  options: [
    { name: 'runs', value: 'N', is: 'whole number', says: 'how many; 10' },
    { name: 'seed', value: 'S', is: 'whole number', says: 'the first; 1' },
    { name: 'quiet', says: 'no scripts' },
  ],
});
const runs = Number(options.get('runs') ?? 10);
const first = Number(options.get('seed') ?? 1);
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
