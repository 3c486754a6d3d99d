import type { Json } from '../../api/objects';
import { formatQuantity, parseQuantity } from '../../api/quantity';
import { at, listAt, objectAt, sortedKeys, textAt } from '../format/json';
import { describerWithoutEvents } from './describer';
import type { Description } from './description';
import { byKey, valueText } from './description';

const SCOPE_WORDS: Record<string, string> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

/** Models pkg/describe ResourceQuotaDescriber. */
export const describeResourceQuota = describerWithoutEvents((description, quota) => {
  description.heading(quota, true);
  writeScopes(description, quota, 0, ' * ');
  description.line(0, 'Resource\tUsed\tHard');
  description.line(0, '--------\t----\t----');
  writeUse(description, quota, 0);
});

/** The quotas of a namespace. Models DescribeResourceQuotas. */
export function writeQuotas(description: Description, quotas: Json[]): void {
  if (quotas.length === 0) {
    description.line(0, 'No resource quota.');
    return;
  }
  description.line(0, 'Resource Quotas');
  for (const quota of [...quotas].sort(byKey((one) => textAt(one, 'metadata', 'name')))) {
    description.field('Name', textAt(quota, 'metadata', 'name'), 1);
    writeScopes(description, quota, 1, '* ');
    description.line(1, 'Resource\tUsed\tHard');
    description.line(1, '--------\t---\t---');
    writeUse(description, quota, 1);
  }
}

function writeScopes(description: Description, quota: Json, level: number, bullet: string): void {
  const scopes = listAt(quota, 'spec', 'scopes')
    .map((scope) => valueText(scope))
    .sort();
  if (scopes.length === 0) return;
  description.field('Scopes', scopes.join(', '), level);
  for (const scope of scopes) if (SCOPE_WORDS[scope]) description.line(level, `${bullet}${SCOPE_WORDS[scope]}`);
}

function writeUse(description: Description, quota: Json, level: number): void {
  const hard = objectAt(quota, 'status', 'hard') ?? {};
  for (const name of sortedKeys(hard)) {
    const limit = valueText(hard[name]);
    description.line(level, `${name}\t${usedText(valueText(at(quota, 'status', 'used', name), '0'), limit)}\t${limit}`);
  }
}

/** What is used, in the notation of the limit. */
function usedText(used: string, limit: string): string {
  const [amount, bound] = [parseQuantity(used), parseQuantity(limit)];
  if (!amount || !bound || amount.format === bound.format) return used;
  const whole = (amount.nano + 999_999_999n) / 1_000_000_000n;
  return formatQuantity({ nano: whole * 1_000_000_000n, format: bound.format });
}
