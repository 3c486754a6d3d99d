/** The pages of the shell. */
export type Route = 'home' | 'sandbox';

/** The fragment of the learner's own cluster. */
export const SANDBOX = '#/sandbox';

/** The page that an address's fragment asks for: home, unless it names the sandbox or a cluster to open in it. */
export function routeOf(fragment: string): Route {
  return fragment === SANDBOX || /^#(cluster|open)=/.test(fragment) ? 'sandbox' : 'home';
}
