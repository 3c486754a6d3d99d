import type { Ref } from '../../scene/ref';

/** The thing that an element of the stage stands for, by what its marks say. */
export function refOf(target: EventTarget | null): Ref | undefined {
  const text = target instanceof Element ? target.closest('[data-ref]')?.getAttribute('data-ref') : undefined;
  const [resource, namespace, name] = text?.split('/') ?? [];
  return resource === undefined || name === undefined ? undefined : { resource, namespace: namespace ?? '', name };
}
