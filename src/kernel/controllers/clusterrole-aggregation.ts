import type { ClusterRole } from '../../api/objects';
import { equalJson } from '../../api/json';
import { selectorMatches } from '../../api/selectors';
import { Controller, type ControllerParts } from '../machinery/controller';

type Rule = NonNullable<ClusterRole['rules']>[number];

/** Gives ClusterRoles that gather others the rules of those. Models pkg/controller/clusterroleaggregation. */
export class ClusterRoleAggregationController extends Controller {
  constructor(parts: ControllerParts) {
    super('clusterrole-aggregation-controller', parts, {});
    parts.informers.on('clusterroles', (event) => {
      for (const role of parts.informers.all('clusterroles')) {
        if (role.aggregationRule) this.enqueue(role.metadata.name, event);
      }
    });
  }

  protected override reconcile(name: string): void {
    const role = this.parts.informers.byKey('clusterroles', name);
    const selectors = role?.aggregationRule?.clusterRoleSelectors;
    if (!role || !selectors) return;
    const others = [...this.parts.informers.all('clusterroles')]
      .filter((other) => other.metadata.name !== name)
      .sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1));
    const rules: Rule[] = [];
    for (const selector of selectors) {
      for (const other of others) {
        if (!selectorMatches(selector, other.metadata.labels)) continue;
        for (const rule of other.rules ?? []) if (!rules.some((known) => equalJson(known, rule))) rules.push(rule);
      }
    }
    if (sameRules(rules, role.rules ?? [])) return;
    this.parts.client.update('clusterroles', { ...role, rules });
  }
}

/** Whether both have the same rules, in whatever order. */
const sameRules = (left: readonly Rule[], right: readonly Rule[]): boolean =>
  left.length === right.length && left.every((rule) => right.some((other) => equalJson(rule, other)));
