import { describe, expect, it } from 'vitest';
import { fieldsMatch, parseFieldSelector } from './field-selector';
import { parseLabelSelector } from './label-selector';
import { requirementHolds } from './selectors';

const LABELS = { app: 'web', tier: 'front', size: '3' };
const matches = (text: string): boolean =>
  parseLabelSelector(text).every((requirement) => requirementHolds(requirement, LABELS));

describe('a label selector', () => {
  it.each([
    '',
    'app',
    'app=web',
    'app==web',
    'app in (web,db)',
    'app=web,tier!=back',
    '!gone',
    'gone!=x',
    'gone notin (x)',
    'size>2',
    'size<4',
    ' app = web ',
  ])('that selects: %s', (text) => expect(matches(text)).toBe(true));

  it.each(['app=db', 'gone', '!app', 'app notin (web)', 'size>3', 'tier=front,app=db', 'app in ()'])(
    'that does not: %s',
    (text) => expect(matches(text)).toBe(false),
  );

  it.each([
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in', "unable to parse requirement: found '' expected: '('"],
    ['a,', "found '', expected: identifier after ','"],
    ['=x', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
  ])('is refused: %s', (text, message) => expect(() => parseLabelSelector(text)).toThrow(message));
});

describe('a field selector', () => {
  const valueOf = (field: string): string => ({ 'metadata.name': 'a,b', 'status.phase': 'Running' })[field] ?? '';

  it.each([
    ['status.phase=Running', true],
    ['status.phase!=Running', false],
    ['status.phase==Running,metadata.name=a\\,b', true],
    ['', true],
  ])('%s', (text, expected) => expect(fieldsMatch(parseFieldSelector(text), valueOf)).toBe(expected));

  it('is refused where it has no operator', () => {
    expect(() => parseFieldSelector('a')).toThrow("invalid selector: 'a'; can't understand 'a'");
  });
});
