import { expect, it } from 'vitest';
import { seedRandom } from '../../base/random';
import { ApiServer } from '../apiserver/api-server';
import { Store } from '../store/store';
import { Clock } from '../time/clock';
import { EventRecorder } from './event-recorder';

it('two components speak of one thing in the same millisecond: both are heard, each under a name of its own', () => {
  const clock = new Clock(Date.UTC(2026, 0, 5, 9));
  const store = new Store();
  const api = new ApiServer(store, clock, seedRandom(1, 'kube-apiserver'));
  api.bootstrap();
  const subject = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web', uid: 'u' };
  for (const component of ['default-scheduler', 'kubelet'])
    new EventRecorder({ component }, api.clientFor(component), clock).event(
      subject,
      'Normal',
      'Seen',
      `by ${component}`,
    );
  const events = [...store.all('events').values()] as { metadata: { name: string } }[];
  const told = events.filter(({ metadata }) => metadata.name.startsWith('web.'));
  expect(told).toHaveLength(2);
  expect(new Set(told.map(({ metadata }) => metadata.name)).size).toBe(2);
});
