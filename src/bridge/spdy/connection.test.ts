import { describe, expect, it } from 'vitest';
import type { ByteCarrier } from '../byte-carrier';
import { SpdyConnection, type SpdyStream } from './connection';
import { awayFrame, dataFrame, openFrame, pingFrame, readFrame, resetFrame, type Frame } from './frames';
import { HeaderWriter } from './header-block';

/** A connection whose client is the test. */
function connect() {
  let sent = Buffer.alloc(0);
  const seen: string[] = [];
  const streams: SpdyStream[] = [];
  const carrier: ByteCarrier = {
    write: (bytes) => void (sent = Buffer.concat([sent, bytes])),
    end: () => void seen.push('carrier ended'),
    onData: () => {},
    onClose: () => {},
  };
  const connection = new SpdyConnection(carrier, {
    wants: ({ unwanted }) => unwanted === undefined,
    onStream: (stream) => {
      streams.push(stream);
      stream.listen({
        onData: (bytes) => seen.push(`${stream.id}: ${bytes.toString()}`),
        onEnd: () => seen.push(`${stream.id} ended`),
      });
    },
    onClose: () => seen.push('closed'),
  });
  const writer = new HeaderWriter();
  /** What the server has sent since the last call. */
  const answered = (): Frame[] => {
    const frames: Frame[] = [];
    for (let read = readFrame(sent); read !== undefined && read !== 'broken'; read = readFrame(sent)) {
      frames.push(read.frame);
      sent = sent.subarray(read.size);
    }
    return frames;
  };
  const open = (id: number, headers = {}, last = false): void =>
    carrier.onData(openFrame(id, writer.write(headers), last));
  return { connection, carrier, streams, seen, answered, open };
}

const kinds = (frames: Frame[]): string[] => frames.map(({ kind }) => kind);

describe('a connection', () => {
  it('replies to a stream, carries both ways and ends each by itself', () => {
    const { carrier, streams, seen, answered, open } = connect();
    open(1);
    carrier.onData(Buffer.concat([dataFrame(1, Buffer.from('one')), dataFrame(1, Buffer.from('two'), true)]));
    streams[0]!.write(Buffer.from('answer'));
    streams[0]!.end();
    streams[0]!.write(Buffer.from('too late'));
    expect(seen).toEqual(['1: one', '1: two', '1 ended']);
    expect(answered()).toEqual([
      expect.objectContaining({ kind: 'reply', stream: 1 }),
      { kind: 'data', stream: 1, last: false, bytes: Buffer.from('answer') },
      { kind: 'data', stream: 1, last: true, bytes: Buffer.alloc(0) },
    ]);
  });

  it('takes bytes in whatever parts they come', () => {
    const { carrier, seen, answered } = connect();
    const bytes = Buffer.concat([
      openFrame(1, new HeaderWriter().write({ port: '80' })),
      dataFrame(1, Buffer.from('x')),
    ]);
    for (const byte of bytes) carrier.onData(Buffer.from([byte]));
    expect([seen, kinds(answered())]).toEqual([['1: x'], ['reply']]);
  });

  it('refuses streams that nobody wants, of another side, or out of order', () => {
    const { streams, answered, open } = connect();
    open(1, { unwanted: 'yes' });
    open(2);
    open(5);
    open(3);
    expect(answered().map((frame) => ('status' in frame ? [frame.stream, frame.status] : frame.kind))).toEqual([
      [1, 5],
      [2, 1],
      'reply',
      [3, 1],
    ]);
    expect(streams.map(({ id }) => id)).toEqual([5]);
  });

  it('refuses streams beyond its limit until others are over', () => {
    const { carrier, streams, answered, open } = connect();
    for (let id = 1; id < 2 * 2_049; id += 2) open(id);
    expect([streams.length, answered().at(-1)]).toEqual([2_048, { kind: 'reset', stream: 4_097, status: 3 }]);
    carrier.onData(resetFrame(1, 5));
    open(4_099);
    expect(kinds(answered())).toEqual(['reply']);
  });

  it('answers pings, and passes over what it need not know', () => {
    const { carrier, answered } = connect();
    carrier.onData(Buffer.concat([Buffer.from('8003000400000004ffffffff', 'hex'), pingFrame(1), pingFrame(2)]));
    expect(answered()).toEqual([{ kind: 'ping', id: 1 }]);
  });

  it.each([
    ['goes', awayFrame(0)],
    ['sends what is no frame', Buffer.from('8002000100000000', 'hex')],
    ['sends what are no headers', openFrame(3, Buffer.from('none'))],
  ])('ends with its streams when the client %s', (_, bytes) => {
    const { carrier, seen, open } = connect();
    open(1);
    carrier.onData(bytes);
    carrier.onData(dataFrame(1, Buffer.from('too late')));
    carrier.onClose();
    expect(seen).toEqual(['carrier ended', '1 ended', 'closed']);
  });

  it('ends what it says on all streams and goes', () => {
    const { connection, answered, open } = connect();
    open(1);
    open(3);
    connection.close();
    expect(kinds(answered())).toEqual(['reply', 'reply', 'data', 'data', 'away']);
  });
});
