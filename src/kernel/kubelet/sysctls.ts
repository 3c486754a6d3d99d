import type { Pod } from '../../api/objects';

/** What a Pod may set of its kernel's parameters without a kubelet's being told to allow it. Models pkg/kubelet/sysctl. */
const SAFE = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

/** Why a kubelet does not set one of a Pod's parameters. */
export function forbiddenSysctl({ spec }: Pod): string | undefined {
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const sysctl = name.replaceAll('/', '.');
    const why = !SAFE.has(sysctl)
      ? 'not allowlisted'
      : sysctl.startsWith('net.') && spec.hostNetwork
        ? 'not allowed with host net enabled'
        : sysctl.startsWith('kernel.') && spec.hostIPC
          ? 'not allowed with host ipc enabled'
          : undefined;
    if (why) return `forbidden sysctl: "${sysctl}" ${why}`;
  }
  return undefined;
}
