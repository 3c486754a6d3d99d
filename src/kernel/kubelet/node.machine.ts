import type { MachineDefinition } from '../../api/lifecycle';

/** A machine and its kubelet, as the machine itself knows them. What the cluster believes stands in the Node's conditions. */
export const nodeMachine = {
  id: 'node',
  initial: 'off',
  states: {
    off: { entry: ['loseEverything'], on: { POWER_ON: 'booting' } },
    booting: { on: { POWER_OFF: 'off', KUBELET_STOPPED: 'unattended' }, after: { kubeletStart: 'registering' } },
    registering: {
      entry: ['register'],
      on: { POWER_OFF: 'off', KUBELET_STOPPED: 'unattended' },
      after: { runtimeReady: 'ready' },
    },
    ready: { entry: ['reportReady'], on: { POWER_OFF: 'off', KUBELET_STOPPED: 'unattended' } },
    unattended: { entry: ['stopKubelet'], on: { POWER_OFF: 'off', KUBELET_STARTED: 'booting' } },
  },
} as const satisfies MachineDefinition;
