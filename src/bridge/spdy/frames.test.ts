import { describe, expect, it, test } from 'vitest';
import {
  awayFrame,
  dataFrame,
  openFrame,
  pingFrame,
  readFrame,
  replyFrame,
  RESET,
  resetFrame,
  type Frame,
} from './frames';

const block = Buffer.from('block');
const CASES: [Buffer, Frame][] = [
  [openFrame(1, block), { kind: 'open', stream: 1, last: false, block }],
  [openFrame(3, block, true), { kind: 'open', stream: 3, last: true, block }],
  [replyFrame(3, block), { kind: 'reply', stream: 3, last: false, block }],
  [resetFrame(5, RESET.refused), { kind: 'reset', stream: 5, status: 3 }],
  [pingFrame(7), { kind: 'ping', id: 7 }],
  [awayFrame(9), { kind: 'away' }],
  [dataFrame(11, block), { kind: 'data', stream: 11, last: false, bytes: block }],
  [dataFrame(11, Buffer.alloc(0), true), { kind: 'data', stream: 11, last: true, bytes: Buffer.alloc(0) }],
  [Buffer.from('8003000400000004ffffffff', 'hex'), { kind: 'other' }],
];

describe('frames', () => {
  test.each(CASES)('%#: are read as they were written, once they are whole', (bytes, frame) => {
    for (let size = 0; size < bytes.length; size++) expect(readFrame(bytes.subarray(0, size))).toBeUndefined();
    expect(readFrame(Buffer.concat([bytes, block]))).toEqual({ frame, size: bytes.length });
  });

  test.each([
    ['of another version', '8002000100000000'],
    ['too short for their kind', '8003000600000002aaaa'],
  ])('%s are none', (_, bytes) => {
    expect(readFrame(Buffer.from(bytes, 'hex'))).toBe('broken');
  });

  it('are those of the wire', () => {
    expect(pingFrame(1).toString('hex')).toBe('800300060000000400000001');
    expect(dataFrame(1, Buffer.alloc(0), true).toString('hex')).toBe('0000000101000000');
    expect(resetFrame(1, RESET.cancel).toString('hex')).toBe('80030003000000080000000100000005');
  });
});
