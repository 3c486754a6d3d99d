import { canonicalAddress } from '../../../api/cidr';

/** Models apimachinery/pkg/util/validation: what is wrong with a name, as the texts that refusals use. */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const UNDERSCORED_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const UNDERSCORED = `${UNDERSCORED_LABEL}(\\.${UNDERSCORED_LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const PERCENT = '[0-9]+%';
const HTTP_HEADER = '[-A-Za-z0-9]+';
const WILDCARD = `\\*\\.${SUBDOMAIN}`;
const HTTP_PATH = `[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+`;

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const labelShape = whole(LABEL);
const label1035Shape = whole(LABEL_1035);
const subdomainShape = whole(SUBDOMAIN);
const underscoredShape = whole(UNDERSCORED);
const qualifiedShape = whole(QUALIFIED);
const labelValueShape = whole(LABEL_VALUE);
const configKeyShape = whole(CONFIG_KEY);
const percentShape = whole(PERCENT);
const headerShape = whole(HTTP_HEADER);
const wildcardShape = whole(WILDCARD);
const httpPathShape = whole(HTTP_PATH);

const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;

function shapeText(rule: string, pattern: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}'`).join(',  or ');
  return `${rule} (e.g. ${shown}, regex used for validation is '${pattern}')`;
}

const SUBDOMAIN_RULE = shapeText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  'example.com',
);
const UNDERSCORED_RULE = shapeText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  UNDERSCORED,
  'example.com',
);
const LABEL_RULE = shapeText(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  'my-name',
  '123-abc',
);
const LABEL_1035_RULE = shapeText(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  LABEL_1035,
  'my-name',
  'abc-123',
);
const QUALIFIED_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const qualifiedRule = (what: string): string =>
  shapeText(`${what} ${QUALIFIED_TEXT}`, QUALIFIED, 'MyName', 'my.name', '123-abc');
const NAME_PART_RULE = qualifiedRule('name part');
const LABEL_KEY_RULE = `${qualifiedRule('a valid label key')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
const LABEL_VALUE_RULE = shapeText(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
);
const CONFIG_KEY_RULE = shapeText(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  CONFIG_KEY,
  'key.name',
  'KEY_NAME',
  'key-name',
);
const HEADER_RULE = shapeText(
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  HTTP_HEADER,
  'X-Header-Name',
);
const WILDCARD_RULE = shapeText(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  WILDCARD,
  '*.example.com',
);
const PERCENT_RULE = shapeText(
  "a valid percent string must be a numeric string followed by an ending '%'",
  PERCENT,
  '1%',
  '93%',
);

/** The texts of what is wrong; empty for a valid name. */
export type NameFaults = readonly string[];
const VALID: NameFaults = [];

export function subdomainFaults(name: string): NameFaults {
  if (name.length <= MAX_SUBDOMAIN && subdomainShape.test(name)) return VALID;
  const long = name.length > MAX_SUBDOMAIN ? [`must be no more than ${MAX_SUBDOMAIN} characters`] : [];
  return subdomainShape.test(name) ? long : [...long, SUBDOMAIN_RULE];
}

/** Domains that are searched, where records such as `_tcp.example.com` are found too. */
export function underscoredSubdomainFaults(name: string): NameFaults {
  const long = name.length > MAX_SUBDOMAIN ? [`must be no more than ${MAX_SUBDOMAIN} characters`] : [];
  return underscoredShape.test(name) ? long : [...long, UNDERSCORED_RULE];
}

/** Hosts that stand for all below them. Models IsWildcardDNS1123Subdomain. */
export function wildcardFaults(name: string): NameFaults {
  const long = name.length > MAX_SUBDOMAIN ? [`must be no more than ${MAX_SUBDOMAIN} characters`] : [];
  return wildcardShape.test(name) ? long : [...long, WILDCARD_RULE];
}

export function labelFaults(name: string): NameFaults {
  if (name.length <= MAX_LABEL && labelShape.test(name)) return VALID;
  const long = name.length > MAX_LABEL ? [`must be no more than ${MAX_LABEL} characters`] : [];
  if (labelShape.test(name)) return long;
  return [...long, subdomainShape.test(name) ? 'must not contain dots' : LABEL_RULE];
}

export function label1035Faults(name: string): NameFaults {
  const long = name.length > MAX_LABEL ? [`must be no more than ${MAX_LABEL} characters`] : [];
  return label1035Shape.test(name) ? long : [...long, LABEL_1035_RULE];
}

export function labelValueFaults(value: string): NameFaults {
  if (value.length <= MAX_LABEL && labelValueShape.test(value)) return VALID;
  const long = value.length > MAX_LABEL ? [`must be no more than ${MAX_LABEL} bytes`] : [];
  return labelValueShape.test(value) ? long : [...long, LABEL_VALUE_RULE];
}

const knownQualified = new Map<string, NameFaults>();
const KNOWN_LIMIT = 4096;

/** Label keys, annotation keys, finalizers, resource names: a name with an optional prefix. */
export function qualifiedNameFaults(value: string): NameFaults {
  const known = knownQualified.get(value);
  if (known) return known;
  const faults = findQualifiedFaults(value);
  if (knownQualified.size >= KNOWN_LIMIT) knownQualified.clear();
  knownQualified.set(value, faults);
  return faults;
}

function findQualifiedFaults(value: string): NameFaults {
  const parts = value.split('/');
  if (parts.length > 2) return [LABEL_KEY_RULE];
  const faults: string[] = [];
  const name = parts.at(-1)!;
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') faults.push('prefix part must be non-empty');
    else faults.push(...subdomainFaults(prefix).map((fault) => `prefix part ${fault}`));
  }
  if (name === '') faults.push('name part must be non-empty');
  else if (name.length > MAX_LABEL) faults.push(`name part must be no more than ${MAX_LABEL} bytes`);
  if (!qualifiedShape.test(name)) faults.push(NAME_PART_RULE);
  return faults;
}

/** Keys of ConfigMaps and Secrets. */
export function configKeyFaults(key: string): NameFaults {
  const faults: string[] = [];
  if (key.length > MAX_SUBDOMAIN) faults.push(`must be no more than ${MAX_SUBDOMAIN} characters`);
  if (!configKeyShape.test(key)) faults.push(CONFIG_KEY_RULE);
  return [...faults, ...dotFaults(key)];
}

function dotFaults(key: string): string[] {
  if (key === '.') return ["must not be '.'"];
  if (key === '..') return ["must not be '..'"];
  return key.startsWith('..') ? ["must not start with '..'"] : [];
}

/** Names of environment variables: anything printable but `=`, since v1.34. */
export function envNameFaults(name: string): NameFaults {
  if (name === '')
    return [`a valid environment variable name must consist only of printable ASCII characters other than '='`];
  return /^[ -<>-~]+$/.test(name)
    ? VALID
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

export function percentFaults(value: string): NameFaults {
  return percentShape.test(value) ? VALID : [PERCENT_RULE];
}

export function httpHeaderFaults(name: string): NameFaults {
  return headerShape.test(name) ? VALID : [HEADER_RULE];
}

/** Names of ports that Services and probes refer to. Models IsValidPortName. */
export function portNameFaults(name: string): NameFaults {
  const faults: string[] = [];
  if (name.length > 15) faults.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]*$/.test(name)) faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)');
  if (name.includes('--')) faults.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) faults.push('must not begin or end with a hyphen');
  return faults;
}

/** What follows the host of a path. Models the second part of IsDomainPrefixedPath. */
export function httpPathFaults(path: string): NameFaults {
  return httpPathShape.test(path) ? VALID : [`Invalid path (regex used for validation is '${HTTP_PATH}')`];
}

/** Names that are addresses: those of IPAddresses. */
export function addressNameFaults(name: string): NameFaults {
  const canonical = canonicalAddress(name);
  if (canonical === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  return canonical === name ? VALID : [`must be in canonical form (${JSON.stringify(canonical)})`];
}

/** Names that only have to fit into a path: those of RBAC. */
export function pathSegmentFaults(name: string): NameFaults {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((mark) => name.includes(mark)).map((mark) => `may not contain '${mark}'`);
}

/** What a generated name's base would be wrong with: a dash at its end is not the end of the name. */
export function maskTrailingDash(base: string): string {
  return base.length > 1 && base.endsWith('-') ? `${base.slice(0, -2)}a` : base;
}
