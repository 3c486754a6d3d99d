import type { ImageReference } from './reference';

/** Whom images run their program as, where that is not root: a number, or a name that only the image knows. */
const USERS: readonly (readonly [RegExp, number | string])[] = [
  [/(^|\/)bitnami\//, 1001],
  [/nginx-unprivileged:/, 101],
  [/grafana\/grafana:/, 472],
  [/(^|\/)pause:/, 65535],
  [/(^|\/)(prom|prometheus)\//, 'nobody'],
];

/** Whom an image runs its program as. */
export function userOf(reference: ImageReference): number | string {
  return USERS.find(([pattern]) => pattern.test(reference.full))?.[1] ?? 0;
}
