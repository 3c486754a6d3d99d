import type { Pod } from '../../../api/objects';
import type { Plugin } from '../framework/plugin';

export type Bind = (pod: Pod, node: string) => void;

/** Writes the Binding. Models plugins/defaultbinder. */
export const defaultBinder = (bind: Bind): Plugin => ({
  name: 'DefaultBinder',
  registrations: [],
  bind,
});
