import type { DraftObject, Json } from '../../api/objects';
import { LEVEL_SPECS, SCHEMA_SPECS } from './flow-levels';
import type { TypedClient } from './typed-client';

const API = 'flowcontrol.apiserver.k8s.io/v1';
const ANNOTATIONS = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

/** Makes the levels and schemas that every server has. It has no use for them: nobody waits here. */
export function bootstrapFlow(client: TypedClient): void {
  const make = (resource: string, kind: string, specs: ReadonlyMap<string, Json>): void => {
    for (const [name, spec] of specs) {
      const draft = { apiVersion: API, kind, metadata: { name, annotations: ANNOTATIONS }, spec };
      client.create(resource as 'configmaps', draft as unknown as DraftObject as never);
    }
  };
  make('prioritylevelconfigurations', 'PriorityLevelConfiguration', LEVEL_SPECS);
  make('flowschemas', 'FlowSchema', SCHEMA_SPECS);
}
