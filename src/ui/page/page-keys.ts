import { SPEEDS, type Transport } from '../time/transport.svelte';
import type { Page } from './page.svelte';

/** Ways to put the focus into a region. */
export interface Regions {
  editor: () => unknown;
  terminal: () => unknown;
  stage: () => unknown;
  inspector: () => unknown;
  when: () => unknown;
  lesson: () => unknown;
}

const GO_FOR_MS = 1_500;
let goUntilMs = 0;

/**
 * The keys of the whole page. Single letters work only while the stage has the focus, or nothing has it, or the page is
 * shown to a room; signs and digits, outside text fields. All of them can be turned off. What the stage has for itself
 * it keeps.
 */
export function pageKey(event: KeyboardEvent, page: Page, transport: Transport): void {
  if (event.defaultPrevented || event.isComposing) return;
  const handled =
    event.ctrlKey || event.metaKey ? commandKey(event, page, transport) : plainKey(event, page, transport);
  if (handled) event.preventDefault();
}

function commandKey(event: KeyboardEvent, page: Page, transport: Transport): boolean {
  const key = event.key.toLowerCase();
  if (key === 'k') page.overlay = page.overlay === 'palette' ? undefined : 'palette';
  else if (key === 'enter') void page.apply.apply();
  else if (key === 'z' && !event.shiftKey && !isTyping(event.target)) transport.undo();
  else return false;
  return true;
}

function plainKey(event: KeyboardEvent, page: Page, transport: Transport): boolean {
  if (event.key === 'F6') {
    nextRegion(event.shiftKey ? -1 : 1);
    return true;
  }
  if (event.altKey || isTyping(event.target)) return false;
  if (event.key === 'Escape') return escape(page);
  if (event.key.length > 1 || event.key === ' ') return namedKey(event, page, transport);
  if (!page.singleKeys.on) return false;
  if (/[a-z]/i.test(event.key)) {
    if (!page.presenter.showing && !onStage(event.target)) return false;
    return letterKey(event, page, transport);
  }
  return signKey(event, page, transport);
}

function letterKey(event: KeyboardEvent, { presenter, taught, live, layout }: Page, transport: Transport): boolean {
  const key = event.key.toLowerCase();
  if (key === 'g') goUntilMs = event.timeStamp + GO_FOR_MS;
  else if (key === 'p' && presenter.possible) presenter.toggle();
  else if (key === 'b' && !event.shiftKey) transport.fork();
  else if (key === 'n' && !event.shiftKey) transport.step('change');
  else if (key === 'x' && presenter.showing) presenter.blank = !presenter.blank;
  else if (key === 'h' && taught) {
    layout.show('lesson');
    live.say(taught.hint());
  } else return false;
  return true;
}

/** Keys with a name. While the page is shown to a room, clickers' keys go through the marked moments. */
function namedKey(event: KeyboardEvent, { presenter }: Page, transport: Transport): boolean {
  if (event.key === ' ' && !isButton(event.target)) transport.toggle();
  else if (event.key === 'Home' && !isTab(event.target)) void transport.seek(0);
  else if (event.key === 'End' && !isTab(event.target)) transport.live();
  else if (event.key === 'PageDown' && presenter.showing) transport.toMark(1);
  else if (event.key === 'PageUp' && presenter.showing) transport.toMark(-1);
  else return false;
  return true;
}

function signKey(event: KeyboardEvent, page: Page, transport: Transport): boolean {
  const speed = SPEEDS[Number(event.key) - 1];
  if (speed !== undefined) transport.setSpeed(speed);
  else if (event.key === ',') transport.step('back');
  else if (event.key === '.') transport.step('next');
  else if (event.key === '<' || (event.code === 'Comma' && event.shiftKey)) transport.toMark(-1);
  else if (event.key === '>' || (event.code === 'Period' && event.shiftKey)) transport.toMark(1);
  else if (event.key === '/') page.overlay = 'palette';
  else if (event.key === '?') page.overlay = page.overlay === 'help' ? undefined : 'help';
  else return false;
  return true;
}

/** The second letter of G and a letter comes before the stage's own meaning of it. */
export function goKey(event: KeyboardEvent, page: Page, regions: Regions): void {
  if (event.timeStamp >= goUntilMs || event.key.length > 1 || isTyping(event.target) || !page.singleKeys.on) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !goTo(event, regions)) return;
  event.preventDefault();
  event.stopPropagation();
}

function goTo(event: KeyboardEvent, regions: Regions): boolean {
  goUntilMs = 0;
  const places: Record<string, () => unknown> = {
    e: regions.editor,
    t: regions.terminal,
    s: regions.stage,
    i: regions.inspector,
    w: regions.when,
    l: regions.lesson,
  };
  const go = places[event.key.toLowerCase()];
  go?.();
  return go !== undefined;
}

function escape(page: Page): boolean {
  if (page.presenter.showing && page.presenter.blank) page.presenter.blank = false;
  else if (page.overlay) page.overlay = undefined;
  else if (page.notice) page.notice = undefined;
  else if (page.simulation.said) page.simulation.said = '';
  else if (page.comparison.other !== undefined) page.comparison.end();
  else if (page.layout.arrangement === 'laptop' && page.selected) page.select(undefined);
  else return false;
  return true;
}

/** Moves the focus to the next region that can be seen. */
function nextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.offsetParent !== null,
  );
  const index = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(index + step + regions.length) % regions.length];
  next?.querySelector<HTMLElement>('[tabindex="0"], button:not(:disabled), textarea, input')?.focus();
}

/** On the stage or on its time, or nowhere. */
function onStage(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof Element && target.closest('main, footer') !== null);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input:not([type=checkbox]), textarea, select, .monaco-editor') !== null)
  );
}

function isButton(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('button, a, summary, [role=option], [role=slider]') !== null &&
    target.closest('[role=slider]') === null
  );
}

function isTab(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=tab], [role=separator]') !== null;
}
