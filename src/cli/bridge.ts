import { writeFileSync } from 'node:fs';
import { Bridge } from '../bridge/bridge';
import { kubeconfigFor } from '../bridge/kubeconfig';
import { PRESET_NAMES } from '../kernel/presets';
import { argumentsOf } from './arguments';

const { options } = argumentsOf({
  name: 'bridge',
  says: 'serves a cluster over HTTP, on this machine only',
  options: [
    { name: 'port', value: 'N', is: 'whole number', says: 'where it listens; 8001, and 0 for any that is free' },
    {
      name: 'preset',
      value: 'NAME',
      says: `the cluster to start: ${PRESET_NAMES.join(', ')}, or pool:{n}x{shape}; ml`,
    },
    { name: 'seed', value: 'N', is: 'whole number', says: 'what decides all that is left to chance; 1' },
    { name: 'speed', value: 'S', is: 'number', says: 'how many times faster than the clock on the wall; 1' },
    { name: 'paused', says: 'time stands still until it is moved through /podium/v1/time' },
    { name: 'kubeconfig', value: 'FILE', says: 'writes one for kubectl' },
  ],
});
const bridge = new Bridge();
const problem = await bridge.start({
  preset: options.get('preset') ?? 'ml',
  seed: Number(options.get('seed') ?? 1),
  speed: options.has('paused') ? 0 : Number(options.get('speed') ?? 1),
});
if (problem) {
  process.stderr.write(`bridge: ${problem}\n`);
  process.exit(2);
}
const port = await bridge.listen(Number(options.get('port') ?? 8001));
const kubeconfig = options.get('kubeconfig');
if (kubeconfig) writeFileSync(kubeconfig, kubeconfigFor(`http://127.0.0.1:${port}`));
process.stdout.write(`podium: listening on http://127.0.0.1:${port}\n`);
