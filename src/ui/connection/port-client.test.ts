import { describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../api/client';
import type { ToSimulator } from '../../protocol/messages';
import { PortClient } from './port-client';

const GET_PODS = { method: 'GET', path: '/api/v1/pods' };
const ANSWER: ApiResponse = { code: 200, headers: {}, body: { kind: 'PodList' } };

function connected(): { client: PortClient; sent: ToSimulator[] } {
  const sent: ToSimulator[] = [];
  const client = new PortClient();
  client.connect((message) => sent.push(message));
  return { client, sent };
}

describe('PortClient', () => {
  it('gives each answer to the request with its id, in any order', async () => {
    const { client } = connected();
    const first = client.request(GET_PODS);
    const second = client.request(GET_PODS);
    client.deliver({ kind: 'response', id: 2, response: { ...ANSWER, code: 404 } });
    client.deliver({ kind: 'response', id: 1, response: ANSWER });
    expect((await first).code).toBe(200);
    expect((await second).code).toBe(404);
    expect(client.inFlight).toBe(0);
  });

  it('sends what was asked before there was a port', async () => {
    const client = new PortClient();
    const answer = client.request(GET_PODS);
    const sent: ToSimulator[] = [];
    client.connect((message) => sent.push(message));
    expect(sent).toEqual([{ kind: 'request', id: 1, request: GET_PODS }]);
    client.deliver({ kind: 'response', id: 1, response: ANSWER });
    expect(await answer).toBe(ANSWER);
  });

  it('cancels a watch once and hears nothing of it afterwards', () => {
    const { client, sent } = connected();
    const seen: string[] = [];
    const cancel = client.watch(
      GET_PODS,
      (event) => seen.push(event.type),
      () => seen.push('end'),
    );
    client.deliver({ kind: 'event', id: 1, event: { type: 'ADDED', object: null } });
    cancel();
    cancel();
    client.deliver({ kind: 'event', id: 1, event: { type: 'DELETED', object: null } });
    expect(seen).toEqual(['ADDED']);
    expect(sent.filter((message) => message.kind === 'cancel')).toEqual([{ kind: 'cancel', id: 1 }]);
  });

  it('refuses requests in flight and expires watches when the port goes away', async () => {
    const { client } = connected();
    const answer = client.request(GET_PODS);
    let ended: ApiResponse | undefined;
    client.watch(
      GET_PODS,
      () => {},
      (refusal) => (ended = refusal),
    );
    client.disconnect();
    expect((await answer).code).toBe(503);
    expect(ended?.code).toBe(410);
    const next = client.request(GET_PODS);
    client.connect(() => {});
    client.deliver({ kind: 'response', id: 3, response: ANSWER });
    expect((await next).code).toBe(200);
  });
});
