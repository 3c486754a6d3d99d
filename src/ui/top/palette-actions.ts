import type { Page } from '../page/page.svelte';
import { pathOf } from '../inspector/subjects';
import type { PaletteAction } from './palette-rows';

/** Does what a row of the palette says. */
export function carryOut(page: Page, action: PaletteAction): void {
  switch (action.do) {
    case 'select':
      page.select(action.subject, action.tab);
      return;
    case 'kubectl':
      page.layout.show('terminal');
      void page.terminal.enter(action.line);
      return;
    case 'seek':
      void page.act((control) => control.time({ rewindMs: action.atMs }));
      return;
    case 'change':
      void page.act((control) => control.time({ step: 'change' }));
      return;
    case 'fork':
      void page.act((control) => control.time({ fork: true }));
      return;
    case 'branch':
      void page.act((control) => control.time({ live: action.id }));
      return;
    case 'compare':
      page.comparison.start(action.id);
      return;
    case 'power':
      void page.act((control) => control.fault({ type: action.on ? 'NodeUp' : 'NodeDown', node: action.node }));
      return;
    case 'network':
      void page.act((control) =>
        control.fault({ type: action.on ? 'NodeNetworkUp' : 'NodeNetworkDown', node: action.node }),
      );
      return;
    case 'delete': {
      const { resource, namespace, name } = action.subject;
      void page.client.request({
        method: 'DELETE',
        path: pathOf(resource, namespace, name),
        headers: { 'user-agent': 'podium-page' },
      });
      return;
    }
    case 'theme':
      page.theme.toggle();
      return;
    case 'help':
      page.overlay = 'help';
  }
}
