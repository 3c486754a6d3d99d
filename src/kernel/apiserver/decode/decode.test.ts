import { describe, expect, it } from 'vitest';
import { parseYaml } from './body';
import { parseGoJson, plainJson } from './go-json';
import { MICRO_TIME, readTime, TIME } from './go-time';
import { decodeTyped } from './typed';

const POD = 'io.k8s.api.core.v1.Pod';
const DEPLOYMENT = 'io.k8s.api.apps.v1.Deployment';
const CONFIG_MAP = 'io.k8s.api.core.v1.ConfigMap';
const decode = (text: string, type: string) => decodeTyped(parseGoJson(text), type);

describe('JSON text', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a":1', 'unexpected end of JSON input'],
    ['nope', "invalid character 'o' in literal null (expecting 'u')"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['{"a":"\n"}', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['1.', 'unexpected end of JSON input'],
    ['-x', "invalid character 'x' in numeric literal"],
    ['['.repeat(3000), 'exceeded max depth'],
  ])("%j is refused with Go's words", (text, message) => expect(() => parseGoJson(text)).toThrow(message));

  it('is read as it stands', () => {
    const text = '{"a":[1,-2.5e3,"\\u00e9\\n\\"",true,null],"__proto__":{"x":1}}';
    expect(JSON.stringify(plainJson(parseGoJson(text)))).toBe(
      '{"a":[1,-2500,"é\\n\\"",true,null],"__proto__":{"x":1}}',
    );
  });
});

describe('a typed value', () => {
  it.each([
    [
      POD,
      '{"spec":{"containers":{}}}',
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      POD,
      '{"spec":{"containers":[{"image":7}]}}',
      'json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string',
    ],
    [
      POD,
      '{"metadata":{"labels":{"a":true}}}',
      'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      POD,
      '{"spec":{"restartPolicy":true}}',
      'json: cannot unmarshal bool into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
    ],
    [
      DEPLOYMENT,
      '{"spec":{"replicas":1.5}}',
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      DEPLOYMENT,
      '{"spec":{"selector":"a"}}',
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.selector of type v1.LabelSelector',
    ],
    [
      POD,
      '{"spec":{"containers":[{"resources":{"limits":{"cpu":"x"}}}]}}',
      'quantities must match the regular expression',
    ],
    [
      POD,
      '{"metadata":{"creationTimestamp":"soon"}}',
      'parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"',
    ],
  ])('%s %s', (type, text, fault) => expect(decode(text, type).fault).toContain(fault));

  it('leaves out what Go would not write, and what is unknown', () => {
    const { value, strict } = decode(
      '{"spec":{"hostNetwork":false,"priority":0,"tolerations":[],"Containers":[],"nodeName":null}}',
      POD,
    );
    expect(value).toEqual({ spec: { priority: 0 } });
    expect(strict).toEqual(['unknown field "spec.Containers"']);
  });

  it('merges maps that are given twice, and says so', () => {
    const { value, strict } = decode('{"data":{"a":"1"},"data":{"b":"2","b":"3"}}', CONFIG_MAP);
    expect(value).toEqual({ data: { a: '1', b: '3' } });
    expect(strict).toEqual(['duplicate field "data"', 'duplicate field "data.b"']);
  });

  it('writes quantities in one way only', () => {
    const { value } = decode('{"spec":{"containers":[{"resources":{"limits":{"cpu":1.5,"memory":"1024Ki"}}}]}}', POD);
    expect(value).toMatchObject({ spec: { containers: [{ resources: { limits: { cpu: '1500m', memory: '1Mi' } } }] } });
  });
});

describe('YAML', () => {
  it('is of version 1.1', () => {
    expect(parseYaml('a: yes\nb: 0o7\nc: "no"\nd: 017\n')).toEqual({ a: true, b: '0o7', c: 'no', d: 15 });
  });

  it('is refused where it is broken, or explodes', () => {
    expect(() => parseYaml('a: [1')).toThrow(/^yaml: line 1: /);
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((key, index) => `${key}: &${key} [${`*${'abcdefgh'[index]!},`.repeat(9)}]`),
    ];
    expect(() => parseYaml(bomb.join('\n'))).toThrow('yaml: document contains excessive aliasing');
  });
});

describe('a time', () => {
  it.each([
    ['2026-01-01T02:00:00+02:00', TIME, { time: '2026-01-01T00:00:00Z' }],
    ['2026-01-01T00:00:00.123456Z', MICRO_TIME, { time: '2026-01-01T00:00:00.123456Z' }],
    ['2026-13-01T00:00:00Z', TIME, { fault: 'parsing time "2026-13-01T00:00:00Z": month out of range' }],
    ['2026-02-30T00:00:00Z', TIME, { fault: 'parsing time "2026-02-30T00:00:00Z": day out of range' }],
    ['2026-01-01T00:00:00Zx', TIME, { fault: 'parsing time "2026-01-01T00:00:00Zx": extra text: "x"' }],
    [
      '2026-01-01T00:00:00Z',
      MICRO_TIME,
      {
        fault:
          'parsing time "2026-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
      },
    ],
  ])('%s', (text, format, expected) => expect(readTime(text, format)).toEqual(expected));
});
