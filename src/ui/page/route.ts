/** The pages of the shell. */
export type Route = 'home' | 'sandbox' | 'lesson';

/** The fragment of the learner's own cluster. */
export const SANDBOX = '#/sandbox';

const LESSON = '#/lesson/';

/** The address of a lesson. */
export const lessonFragment = (slug: string): string => LESSON + slug;

/** The lesson that a fragment names. */
export const lessonOf = (fragment: string): string => fragment.slice(LESSON.length);

/** The page that an address's fragment asks for: home, unless it names a lesson, the sandbox or a cluster to open in it. */
export function routeOf(fragment: string): Route {
  if (fragment.startsWith(LESSON)) return 'lesson';
  return fragment === SANDBOX || /^#(cluster|open)=/.test(fragment) ? 'sandbox' : 'home';
}
