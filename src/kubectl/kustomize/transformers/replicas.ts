import { CliError } from '../../errors';
import { goList } from '../../format/go-text';
import { changeField } from '../field-path';
import type { FieldSpec } from '../field-specs';
import { gvkText, isSelected } from '../identity';
import type { ResourceList } from '../resource-list';

/** Sets how many replicas the workloads of a name have. Throws where none has it. Models ReplicaCountTransformerPlugin. */
export function transformReplicas(list: ResourceList, name: string, count: number, specs: readonly FieldSpec[]): void {
  let found = false;
  for (const spec of specs) {
    for (const { object } of list.withIdentity((one) => one.name === name && isSelected(one, spec))) {
      found = true;
      changeField(object, spec, () => count, 0);
    }
  }
  if (!found) {
    throw new CliError(
      `resource with name ${name} does not match a config with the following GVK ${goList(specs.map(gvkText))}`,
    );
  }
}
