/** What reading YAML needs, in one chunk that is loaded after the first view. */
export { toYaml } from '../../kubectl/printers/yaml';
export { ClusterCheck } from './cluster-check';
export { differingLines, lastApplied, leavesOf } from './difference';
export { readManifest } from './manifest';
export { lineOrigins } from './provenance';
export { editManifest } from './manifest-edit';
export { RecordingClient } from './recording-client';
export { rejectionOf } from './rejection';
