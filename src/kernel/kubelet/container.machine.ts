import type { MachineDefinition } from '../../api/lifecycle';

/**
 * One run of a container, from its creation to its end. Whether and when there is another run is the Pod worker's
 * choice. Models pkg/kubelet/kuberuntime/kuberuntime_container.go.
 */
export const containerMachine = {
  id: 'container',
  initial: 'created',
  states: {
    created: { on: { START: 'running', FAIL: 'exited' } },
    running: { entry: ['startProgram'], on: { STOP: 'draining', EXIT: 'exited' } },
    draining: {
      entry: ['runPreStop'],
      on: { DRAINED: 'waiting', EXIT: 'exited' },
      after: { gracePeriod: 'stopping' },
    },
    waiting: { entry: ['awaitTurn'], on: { TURN: 'stopping', EXIT: 'exited' }, after: { turn: 'overdue' } },
    overdue: { entry: ['awaitTurn'], on: { TURN: 'stopping', EXIT: 'exited' } },
    stopping: { entry: ['terminate'], on: { EXIT: 'exited' }, after: { remainingGrace: 'killing' } },
    killing: { entry: ['kill'], on: { EXIT: 'exited' } },
    exited: { entry: ['recordExit'], type: 'final' },
  },
} as const satisfies MachineDefinition;
