// @vitest-environment node
import { expect, it } from 'vitest';
import { packFragment } from '../share/link';
import { AROUND, isPresented, lessonFragment, lessonOf, LESSON_LIST, presented, routeOf, SANDBOX } from './route';

it.each(['', '#', '#/', '#/elsewhere', '#sandbox', LESSON_LIST, '#/teaching'])('leads home from %j', (fragment) => {
  expect(routeOf(fragment)).toBe('home');
});

it('leads to the sandbox from its own address, and from that of any cluster', async () => {
  expect(routeOf('#/sandbox')).toBe('sandbox');
  expect(routeOf('#/sandbox?cluster=tpu&class=otter')).toBe('sandbox');
  expect(routeOf('#open=shared-1')).toBe('sandbox');
  expect(routeOf(await packFragment('{}'))).toBe('sandbox');
});

it('leads to the pages around home', () => {
  for (const [page, fragment] of Object.entries(AROUND)) expect(routeOf(fragment)).toBe(page);
});

it('shows a page to a room where the address says so', () => {
  const lesson = lessonFragment('03-break-it');
  for (const fragment of [SANDBOX, '#/sandbox?cluster=tpu', lesson]) {
    expect(isPresented(fragment)).toBe(false);
    expect(isPresented(presented(fragment))).toBe(true);
    expect(routeOf(presented(fragment))).toBe(routeOf(fragment));
  }
  expect(lessonOf(presented(lesson))).toBe('03-break-it');
});
