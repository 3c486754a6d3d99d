import { SIZES, type SizeName } from '../layout/layout.svelte';
import type { Page } from '../page/page.svelte';
import { lessonFragment } from '../page/route';
import type { Transport } from '../time/transport.svelte';
import type { PaletteAction } from './palette-rows';

/** Does what a row of the palette says. */
export function carryOut(page: Page, transport: Transport, action: PaletteAction): void {
  switch (action.do) {
    case 'select':
      page.select(action.subject, action.tab);
      return;
    case 'kubectl':
      page.layout.show('terminal');
      void page.terminal.enter(action.line);
      return;
    case 'fault':
      void page.act((control) => control.fault(action.fault));
      return;
    case 'seek':
      void transport.seek(action.atMs);
      return;
    case 'speed':
      transport.setSpeed(action.factor);
      return;
    case 'branch':
      void page.act((control) => control.time({ live: action.id }));
      return;
    case 'compare':
      void page.comparison.start(action.id);
      return;
    case 'cluster':
      void page.openPreset(action.preset);
      return;
    case 'start over':
      void page.startOver();
      return;
    case 'time':
      return carryOutTime(transport, action.what);
    case 'file':
      page.files.show(action.name);
      page.layout.show('editor');
      return;
    case 'lesson':
      window.location.hash = lessonFragment(action.slug);
      return;
    case 'open lesson':
      void import('../lesson/take-lesson').then(({ chooseLesson }) => chooseLesson());
      return;
    case 'make lesson':
      void import('../lesson-builder/open-builder').then(({ openBuilder }) => openBuilder(page));
      return;
    case 'setting':
      return carryOutSetting(page, action.what);
  }
}

function carryOutTime(transport: Transport, what: Extract<PaletteAction, { do: 'time' }>['what']): void {
  if (what === 'play') transport.toggle();
  else if (what === 'undo') transport.undo();
  else if (what === 'step') transport.step('next');
  else if (what === 'change') transport.step('change');
  else if (what === 'fork') transport.fork();
  else if (what === 'start') void transport.seek(0);
  else transport.live();
}

function carryOutSetting(page: Page, what: Extract<PaletteAction, { do: 'setting' }>['what']): void {
  if (what === 'theme') page.theme.toggle();
  else if (what === 'help') page.overlay = 'help';
  else if (what === 'single keys') page.singleKeys.toggle();
  else if (what === 'read out') page.terminal.announce();
  else if (what === 'present') page.presenter.toggle();
  else if (what === 'home') window.location.hash = '#/';
  else for (const name of Object.keys(SIZES) as SizeName[]) page.layout.resize(name, undefined);
}
