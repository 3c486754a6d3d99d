import type { MachineDefinition } from '../../api/lifecycle';

/** One volume of one Pod on a node. Models pkg/kubelet/volumemanager/reconciler. */
export const volumeMachine = {
  id: 'volume',
  initial: 'wanted',
  states: {
    wanted: { on: { ATTACHABLE: 'attaching', LOCAL: 'mounting' } },
    attaching: { entry: ['reportInUse'], on: { ATTACHED: 'mounting', UNWANTED: 'unmounted' } },
    mounting: { entry: ['setUp'], on: { MOUNTED: 'mounted', FAILED: 'failed', UNWANTED: 'unmounted' } },
    failed: { entry: ['reportFailure'], on: { UNWANTED: 'unmounted' }, after: { mountBackOff: 'mounting' } },
    mounted: { on: { UNWANTED: 'unmounted' } },
    unmounted: { entry: ['tearDown'], type: 'final' },
  },
} as const satisfies MachineDefinition;
