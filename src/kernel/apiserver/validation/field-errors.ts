import { ApiError, type StatusCause } from '../../../api/status';

/** Models k8s.io/apimachinery/pkg/util/validation/field: what is wrong with which field. */

/** The words for each reason a field can be refused. */
const TYPE_WORDS = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueNotFound: 'Not found',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
} as const;

export type FieldErrorType = keyof typeof TYPE_WORDS;

export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  /** The type's words, the value where it is shown, and what is wrong: all but the field. */
  readonly body: string;
}

/** A value as a field error shows it: text in quotes, numbers as they are, anything else as JSON. */
export function shownValue(value: unknown): string {
  return value === undefined
    ? 'null'
    : JSON.stringify(value, (_key, part: unknown) => (isTextMap(part) ? inOrder(part) : part));
}

/** Go writes maps (of labels, for one) in the order of their keys; a struct's fields, named with capitals, keep their order. */
function isTextMap(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const isText = Object.values(value).every((one) => typeof one === 'string');
  return isText && !Object.keys(value).every((key) => /^[A-Z]\w*$/.test(key));
}

function inOrder(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The faults found so far. Validators take one and add to it; an empty one means that the object is valid. */
export class FieldErrors {
  readonly list: FieldError[] = [];

  get empty(): boolean {
    return this.list.length === 0;
  }

  #add(type: FieldErrorType, field: string, parts: (string | undefined)[]): void {
    const body = [TYPE_WORDS[type], ...parts.filter((part) => part !== undefined && part !== '')].join(': ');
    this.list.push({ type, field, body });
  }

  /** The same faults with other names for some fields. */
  renamed(fields: Readonly<Record<string, string>>): FieldErrors {
    const copy = new FieldErrors();
    for (const error of this.list) copy.list.push({ ...error, field: fields[error.field] ?? error.field });
    return copy;
  }

  required(field: string, detail = ''): void {
    this.#add('FieldValueRequired', field, [detail]);
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', field, [shownValue(value), detail]);
  }

  typeInvalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueTypeInvalid', field, [shownValue(value), detail]);
  }

  /** A rule that was not kept: it says why without showing the value. */
  unkept(field: string, detail: string): void {
    this.#add('FieldValueInvalid', field, [detail]);
  }

  forbidden(field: string, detail: string): void {
    this.#add('FieldValueForbidden', field, [detail]);
  }

  duplicate(field: string, value: unknown, detail?: string): void {
    this.#add('FieldValueDuplicate', field, [shownValue(value), detail]);
  }

  notFound(field: string, value: unknown, detail = ''): void {
    this.#add('FieldValueNotFound', field, [shownValue(value), detail]);
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const values = supported.map((one) => JSON.stringify(one)).join(', ');
    this.#add('FieldValueNotSupported', field, [shownValue(value), `supported values: ${values}`]);
  }

  tooLong(field: string, maxBytes: number): void {
    this.#add('FieldValueTooLong', field, [`may not be more than ${maxBytes} bytes`]);
  }

  tooMany(field: string, count: number, max: number): void {
    this.#add('FieldValueTooMany', field, [String(count), `must have at most ${max} item${max === 1 ? '' : 's'}`]);
  }

  internal(field: string, detail: string): void {
    this.#add('InternalError', field, [detail]);
  }
}

/** Models apimachinery NewInvalid: the refusal of an object with these faults. */
export function invalidObject(group: string, kind: string, name: string, errors: FieldErrors): ApiError {
  const texts = [...new Set(errors.list.map((error) => `${error.field}: ${error.body}`))];
  const causes: StatusCause[] = errors.list.map(({ type, body, field }) => ({ reason: type, message: body, field }));
  const why = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  const qualified = group ? `${kind}.${group}` : kind;
  return new ApiError(422, 'Invalid', `${qualified} "${name}" is invalid: ${why}`, {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    causes,
  });
}
