import type { Json } from '../../api/objects';
import { goQuote } from '../format/go-text';
import { at, listAt, numberAt, objectAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import { describerWithEvents } from './describer';
import type { Description } from './description';
import { longTime, valueText } from './description';
import { count } from './workload';

/** Models pkg/describe HorizontalPodAutoscalerDescriber. */
export const describeHorizontalPodAutoscaler = describerWithEvents((description, scaler) => {
  description.heading(scaler, true);
  description.labelsAndAnnotations(scaler);
  description.field('CreationTimestamp', longTime(textAt(scaler, 'metadata', 'creationTimestamp')));
  const kind = textAt(scaler, 'spec', 'scaleTargetRef', 'kind');
  description.field('Reference', `${kind}/${textAt(scaler, 'spec', 'scaleTargetRef', 'name')}`);
  if (textAt(scaler, 'apiVersion') === 'autoscaling/v1') writeUtilization(description, scaler);
  else {
    description.field('Metrics', '( current / target )');
    listAt(scaler, 'spec', 'metrics').forEach((metric, index) => {
      description.line(1, metricText(metric, at(scaler, 'status', 'currentMetrics', index)));
    });
  }
  description.field('Min replicas', valueText(at(scaler, 'spec', 'minReplicas'), '<unset>'));
  description.field('Max replicas', count(scaler, 'spec', 'maxReplicas'));
  const behavior = objectAt(scaler, 'spec', 'behavior');
  if (behavior) {
    description.line(0, 'Behavior:');
    writeRules(description, 'Scale Up', behavior['scaleUp']);
    writeRules(description, 'Scale Down', behavior['scaleDown']);
  }
  description.field(
    `${kind} pods`,
    `${count(scaler, 'status', 'currentReplicas')} current / ${count(scaler, 'status', 'desiredReplicas')} desired`,
  );
  writeConditions(description, scaler);
});

function writeUtilization(description: Description, scaler: JsonObject): void {
  const target = numberAt(scaler, 'spec', 'targetCPUUtilizationPercentage');
  if (target === undefined) return;
  description.field('Target CPU utilization', `${target}%`);
  description.field(
    'Current CPU utilization',
    `${valueText(at(scaler, 'status', 'currentCPUUtilizationPercentage'), '<unknown>')}%`,
  );
}

const UNKNOWN = '<unknown>';

/** One metric: what it is, its present value and its target. */
function metricText(metric: Json, current: Json | undefined): string {
  const type = textAt(metric, 'type');
  const field = type.charAt(0).toLowerCase() + type.slice(1);
  const source = objectAt(metric, field) ?? {};
  const present = objectAt(current ?? null, field);
  const value = (name: string): string => (present ? valueText(at(present, 'current', name), '0') : UNKNOWN);
  const target = (name: string): string => valueText(at(source, 'target', name), '0');
  const averaged = (label: string): string => `${label}:\t${value('averageValue')} / ${target('averageValue')}`;
  const named = textAt(source, 'metric', 'name');
  switch (type) {
    case 'External': {
      const average = at(source, 'target', 'averageValue') !== undefined;
      const shown = present && at(present, 'current', 'averageValue') === undefined ? UNKNOWN : value('averageValue');
      if (average) return `${goQuote(named)} (target average value):\t${shown} / ${target('averageValue')}`;
      return `${goQuote(named)} (target value):\t${value('value')} / ${target('value')}`;
    }
    case 'Pods':
      return averaged(`${goQuote(named)} on pods`);
    case 'Object': {
      const about = `"${named}" on ${textAt(source, 'describedObject', 'kind')}/${textAt(source, 'describedObject', 'name')} `;
      if (textAt(source, 'target', 'type') === 'AverageValue') return averaged(`${about}(target average value)`);
      return `${about}(target value):\t${value('value')} / ${target('value')}`;
    }
    case 'Resource':
      return resourceText(`resource ${textAt(source, 'name')} on pods`, source, present);
    case 'ContainerResource':
      return resourceText(
        `resource ${textAt(source, 'name')} of container "${textAt(source, 'container')}" on pods`,
        source,
        present,
      );
    default:
      return `<unknown metric type ${goQuote(type)}>`;
  }
}

function resourceText(label: string, source: JsonObject, present: JsonObject | undefined): string {
  const average = at(source, 'target', 'averageValue');
  const value = present ? valueText(at(present, 'current', 'averageValue'), '0') : UNKNOWN;
  if (average !== undefined) return `${label}:\t${value} / ${valueText(average)}`;
  const utilization = present ? at(present, 'current', 'averageUtilization') : undefined;
  const shown = utilization === undefined ? UNKNOWN : `${valueText(utilization)}% (${value})`;
  const target = at(source, 'target', 'averageUtilization');
  return `${label}  (as a percentage of request):\t${shown} / ${target === undefined ? '<auto>' : `${valueText(target)}%`}`;
}

function writeRules(description: Description, direction: string, rules: Json | undefined): void {
  if (!objectAt(rules ?? null)) return;
  description.line(1, `${direction}:`);
  const window = numberAt(rules, 'stabilizationWindowSeconds');
  if (window !== undefined) description.line(2, `Stabilization Window: ${window} seconds`);
  const policies = listAt(rules, 'policies');
  if (policies.length === 0) return;
  description.line(2, `Select Policy: ${textAt(rules, 'selectPolicy') || 'Max'}`);
  description.line(2, 'Policies:');
  for (const policy of policies) {
    description.line(
      3,
      `- Type: ${textAt(policy, 'type')}\tValue: ${count(policy, 'value')}\tPeriod: ${count(policy, 'periodSeconds')} seconds`,
    );
  }
}

function writeConditions(description: Description, scaler: JsonObject): void {
  const conditions = listAt(scaler, 'status', 'conditions');
  if (conditions.length === 0) return;
  description.line(0, 'Conditions:');
  description.line(1, 'Type\tStatus\tReason\tMessage');
  description.line(1, '----\t------\t------\t-------');
  for (const condition of conditions) {
    description.line(1, ['type', 'status', 'reason', 'message'].map((field) => textAt(condition, field)).join('\t'));
  }
}
