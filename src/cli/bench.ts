import { argumentsOf } from './arguments';
import { BENCHES } from './bench/table';

const { options } = argumentsOf({
  name: 'bench',
  says: 'what the kernel costs in Node, and the page in Chromium',
  options: [
    { name: 'only', value: 'NAME', says: `one row: ${BENCHES.map(({ name }) => name).join(', ')}, or a page-… one` },
    { name: 'json', says: 'an object a row, for programs' },
  ],
});
const only = options.get('only');
const rows = BENCHES.filter((bench) => !only || bench.name === only);
if (rows.length === 0) {
  process.stderr.write(
    `bench: unknown row ${JSON.stringify(only)}; there are ${BENCHES.map((bench) => bench.name).join(', ')}\n`,
  );
  process.exit(2);
}
for (const bench of rows) {
  const wallStart = performance.now();
  const cpuStart = process.cpuUsage();
  const notes = await bench.run();
  const cpu = process.cpuUsage(cpuStart);
  const result = {
    name: bench.name,
    cpuSeconds: round((cpu.user + cpu.system) / 1e6),
    wallSeconds: round((performance.now() - wallStart) / 1000),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    ...notes,
  };
  process.stdout.write(options.has('json') ? `${JSON.stringify(result)}\n` : lineOf(result));
}

function lineOf(result: Record<string, string | number>): string {
  const { name, ...figures } = result;
  const text = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  return `${String(name).padEnd(24)} ${text.join(', ')}\n`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
