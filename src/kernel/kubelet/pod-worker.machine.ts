import type { MachineDefinition } from '../../api/lifecycle';

/**
 * What a kubelet does with one Pod: it waits for a picture of the containers, syncs step by step, and in the end
 * terminates and cleans up. Models pkg/kubelet/pod_workers.go and kubelet.go SyncPod, SyncTerminatingPod,
 * SyncTerminatedPod.
 */
export const podWorkerMachine = {
  id: 'pod-worker',
  initial: 'idle',
  states: {
    idle: { on: { UPDATE: 'observing' } },
    observing: { entry: ['awaitPicture'], on: { SYNC: 'reporting', TERMINATE: 'terminating', CLEAN: 'cleaning' } },
    reporting: { entry: ['reportStatus'], on: { GO: 'mounting', COMPLETED: 'settling' } },
    mounting: { entry: ['awaitVolumes'], on: { MOUNTED: 'trimming', FAILED: 'settling', CANCELLED: 'settling' } },
    trimming: { entry: ['killUnwanted'], on: { TRIMMED: 'sandboxing', RESET: 'settling' } },
    sandboxing: { entry: ['ensureSandbox'], on: { READY: 'starting', NEEDLESS: 'settling' } },
    starting: { entry: ['startNext'], on: { PULL: 'pulling', DONE: 'settling' } },
    pulling: { entry: ['pullImage'], on: { PULLED: 'creating', FAILED: 'starting' } },
    creating: { entry: ['createContainer'], on: { CREATED: 'starting', HOOK: 'hooking' } },
    hooking: { entry: ['runPostStart'], on: { HOOKED: 'starting', FAILED: 'undoing' } },
    undoing: { entry: ['killHooked'], on: { KILLED: 'starting' } },
    settling: { entry: ['completeSync'], on: { AGAIN: 'observing', REST: 'idle' } },
    terminating: { entry: ['killPod'], on: { STOPPED: 'stopped' } },
    stopped: { entry: ['completeTermination'], on: { AGAIN: 'observing' } },
    cleaning: { entry: ['awaitUnmount'], on: { UNMOUNTED: 'finished' } },
    finished: { entry: ['finish'], type: 'final' },
  },
} as const satisfies MachineDefinition;
