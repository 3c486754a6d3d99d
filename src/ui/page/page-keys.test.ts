import { afterEach, describe, expect, it } from 'vitest';
import type { Transport } from '../time/transport.svelte';
import { goKey, pageKey, type Regions } from './page-keys';
import type { Page } from './page.svelte';

/** A page that notes what its keys did. */
function rig({ letters = true, showing = false } = {}): {
  done: string[];
  press: (key: string, on?: string) => boolean;
} {
  const done: string[] = [];
  const note =
    (what: string) =>
    (...values: unknown[]): void => {
      done.push([what, ...values].join(' '));
    };
  const page = {
    singleKeys: { on: letters },
    presenter: { possible: true, showing, blank: false, toggle: note('present') },
    layout: { arrangement: 'desktop' },
    comparison: { other: undefined },
    apply: { apply: note('apply') },
    set overlay(what: string | undefined) {
      note('overlay')(what);
    },
    get overlay() {
      return undefined;
    },
  } as unknown as Page;
  const transport = {
    toggle: note('toggle'),
    setSpeed: note('speed'),
    step: note('step'),
    seek: note('seek'),
    live: note('live'),
    undo: note('undo'),
    fork: note('fork'),
    toMark: note('mark'),
  } as unknown as Transport;
  const regions = Object.fromEntries(
    ['editor', 'terminal', 'stage', 'inspector', 'when'].map((name) => [name, note(`go ${name}`)]),
  ) as unknown as Regions;
  document.body.innerHTML =
    '<main><div id="stage" tabindex="0"></div></main><button id="button"></button><input id="field">';
  const press = (keys: string, on = 'stage'): boolean => {
    const ctrlKey = keys.startsWith('Ctrl ');
    const key = keys.replace('Ctrl ', '');
    const event = new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true });
    const target = on === 'body' ? document.body : document.getElementById(on)!;
    const go = (pressed: KeyboardEvent): void => goKey(pressed, page, regions);
    const listen = (pressed: KeyboardEvent): void => pageKey(pressed, page, transport);
    window.addEventListener('keydown', go, { capture: true });
    window.addEventListener('keydown', listen);
    target.dispatchEvent(event);
    window.removeEventListener('keydown', go, { capture: true });
    window.removeEventListener('keydown', listen);
    return event.defaultPrevented;
  };
  return { done, press };
}

afterEach(() => (document.body.innerHTML = ''));

describe('the keys of the page', () => {
  it.each([
    [['Ctrl Enter'], 'apply'],
    [['Ctrl k'], 'overlay palette'],
    [['/'], 'overlay palette'],
    [['?'], 'overlay help'],
    [['Ctrl z'], 'undo'],
    [[' '], 'toggle'],
    [['1'], 'speed 0.1'],
    [['6'], 'speed 60'],
    [[','], 'step back'],
    [['.'], 'step next'],
    [['<'], 'mark -1'],
    [['>'], 'mark 1'],
    [['Home'], 'seek 0'],
    [['End'], 'live'],
    [['g', 'e'], 'go editor'],
    [['g', 's'], 'go stage'],
    [['g', 'i'], 'go inspector'],
    [['g', 't'], 'go terminal'],
    [['g', 'w'], 'go when'],
    [['p'], 'present'],
    [['b'], 'fork'],
    [['n'], 'step change'],
  ])('%j: %s', (keys, what) => {
    const { done, press } = rig();
    expect(keys.map((key) => press(key)).at(-1)).toBe(true);
    expect(done).toEqual([what]);
  });

  it('single letters do nothing while a button has the focus, and everything is typed in a field', () => {
    const { done, press } = rig();
    for (const key of ['g', 'e', 'p']) press(key, 'button');
    for (const key of ['g', 'e', 'p', '1', '/', '?', ' ', '.']) expect(press(key, 'field')).toBe(false);
    expect(done).toEqual([]);
    press('g', 'body');
    press('t', 'body');
    expect(done).toEqual(['go terminal']);
  });

  it('the letter after G comes before what the stage does with it', () => {
    const { done, press } = rig();
    const own: string[] = [];
    document.getElementById('stage')!.addEventListener('keydown', (event) => own.push(event.key));
    press('g');
    press('t');
    press('t');
    expect(done).toEqual(['go terminal']);
    expect(own).toEqual(['g', 't']);
  });

  it('single letters, digits and signs can be turned off; keys with a name and with Ctrl stay', () => {
    const { done, press } = rig({ letters: false });
    for (const key of ['g', 'e', 'p', '1', '/', '?', '.', ',']) expect(press(key)).toBe(false);
    expect(done).toEqual([]);
    for (const key of [' ', 'Home', 'Ctrl k']) expect(press(key)).toBe(true);
    expect(done).toEqual(['toggle', 'seek 0', 'overlay palette']);
  });

  it('while the page is shown to a room, a clicker goes through the marks, and letters work from anywhere', () => {
    const { done, press } = rig({ showing: true });
    for (const key of ['PageDown', 'PageUp']) press(key, 'button');
    press('g', 'button');
    press('i', 'button');
    expect(done).toEqual(['mark 1', 'mark -1', 'go inspector']);
  });
});
