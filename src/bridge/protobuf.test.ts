import { describe, expect, it, test } from 'vitest';
import { decodeProtobuf, ProtobufError } from './protobuf';

/** Bytes that Go's serializer makes of objects. Fields that are no pointers stand there with their zero values. */

const METADATA = { generateName: '', namespace: '', selfLink: '', uid: '', resourceVersion: '', generation: 0 };

const POD =
  '6b3873000a090a0276311203506f6412bf010a210a017012001a0022002a003200380042080880dfedca0610005a060a01611201621284010a090a0176120412020a0012560a016312056e67696e782201782201792a00420f120d0a0363707512060a043130306d52210a1512130a012f120a080110001a04687474701a002200100018002003280030006a007200800100880100900100a201001a00201e320042004a0052005800600068008201008a01009a0100a80101c201001a130a001a0022002a0032004a005a0072008801001a002200';
const SECRET =
  '6b3873000a0c0a0276311206536563726574121e0a110a017312001a0022002a0032003800420012070a016b120276ff1a001a002200';
const REVIEW =
  '6b3873000a2e0a17617574686f72697a6174696f6e2e6b38732e696f2f763112135375626a656374416363657373526576696577123b0a100a0012001a0022002a00320038004200121d12090a022f7812036765741a01752a0b0a016512060a01310a013232001a08080012001a0020001a002200';
const OPTIONS = '6b3873000a130a027631120d44656c6574654f7074696f6e731202081e1a002200';

const decode = (hex: string): unknown => decodeProtobuf(Buffer.from(hex, 'hex'));

describe('decodeProtobuf', () => {
  it('reads messages, embedded types, lists, maps, quantities, moments and ports', () => {
    expect(decode(POD)).toMatchObject({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...METADATA, name: 'p', labels: { a: 'b' }, creationTimestamp: '2026-01-05T08:00:00Z' },
      spec: {
        terminationGracePeriodSeconds: 30,
        automountServiceAccountToken: true,
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          {
            name: 'c',
            image: 'nginx',
            args: ['x', 'y'],
            resources: { requests: { cpu: '100m' } },
            livenessProbe: { periodSeconds: 3, httpGet: { path: '/', port: 'http' } },
          },
        ],
      },
    });
  });

  it('reads bytes as base64, and a moment that is none as null', () => {
    expect(decode(SECRET)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...METADATA, name: 's', creationTimestamp: null },
      data: { k: 'dv8=' },
      type: '',
    });
  });

  it('reads lists inside of maps, and options that no resource has', () => {
    expect(decode(REVIEW)).toMatchObject({
      kind: 'SubjectAccessReview',
      spec: { user: 'u', extra: { e: ['1', '2'] }, nonResourceAttributes: { path: '/x', verb: 'get' } },
    });
    expect(decode(OPTIONS)).toEqual({ apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 30 });
  });

  test.each([
    ['7b7d', /does not appear to be a protobuf message/],
    [POD.slice(0, 80), /unexpected EOF/],
    ['6b3873000a080a0276311202586f1200', /no kind "Xo" is registered/],
    ['6b3873000b', /illegal wireType 3/],
  ])('refuses %s', (hex, words) => {
    expect(() => decode(hex)).toThrow(ProtobufError);
    expect(() => decode(hex)).toThrow(words);
  });
});
