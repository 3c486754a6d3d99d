import type { ApiRequest } from '../api/client';
import type { Simulation } from '../host/simulation';
import type { ByteCarrier } from './byte-carrier';
import { ForwardedPort } from './forwarded-port';
import { SpdyConnection, type SpdyStream } from './spdy/connection';
import type { Headers } from './spdy/header-block';

/**
 * Models pkg/kubelet server portforward httpstream.go: a connection to a port is a pair of streams, one for data and one
 * for what goes wrong, and the headers of both say which port and which connection.
 */

export const PORT_FORWARD_STREAMS: readonly string[] = ['portforward.k8s.io'];

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
}

/** Carries connections to ports of a Pod, each as a pair of streams, until the client goes. */
export function carryPortStreams(simulation: Simulation, request: ApiRequest, carrier: ByteCarrier): void {
  const pairs = new Map<string, Pair>();
  const open = new Set<ForwardedPort>();
  const forward = (data: SpdyStream, error: SpdyStream): void => {
    const port = new ForwardedPort(
      simulation,
      request.path,
      Number(data.headers['port']),
      request.headers?.['user-agent'] ?? '',
      {
        onData: (bytes) => data.write(bytes),
        onError: (text) => error.write(Buffer.from(text)),
        onEnd: () => {
          open.delete(port);
          data.end();
          error.end();
        },
      },
    );
    open.add(port);
    data.listen({ onData: (bytes) => port.take(bytes), onEnd: () => port.endInput() });
  };
  new SpdyConnection(carrier, {
    wants: isOfPort,
    onStream: (stream) => {
      const id = requestOf(stream);
      const pair = pairs.get(id) ?? {};
      pairs.set(id, pair);
      const type = stream.headers['streamtype'] as 'data' | 'error';
      if (pair[type]) return void pair.error?.write(Buffer.from(alreadyAssigned(id, type)));
      pair[type] = stream;
      if (!pair.data || !pair.error) return;
      pairs.delete(id);
      forward(pair.data, pair.error);
    },
    onClose: () => {
      for (const port of open) port.end();
    },
  });
}

function isOfPort({ port = '', streamtype }: Headers): boolean {
  const number = /^\d+$/.test(port) ? Number(port) : 0;
  return number > 0 && number <= 65_535 && (streamtype === 'data' || streamtype === 'error');
}

/** Old clients name no request: then the stream of data is the one after that of errors. */
function requestOf({ id, headers }: SpdyStream): string {
  return headers['requestid'] ?? String(headers['streamtype'] === 'data' ? id - 2 : id);
}

const alreadyAssigned = (id: string, type: string): string =>
  `error processing stream for request ${id}: ${type} stream already assigned`;
