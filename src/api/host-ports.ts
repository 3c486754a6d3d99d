import type { Container, Pod } from './objects';

/** A port of the node that a Pod takes for itself. */
export interface HostPort {
  readonly ip: string;
  /** Protocol and port, such as `TCP/8080`. */
  readonly port: string;
}

/** Every address of the node. */
export const ANY_ADDRESS = '0.0.0.0';

/** Ports of containers and sidecars. Models pkg/scheduler/util GetHostPorts. */
export function hostPortsOf(pod: Pod): HostPort[] {
  const ports: HostPort[] = [];
  const take = (container: Container): void => {
    for (const port of container.ports ?? []) {
      if (!port.hostPort || port.hostPort <= 0) continue;
      ports.push({ ip: port.hostIP || ANY_ADDRESS, port: `${port.protocol || 'TCP'}/${port.hostPort}` });
    }
  };
  for (const container of pod.spec.initContainers ?? []) if (container.restartPolicy === 'Always') take(container);
  for (const container of pod.spec.containers) take(container);
  return ports;
}

/** Whether two Pods of a node cannot both have these. */
export const portsConflict = (one: HostPort, other: HostPort): boolean =>
  one.port === other.port && (one.ip === other.ip || one.ip === ANY_ADDRESS || other.ip === ANY_ADDRESS);
