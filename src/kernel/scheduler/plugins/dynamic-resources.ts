import { SKIP, failed, unschedulable, type Plugin } from '../framework/plugin';

const NOTHING_TO_DEALLOCATE = { status: unschedulable('no new claims to deallocate') };
const NOT_FOUND = { status: failed('not found') };

/**
 * Allocates ResourceClaims upstream. Podium has none, so what is left is what it says about Pods without claims,
 * and a score of 0. Models plugins/dynamicresources.
 */
export const dynamicResources = (): Plugin<null, true> => ({
  name: 'DynamicResources',
  registrations: [],
  preFilter: () => SKIP,
  filter: () => undefined,
  /** Its state is missing where an earlier plugin's PreFilter refused the Pod. */
  postFilter: (_, data) => (data === undefined ? NOT_FOUND : NOTHING_TO_DEALLOCATE),
  preScore: () => true,
  score: () => 0,
});
