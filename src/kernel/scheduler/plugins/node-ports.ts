import { ANY_ADDRESS, portsConflict, type HostPort } from '../../../api/host-ports';
import type { Pod } from '../../../api/objects';
import { SKIP, go, unschedulable, type Plugin, type PreFilterAnswer } from '../framework/plugin';
import type { NodeInfo } from '../node-info';
import { podInfo } from '../pod-info';

const TAKEN = unschedulable("node(s) didn't have free ports for the requested pod ports");

/** Keeps two Pods from taking the same port of a node. Models plugins/nodeports. */
export const nodePorts = (): Plugin<readonly HostPort[]> => ({
  name: 'NodePorts',
  registrations: [
    {
      events: ['AssignedPodDelete'],
      hint: (pod, { before }) =>
        podInfo(before as Pod).hostPorts.some((gone) =>
          podInfo(pod).hostPorts.some((port) => portsConflict(gone, port)),
        ),
    },
    { events: ['NodeAdd'] },
  ],
  preFilter: ({ info }): PreFilterAnswer<readonly HostPort[]> =>
    info.hostPorts.length === 0 ? SKIP : go(info.hostPorts),
  sign: ({ info }) => JSON.stringify(info.hostPorts),
  filter: (_, node, ports) => (ports.some((port) => isTaken(node, port)) ? TAKEN : undefined),
});

function isTaken(node: NodeInfo, { ip, port }: HostPort): boolean {
  const holders = node.ports.get(port);
  if (!holders) return false;
  return ip === ANY_ADDRESS || holders.has(ANY_ADDRESS) || holders.has(ip);
}
