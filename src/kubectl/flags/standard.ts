import type { FlagSpec } from './flags';
import { array, bool, int, int64, slice, text } from './flags';

/** Flags that every command understands. Models genericclioptions.ConfigFlags and klog's. */
export const GLOBAL_FLAGS: FlagSpec[] = [
  text('as', 'User to act as.'),
  array('as-group', 'Group to act as; may be repeated.'),
  text('as-uid', 'UID to act as.'),
  array('as-user-extra', 'Extra of the user to act as.'),
  text('cache-dir', 'Folder of the discovery cache.', { default: '~/.kube/cache' }),
  text('certificate-authority', 'File with the certificate authority.'),
  text('client-certificate', 'File with the client certificate.'),
  text('client-key', 'File with the client key.'),
  text('cluster', 'Cluster of the kubeconfig to use.'),
  text('context', 'Context of the kubeconfig to use.'),
  bool('disable-compression', 'Do not compress answers.'),
  bool('insecure-skip-tls-verify', 'Do not check the certificate of the server.'),
  text('kubeconfig', 'The kubeconfig file.'),
  text('kuberc', 'The kuberc file.'),
  text('log-flush-frequency', 'Time between log flushes.', { default: '5s' }),
  bool('match-server-version', 'Require that the server has the same version.'),
  text('namespace', 'The namespace of this request.', { short: 'n' }),
  text('password', 'Password for basic authentication.'),
  text('profile', 'Name of a profile to capture.', { default: 'none' }),
  text('profile-output', 'File for the profile.', { default: 'profile.pprof' }),
  text('request-timeout', 'How long to wait for one request; 0 for ever.', { default: '0' }),
  text('server', 'Address of the API server.', { short: 's' }),
  text('tls-server-name', 'Server name for certificate checks.'),
  text('token', 'Bearer token.'),
  text('user', 'User of the kubeconfig to use.'),
  text('username', 'User name for basic authentication.'),
  int('v', 'Log level.', { short: 'v' }),
  text('vmodule', 'Log levels by file.'),
  bool('warnings-as-errors', 'Treat warnings of the server as errors.'),
  bool('help', 'Help for this command.', { short: 'h' }),
];

/** `-f`, `-k` and `-R`. */
export const FILENAME_FLAGS: FlagSpec[] = [
  slice('filename', 'File, folder or - with the resources.', { short: 'f' }),
  text('kustomize', 'Folder with a kustomization.', { short: 'k' }),
  bool('recursive', 'Go through folders below as well.', { short: 'R' }),
];

export const SELECTOR_FLAG = text('selector', 'Labels to filter by, such as key1=value1,key2 in (a,b).', {
  short: 'l',
});
export const FIELD_SELECTOR_FLAG = text('field-selector', 'Fields to filter by, such as status.phase=Running.');
export const ALL_NAMESPACES_FLAG = bool('all-namespaces', 'Look in all namespaces.', { short: 'A' });
export const CHUNK_FLAG = int64('chunk-size', 'How many objects to ask for at once; 0 for all.', { default: '500' });
export const DRY_RUN_FLAG = text('dry-run', 'none, server or client: only pretend.', {
  default: 'none',
  bare: 'unchanged',
  values: ['none', 'server', 'client'],
});
export const VALIDATE_FLAG = text('validate', 'strict, warn or ignore fields that are unknown.', {
  default: 'strict',
  bare: 'strict',
  values: ['strict', 'warn', 'ignore'],
});
export const SUBRESOURCE_FLAG = text('subresource', 'Work on this subresource.');
export const SAVE_CONFIG_FLAG = bool('save-config', 'Keep the configuration in an annotation, as apply does.');
export const RECORD_FLAG = bool('record', 'Keep this command in an annotation.', { hidden: true });

export function fieldManagerFlag(fallback: string): FlagSpec {
  return text('field-manager', 'Name under which fields are owned.', { default: fallback });
}
