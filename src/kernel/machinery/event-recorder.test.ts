import { describe, expect, it } from 'vitest';
import type { Event } from '../../api/objects';
import { seedRandom } from '../../base/random';
import { copyState } from '../../base/state';
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

describe('an Event that is told again', () => {
  const subject = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web', uid: 'u', resourceVersion: '7' };
  const newRig = () => {
    const clock = new Clock(Date.UTC(2026, 0, 5, 9));
    const store = new Store();
    const api = new ApiServer(store, clock, seedRandom(1, 'kube-apiserver'));
    api.bootstrap();
    const client = api.clientFor('test');
    const told = (): Event[] => client.list('events', 'default').filter((one) => one.involvedObject.name === 'web');
    const recorder = new EventRecorder({ component: 'test' }, client, clock);
    return { clock, client, told, recorder };
  };

  it('comes back under its name with its count where it has expired', () => {
    const { clock, client, told, recorder } = newRig();
    const say = (): void => recorder.event(subject, 'Warning', 'BackOff', 'again');
    say();
    const [first] = told();
    clock.moveTo(60_000);
    client.remove('events', 'default', first!.metadata.name);
    say();
    const { metadata, count, firstTimestamp, lastTimestamp } = told()[0]!;
    expect([metadata.name, count, firstTimestamp]).toEqual([first!.metadata.name, 2, first!.firstTimestamp]);
    expect(lastTimestamp).not.toBe(firstTimestamp);
  });

  it.each([
    ['goes on with its series', 5 * 60_000, 1],
    ['is another one after two looks at the series that found it silent', 13 * 60_000, 2],
  ])('by the scheduler %s', (_what, afterMs, events) => {
    const { clock, told, recorder } = newRig();
    const say = (): void => recorder.report(subject, 'Warning', 'FailedScheduling', 'Scheduling', 'no room');
    say();
    clock.moveTo(afterMs);
    say();
    expect(told()).toHaveLength(events);
  });
});

/** What is said, and what of it can be read: count × message. */
const SAID: Record<string, [says: (say: (reason: string, message: string) => void) => void, told: string[]]> = {
  'the same thing counts up': [
    (say) => ['once', 'once', 'once'].forEach((message) => say('BackOff', message)),
    ['3 once'],
  ],
  'what was said before counts up after something else': [
    (say) => ['one', 'another', 'one'].forEach((message) => say('BackOff', message)),
    ['2 one', '1 another'],
  ],
  'the same words of another reason are apart': [
    (say) => ['Failed', 'BackOff', 'Failed'].forEach((reason) => say(reason, 'words')),
    ['2 words', '1 words'],
  ],
  'too many similar things are combined': [
    (say) => Array.from({ length: 12 }, (_, index) => say('Failed', `time ${index}`)),
    [...Array.from({ length: 10 }, (_, index) => `1 time ${index}`), '2 (combined from similar events): time 11'],
  ],
  'who talks too much is not heard, whatever is new': [
    (say) => {
      for (let times = 0; times < 25; times++) say('Failed', 'again');
      say('Killing', 'stops');
      say('Killing', 'stops');
    },
    ['25 again'],
  ],
};

it.each(Object.entries(SAID))(
  'of one object: %s, also for a recorder that goes on from a copy',
  (_name, [says, told]) => {
    const clock = new Clock(Date.UTC(2026, 0, 5, 9));
    const store = new Store();
    const api = new ApiServer(store, clock, seedRandom(1, 'kube-apiserver'));
    api.bootstrap();
    const subject = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web', uid: 'u' };
    let recorder = new EventRecorder({ component: 'kubelet' }, api.clientFor('kubelet'), clock);
    says((reason, message) => {
      recorder.event(subject, 'Warning', reason, message);
      const next = new EventRecorder({ component: 'kubelet' }, api.clientFor('kubelet'), clock);
      next.restore(copyState(recorder.state));
      recorder = next;
    });
    const events = [...store.all('events').values()] as unknown as Event[];
    expect(events.map(({ count, message }) => `${count} ${message}`)).toEqual(told);
  },
);
