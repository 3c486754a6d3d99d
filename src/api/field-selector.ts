import { SelectorError } from './label-selector';

/** Models k8s.io/apimachinery/pkg/fields ParseSelector: `status.phase!=Running,spec.nodeName=n1`. */

export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Parses a field selector; an empty one has no requirements. Throws SelectorError with the API server's words. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return terms(text)
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^((?:[^=!\\]|\\.)*?)(!=|==|=)(.*)$/s.exec(term);
      if (!match) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
      return { field: match[1]!, equal: match[2] !== '!=', value: unescaped(match[3]!) };
    });
}

/** The text cut at its commas, escaped ones apart. */
function terms(text: string): string[] {
  const found: string[] = [];
  let term = '';
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') {
      term += text.slice(at, at + 2);
      at += 1;
    } else if (text[at] === ',') {
      found.push(term);
      term = '';
    } else term += text[at]!;
  }
  return [...found, term];
}

function unescaped(value: string): string {
  const plain = value.replaceAll(/\\([\\,=])/g, '$1');
  if (/(^|[^\\])(\\\\)*\\([^\\,=]|$)/.test(value))
    throw new SelectorError('invalid field selector: invalid escape sequence');
  return plain;
}

/** Whether all requirements hold; `valueOf` gives a field's text. */
export function fieldsMatch(requirements: readonly FieldRequirement[], valueOf: (field: string) => string): boolean {
  return requirements.every(({ field, equal, value }) => (valueOf(field) === value) === equal);
}
