/** An object of whose conditions one asks: a Pod, a Node, a Job. */
interface Conditioned {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** The status of a condition: `True`, `False` or `Unknown`; undefined where the object does not have it. */
export function conditionStatus(object: Conditioned | undefined, type: string): string | undefined {
  return object?.status.conditions?.find((condition) => condition.type === type)?.status;
}

/** Whether a condition is true. */
export function holds(object: Conditioned, type: string): boolean {
  return conditionStatus(object, type) === 'True';
}
