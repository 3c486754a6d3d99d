import type { ApiObject } from './objects';

/** What can go wrong in this world. Each is a journal entry, and each is undone by its opposite or by rewinding. */
export type Fault =
  | { type: 'ContainerCrash'; namespace: string; pod: string; container: string; exitCode: number }
  | { type: 'OutOfMemory'; namespace: string; pod: string; container: string }
  | { type: 'NodeDown' | 'NodeUp' | 'NodeNetworkDown' | 'NodeNetworkUp' | 'NodeRemove'; node: string }
  | { type: 'NodeAdd'; node: ApiObject }
  | { type: 'ComponentDown' | 'ComponentUp'; component: string; node?: string; member?: string }
  | { type: 'GpuFault' | 'GpuRepaired'; node: string; device: string }
  | { type: 'DiskPressure' | 'MemoryPressure'; node: string; on: boolean }
  | { type: 'RegistryDown' | 'RegistryUp' }
  | { type: 'NetworkDelay'; ms: number; loss: number; node?: string };

/** The fields a fault has besides its type, and the type of each; those with a question mark may be left out. */
const FIELDS: Record<Fault['type'], Record<string, 'string' | 'number' | 'boolean' | 'object' | 'string?'>> = {
  ContainerCrash: { namespace: 'string', pod: 'string', container: 'string', exitCode: 'number' },
  OutOfMemory: { namespace: 'string', pod: 'string', container: 'string' },
  NodeDown: { node: 'string' },
  NodeUp: { node: 'string' },
  NodeNetworkDown: { node: 'string' },
  NodeNetworkUp: { node: 'string' },
  NodeRemove: { node: 'string' },
  NodeAdd: { node: 'object' },
  ComponentDown: { component: 'string', node: 'string?', member: 'string?' },
  ComponentUp: { component: 'string', node: 'string?', member: 'string?' },
  GpuFault: { node: 'string', device: 'string' },
  GpuRepaired: { node: 'string', device: 'string' },
  DiskPressure: { node: 'string', on: 'boolean' },
  MemoryPressure: { node: 'string', on: 'boolean' },
  RegistryDown: {},
  RegistryUp: {},
  NetworkDelay: { ms: 'number', loss: 'number', node: 'string?' },
};

/** Checks what came from outside. Returns the fault, or the reason why it is none. */
export function parseFault(value: unknown): Fault | { problem: string } {
  if (typeof value !== 'object' || value === null) return { problem: 'a fault is an object with a type' };
  const type = (value as { type?: unknown }).type;
  const fields = typeof type === 'string' && Object.hasOwn(FIELDS, type) ? FIELDS[type as Fault['type']] : undefined;
  if (!fields) return { problem: `unknown fault ${JSON.stringify(type)}; there are ${Object.keys(FIELDS).join(', ')}` };
  for (const [field, expected] of Object.entries(fields)) {
    const actual = (value as Record<string, unknown>)[field];
    if (expected === 'string?' && actual === undefined) continue;
    const needed = expected === 'string?' ? 'string' : expected;
    if (typeof actual !== needed || actual === null)
      return { problem: `${String(type)}: ${field} must be a ${needed}` };
  }
  return value as Fault;
}
