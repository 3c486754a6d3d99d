/** Models k8s.io/apimachinery/pkg/util/validation: why a text is no label value, no label key, no DNS name. */

const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function regexProblem(message: string, pattern: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

const tooLong = (limit: number): string => `must be no more than ${limit} bytes`;
const bytes = (text: string): number => new TextEncoder().encode(text).length;

export function labelValueProblems(value: string): string[] {
  const problems = bytes(value) > 63 ? [tooLong(63)] : [];
  if (LABEL_VALUE.test(value)) return problems;
  const words =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [
    ...problems,
    regexProblem(words, '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?', 'MyValue', 'my_value', '12345'),
  ];
}

/** A key with an optional prefix: `app`, `example.com/app`. */
export function qualifiedNameProblems(value: string): string[] {
  const parts = value.split('/');
  const problems: string[] = [];
  let name = parts[0] ?? '';
  if (parts.length === 2) {
    name = parts[1] ?? '';
    const prefix = parts[0] ?? '';
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...subdomainProblems(prefix).map((problem) => `prefix part ${problem}`));
  } else if (parts.length > 2) {
    const words =
      "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    return [
      `${regexProblem(words, '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]', 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (bytes(name) > 63) problems.push(`name part ${tooLong(63)}`);
  if (!QUALIFIED.test(name)) {
    const words =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    problems.push(
      `name part ${regexProblem(words, '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]', 'MyName', 'my.name', '123-abc')}`,
    );
  }
  return problems;
}

export function subdomainProblems(value: string): string[] {
  const problems = bytes(value) > 253 ? [tooLong(253)] : [];
  if (SUBDOMAIN.test(value)) return problems;
  const words =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [
    ...problems,
    regexProblem(words, '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*', 'example.com'),
  ];
}

/** A key of a ConfigMap or a Secret. */
export function configKeyProblems(value: string): string[] {
  const problems = bytes(value) > 253 ? ['must be no more than 253 characters'] : [];
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    const words = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    problems.push(regexProblem(words, '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'));
  }
  return [...problems, ...pathPrefixProblems(value)];
}

/** The name of an environment variable. */
export function environmentNameProblems(value: string): string[] {
  const problems: string[] = [];
  if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value)) {
    const words =
      "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
    problems.push(regexProblem(words, '[-._a-zA-Z][-._a-zA-Z0-9]*', 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1'));
  }
  return [...problems, ...pathPrefixProblems(value)];
}

function pathPrefixProblems(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}
