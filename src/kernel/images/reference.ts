/** An image's name taken apart, as container runtimes read it. */
export interface ImageReference {
  /** With registry: `docker.io/library/nginx`. */
  readonly repository: string;
  /** As people write it: `nginx`, `podium/load`, `registry.example.com/team/app`. */
  readonly familiar: string;
  readonly tag: string;
  /** Repository with tag, or digest: what error messages and node status name. */
  readonly full: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const HOST = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\\d+)?';
const SHAPE = new RegExp(
  `^(?:(${HOST})/)?(${COMPONENT}(?:/${COMPONENT})*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?$`,
);
const DEFAULT_REGISTRY = 'docker.io';

const parsed = new Map<string, ImageReference | { problem: string }>();
const PARSED_KEPT = 256;

/**
 * Parses an image name, or says what is wrong with it. Pure; a bounded memo, for each container asks several times.
 * Models distribution/reference ParseNormalizedNamed.
 */
export function parseImage(text: string): ImageReference | { problem: string } {
  const known = parsed.get(text);
  if (known) return known;
  const reference = parseText(text);
  if (parsed.size >= PARSED_KEPT) parsed.clear();
  parsed.set(text, reference);
  return reference;
}

function parseText(text: string): ImageReference | { problem: string } {
  const { host, rest } = splitHost(text);
  const remainder = host === DEFAULT_REGISTRY && !rest.includes('/') ? `library/${rest}` : rest;
  const path = remainder.replace(/[:@].*$/s, '');
  if (path !== path.toLowerCase()) return refused(text, `repository name (${path}) must be lowercase`);
  const match = SHAPE.exec(`${host}/${remainder}`);
  if (!match) return refused(text);
  const repository = `${match[1]}/${match[2]}`;
  const tag = match[3] ?? 'latest';
  const full = match[4] ? `${repository}@${match[4]}` : `${repository}:${tag}`;
  const familiar = repository.replace(/^docker\.io\/(library\/)?/, '');
  return { repository, familiar, tag, full };
}

function splitHost(text: string): { host: string; rest: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = slash > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  return isHost ? { host: first, rest: text.slice(slash + 1) } : { host: DEFAULT_REGISTRY, rest: text };
}

function refused(text: string, why?: string): { problem: string } {
  const quoted = JSON.stringify(text);
  const suffix = why ? `: ${why}` : '';
  return {
    problem: `Failed to apply default image tag ${quoted}: couldn't parse image name ${quoted}: invalid reference format${suffix}`,
  };
}

/** How many letters must be added, left out or changed to make one text of the other; counts to 3 at most. */
export function editDistance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > 2) return 3;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return Math.min(3, row[right.length]!);
}
