import type { Node } from '../../../api/objects';
import { unresolvable, type Plugin } from '../framework/plugin';

const OTHER_NODE = unresolvable("node(s) didn't match the requested node name");

/** A Pod that names its node takes no other. Models plugins/nodename. */
export const nodeName = (): Plugin => ({
  name: 'NodeName',
  registrations: [
    { events: ['NodeAdd'], hint: (pod, { after }) => pod.spec.nodeName === (after as Node).metadata.name },
  ],
  sign: ({ pod }) => pod.spec.nodeName ?? '',
  filter: ({ pod }, { name }) => (pod.spec.nodeName && pod.spec.nodeName !== name ? OTHER_NODE : undefined),
});
