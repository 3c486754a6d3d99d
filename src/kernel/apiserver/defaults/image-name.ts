/** Models distribution/reference ParseNormalizedNamed and pkg/util/parsers ParseImageName. */

const HEX_ID = /^[a-f0-9]{64}$/;
const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`;
const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
const NAME = `(?:${DOMAIN}/)?${PATH_PART}(?:/${PATH_PART})*`;
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^(${NAME})(?::([\\w][\\w.-]{0,127}))?(?:@(${DIGEST}))?$`);
const LONGEST_NAME = 255;

/** The tag of an image: `latest` where neither tag nor digest is given, empty where the name is no name of an image. */
export function imageTag(image: string): string {
  if (HEX_ID.test(image)) return '';
  const match = REFERENCE.exec(withDomain(image));
  if (!match || match[1]!.length > LONGEST_NAME) return '';
  return match[2] ?? (match[3] === undefined ? 'latest' : '');
}

/** What has no domain comes from Docker Hub. */
function withDomain(image: string): string {
  const slash = image.indexOf('/');
  const first = image.slice(0, slash);
  const isDomain = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  if (!isDomain) return `docker.io/${image.includes('/') ? '' : 'library/'}${image}`;
  const [domain, rest] = [first, image.slice(slash + 1)];
  return domain === 'docker.io' && !rest.includes('/') ? `docker.io/library/${rest}` : image;
}
