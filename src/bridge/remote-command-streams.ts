import { fromArray, toArray } from '../base/bytes';
import { asUpgrade, type ApiRequest, type ApiResponse } from '../api/client';
import { brokenConnection, refusalResponse } from '../host/answers';
import type { Simulation } from '../host/simulation';
import type { ByteCarrier } from './byte-carrier';
import { SpdyConnection, type SpdyStream } from './spdy/connection';

/** Models pkg/kubelet server remotecommand httpstream.go: exec and attach with a SPDY stream for each of theirs. */

interface Version {
  /** Whether a terminal has a stream for its size. */
  readonly resizes: boolean;
  /** Whether the outcome is told as a Status, or only why it failed, as text. */
  readonly tellsStatus: boolean;
}

const VERSIONS: Readonly<Record<string, Version>> = {
  'v4.channel.k8s.io': { resizes: true, tellsStatus: true },
  'v3.channel.k8s.io': { resizes: true, tellsStatus: false },
  'v2.channel.k8s.io': { resizes: false, tellsStatus: false },
  'channel.k8s.io': { resizes: false, tellsStatus: false },
};

export const REMOTE_COMMAND_STREAMS: readonly string[] = Object.keys(VERSIONS);

type Streams = Record<string, SpdyStream>;

/** Carries exec or attach, which begins once the client has opened all streams that it asked for. */
export function carryCommandStreams(
  simulation: Simulation,
  request: ApiRequest,
  protocol: string,
  carrier: ByteCarrier,
): void {
  const version = VERSIONS[protocol]!;
  const expected = expectedStreams(request, version);
  const streams: Streams = {};
  let leave = (): void => {};
  let gone = false;
  const connection = new SpdyConnection(carrier, {
    wants: ({ streamtype = '' }) => expected.includes(streamtype) && !streams[streamtype],
    onStream: (stream) => {
      streams[stream.headers['streamtype']!] = stream;
      if (Object.keys(streams).length < expected.length) return;
      void begin(simulation, request, streams, (end) => {
        streams['error']!.write(Buffer.from(outcome(end, version)));
        connection.close();
      }).then((stop) => (gone ? stop() : (leave = stop)));
    },
    onClose: () => {
      gone = true;
      leave();
    },
  });
}

function expectedStreams({ query = {} }: ApiRequest, { resizes }: Version): string[] {
  const asked = (name: string): boolean => query[name] === 'true' || query[name] === '1';
  const terminal = asked('tty');
  const wanted = ['stdin', 'stdout', 'stderr'].filter((name) => asked(name) && !(terminal && name === 'stderr'));
  return ['error', ...wanted, ...(terminal && resizes ? ['resize'] : [])];
}

/** Returns the call for a client that has gone. */
async function begin(
  simulation: Simulation,
  request: ApiRequest,
  streams: Streams,
  finish: (end: ApiResponse) => void,
): Promise<() => void> {
  const response = await simulation.request(asUpgrade(request));
  const { connection } = response;
  if (connection === undefined) {
    finish(response);
    return () => {};
  }
  const stop = simulation.streams.read(
    connection,
    (stream, data) => streams[stream]?.write(toArray(data)),
    (end) => finish(end ?? refusalResponse(brokenConnection())),
  );
  streams['stdin']?.listen({
    onData: (bytes) => simulation.send(connection, fromArray(bytes), false),
    onEnd: () => simulation.send(connection, '', true),
  });
  return () => {
    stop();
    if (!streams['stdin']) simulation.send(connection, '', true);
  };
}

function outcome({ body }: ApiResponse, { tellsStatus }: Version): string {
  if (tellsStatus) return JSON.stringify(body);
  const { status, message } = body as { status?: string; message?: string };
  return status === 'Success' ? '' : (message ?? '');
}
