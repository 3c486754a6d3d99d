import {
  asUpgrade,
  type ApiRequest,
  type ApiResponse,
  type Channel,
  type ChannelEnd,
  type ChannelListener,
} from '../api/client';
import { brokenConnection, refusalResponse } from './answers';

/** What a channel needs of a simulation. */
interface Door {
  request(request: ApiRequest): Promise<ApiResponse>;
  send(connection: string, data: string, ends: boolean): void;
  readonly streams: {
    read(
      connection: string,
      onData: ChannelListener['onData'],
      onEnd: (end: ApiResponse | undefined) => void,
    ): () => void;
  };
}

/** Opens a connection into a container. What is sent before it is open waits; what comes back is told as it comes. */
export function openChannel(door: Door, request: ApiRequest, listener: ChannelListener): Channel {
  let connection = '';
  let closed = false;
  let stop = (): void => {};
  const waiting: { data: string; ends: boolean }[] = [];
  const end = (outcome: ChannelEnd): void => {
    if (closed) return;
    closed = true;
    listener.onEnd(outcome);
  };
  const send = (data: string, ends: boolean): void => {
    if (closed) return;
    if (connection === '') waiting.push({ data, ends });
    else door.send(connection, data, ends);
  };
  void door.request(asUpgrade(request)).then((response) => {
    if (response.connection === undefined) return end({ refusal: response });
    connection = response.connection;
    if (closed) return door.send(connection, '', true);
    const onData: ChannelListener['onData'] = (stream, data) => {
      if (!closed) listener.onData(stream, data);
    };
    stop = door.streams.read(connection, onData, (outcome) =>
      end({ status: (outcome ?? refusalResponse(brokenConnection())).body }),
    );
    for (const { data, ends } of waiting) door.send(connection, data, ends);
  });
  return {
    send: (bytes) => send(bytes, false),
    endInput: () => send('', true),
    close: () => {
      if (connection !== '' && !closed) door.send(connection, '', true);
      closed = true;
      stop();
    },
  };
}
