import type { LayerSet } from './layer-set';
import type { StageLayout } from './layout';
import { nodeIsDown, type Picture } from './picture';
import type { Ref } from './ref';
import { cablesOf, type Cable } from './routes';

/** The cables to draw: all of the layer, or those of the selected thing and those that were refused. */
export function shownCables(
  layout: StageLayout,
  picture: Picture,
  { storage }: LayerSet,
  selection: Ref | undefined,
): Cable[] {
  const cables = cablesOf(layout);
  if (storage) return cables;
  const volumes = volumesOf(picture, selection);
  return cables.filter((cable) => cable.refused || volumes.has(cable.volume) || isNode(selection, cable.node));
}

const isNode = (selection: Ref | undefined, name: string): boolean =>
  selection?.resource === 'nodes' && selection.name === name;

/** Keys of the volumes that a thing is, or mounts. */
function volumesOf(picture: Picture, selection: Ref | undefined): Set<string> {
  if (!selection) return new Set();
  const { resource, namespace, name } = selection;
  if (resource === 'persistentvolumeclaims') return new Set([`${namespace}/${name}`]);
  if (resource === 'persistentvolumes')
    return new Set(picture.volumes.filter((one) => one.volume === name).map((one) => one.key));
  if (resource !== 'pods') return new Set();
  const pod = picture.podWith(`${namespace}/${name}`);
  return new Set(pod?.detail.claims.map((claim) => `${namespace}/${claim}`));
}

/** A line over a meter: how much of what can be requested is used. */
export interface UsageLine {
  key: string;
  x: number;
  y: number;
  length: number;
  /** More is used than the meter can show. */
  over: boolean;
  text: string;
}

const METER_GAP = 14;
const MARGIN = 12;

/** What nodes use, where their meters are drawn. */
export function usageLines(layout: Pick<StageLayout, 'nodes'>): UsageLine[] {
  return layout.nodes.flatMap(({ node, x, metersY, width }) => {
    if (metersY <= 0 || nodeIsDown(node)) return [];
    const meter = (width - 2 * MARGIN - METER_GAP) / 2;
    return (['cpu', 'memory'] as const).flatMap((what, index) => {
      const [used, of] = [node[`${what}Used`], node[`${what}Allocatable`]];
      if (used <= 0 || of <= 0) return [];
      const share = used / of;
      const line = { x: x + MARGIN + index * (meter + METER_GAP), y: metersY + 3, length: meter * Math.min(1, share) };
      const text = `${node.name} uses ${Math.round(100 * share)} % of its ${what === 'cpu' ? 'CPU' : 'memory'}`;
      return [{ key: `${node.name} ${what}`, ...line, over: share > 1, text }];
    });
  });
}

/** A kube-proxy: a small fan at the node's port, with the number of Services it knows. */
export interface ProxyFan {
  key: string;
  x: number;
  y: number;
  services: number;
  text: string;
}

/** The kube-proxies of the nodes that run. */
export function proxyFans(layout: Pick<StageLayout, 'nodes' | 'level' | 'form'>): ProxyFan[] {
  if (layout.level > 1 && layout.form !== 'rows') return [];
  return layout.nodes.flatMap(({ node, x, portY }) =>
    node.proxied < 0
      ? []
      : [
          {
            key: node.name,
            x,
            y: portY,
            services: node.proxied,
            text: `kube-proxy on ${node.name} knows ${node.proxied} ${node.proxied === 1 ? 'Service' : 'Services'}`,
          },
        ],
  );
}
