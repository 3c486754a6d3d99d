/** The pages of the shell. */
export type Route = 'home' | 'sandbox' | 'lesson' | 'clusters' | 'teach' | 'embed';

/** The fragment of the learner's own cluster. */
export const SANDBOX = '#/sandbox';

/** The fragment of the list of lessons, which is a part of home. */
export const LESSON_LIST = '#/lessons';

/** What the fragment begins with that holds a document, and the one that names a stored one. */
export const LINKED = '#cluster=';
export const STORED = '#open=';

const LESSON = '#/lesson/';

/** The pages around home, by their fragments. */
export const AROUND = { clusters: '#/clusters', teach: '#/teach', embed: '#/embed' } as const;

const [query, PRESENT] = ['?', 'present'];

/** What of a fragment stands before its query. */
const placeOf = (fragment: string): string => fragment.split(query, 1)[0]!;

/** What is asked for of the page that a fragment names. */
export const wishesOf = (fragment: string): URLSearchParams =>
  new URLSearchParams(fragment.slice(placeOf(fragment).length));

/** The address of a lesson. */
export const lessonFragment = (slug: string): string => LESSON + slug;

/** The lesson that a fragment names. */
export const lessonOf = (fragment: string): string => placeOf(fragment).slice(LESSON.length);

/** The address at which a page is shown to a room at once. */
export const presented = (fragment: string): string => `${fragment}${fragment.includes(query) ? '&' : query}${PRESENT}`;

/** Whether a fragment asks for its page to be shown to a room. */
export const isPresented = (fragment: string): boolean => wishesOf(fragment).has(PRESENT);

/** The page that an address's fragment asks for: home, unless it names another, or a cluster to open in the sandbox. */
export function routeOf(fragment: string): Route {
  const place = placeOf(fragment);
  if (place.startsWith(LESSON)) return 'lesson';
  if (place === SANDBOX || place.startsWith(LINKED) || place.startsWith(STORED)) return 'sandbox';
  return (Object.keys(AROUND) as (keyof typeof AROUND)[]).find((page) => AROUND[page] === place) ?? 'home';
}
