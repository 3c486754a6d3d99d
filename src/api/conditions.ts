/** An object of whose conditions one asks: a Pod, a Node, a Job. */
interface Conditioned<Condition> {
  readonly status: { readonly conditions?: readonly Condition[] };
}

interface AnyCondition {
  readonly type: string;
  readonly status: string;
}

/** The condition of a type; undefined where the object does not have it. */
export function conditionOf<Condition extends AnyCondition>(
  object: Conditioned<Condition> | undefined,
  type: string,
): Condition | undefined {
  return object?.status.conditions?.find((condition) => condition.type === type);
}

/** The status of a condition: `True`, `False` or `Unknown`; undefined where the object does not have it. */
export function conditionStatus(object: Conditioned<AnyCondition> | undefined, type: string): string | undefined {
  return conditionOf(object, type)?.status;
}

/** Whether a condition is true. */
export function holds(object: Conditioned<AnyCondition>, type: string): boolean {
  return conditionStatus(object, type) === 'True';
}
