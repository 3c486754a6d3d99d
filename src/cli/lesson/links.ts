import type { Inline, Lesson, Problem, Target } from '../../lesson/format/lesson';
import type { Library } from '../../lesson/library';
import type { LocalCluster } from './local-cluster';

type Stage = Target & { kind: 'stage' };

const PATHS: Readonly<Record<string, string>> = {
  nodes: '/api/v1/nodes',
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  deployments: '/apis/apps/v1/deployments',
  statefulsets: '/apis/apps/v1/statefulsets',
  jobs: '/apis/batch/v1/jobs',
  persistentvolumeclaims: '/api/v1/persistentvolumeclaims',
  persistentvolumes: '/api/v1/persistentvolumes',
};
const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'];

/** Looks whether everything that a lesson's pages lead to is there. */
export interface LinkCheck {
  /** Notes what is on the stage now. */
  look(cluster: LocalCluster): Promise<void>;
  problems(): Problem[];
}

interface Place {
  readonly target: Target;
  readonly line: number;
}

/** What is pointed at on the stage must have been there at some moment at which `look` was called. */
export function linkProblems(library: Library, lesson: Lesson): LinkCheck {
  const places = lesson.pages.flatMap(({ blocks, line }) =>
    blocks.flatMap((block): Place[] => {
      if (block.kind === 'code') return [];
      const inlines = block.kind === 'list' ? block.items.flat() : block.inlines;
      return inlines.flatMap((inline) => targetsOf(inline).map((target) => ({ target, line })));
    }),
  );
  const wanted = places.flatMap(({ target }) => (target.kind === 'stage' ? [target] : []));
  const found = new Set<Stage>();
  return {
    look: (cluster) => note(cluster, wanted, found),
    problems: () => [
      ...places.flatMap(({ target, line }) => {
        const message = missing(library, target, found);
        return message === undefined ? [] : [{ file: 'lesson.md', line, message }];
      }),
      ...slugProblems(library, lesson),
    ],
  };
}

const targetsOf = (inline: Inline): Target[] => (inline.kind === 'link' ? [inline.target] : []);

async function note(cluster: LocalCluster, wanted: readonly Stage[], found: Set<Stage>): Promise<void> {
  for (const target of wanted) {
    if (found.has(target)) continue;
    if ((await namesOf(cluster, target.resource)).some((name) => matches(target.name, name))) found.add(target);
  }
}

async function namesOf({ client }: LocalCluster, resource: string): Promise<readonly string[]> {
  const path = PATHS[resource];
  if (path === undefined) return COMPONENTS;
  const { body } = await client.request({ method: 'GET', path });
  return (
    (body as unknown as { items?: { metadata: { name: string } }[] }).items?.map(({ metadata }) => metadata.name) ?? []
  );
}

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

function missing({ glossary, index }: Library, target: Target, found: ReadonlySet<Stage>): string | undefined {
  switch (target.kind) {
    case 'term':
      return Object.hasOwn(glossary, target.term) ? undefined : `the glossary has no ${JSON.stringify(target.term)}`;
    case 'lesson':
      return isListed(index, target.slug) ? undefined : `there is no lesson ${JSON.stringify(target.slug)}`;
    case 'stage':
      return found.has(target) ? undefined : `on the stage there never was ${target.resource}/${target.name}`;
  }
}

const isListed = ({ chapters }: Library['index'], slug: string): boolean =>
  chapters.some(({ lessons }) => lessons.some((one) => one.slug === slug));

function slugProblems({ index }: Library, { recap, retrieve }: Lesson): Problem[] {
  const slugs = [recap.next, ...retrieve.map(({ from }) => from)].filter((slug) => slug !== undefined);
  return slugs
    .filter((slug) => !isListed(index, slug))
    .map((slug) => ({ file: 'goal.yaml', line: 1, message: `there is no lesson ${JSON.stringify(slug)}` }));
}
