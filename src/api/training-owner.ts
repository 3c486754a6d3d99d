/** What a training is called by: what owns its Pod, such as `Job train`, and `Job team/train` outside of `default`. */
export function trainingOwner(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${!namespace || namespace === 'default' ? '' : `${namespace}/`}${name}`;
}
