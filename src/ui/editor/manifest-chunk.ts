/** What reading YAML needs, in one chunk that is loaded after the first view. */
export { ClusterCheck } from './cluster-check';
export { differingLines } from './difference';
export { readManifest } from './manifest';
export { editManifest } from './manifest-edit';
