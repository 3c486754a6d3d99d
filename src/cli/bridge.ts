import { writeFileSync } from 'node:fs';
import { Bridge } from '../bridge/bridge';
import { kubeconfigFor } from '../bridge/kubeconfig';
import { parseOptions } from './arguments';

/** `npm run bridge -- --port N [--preset NAME] [--seed N] [--speed S] [--paused] [--kubeconfig FILE]`. */
const { options } = parseOptions(process.argv.slice(2));
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
