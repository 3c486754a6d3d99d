import { cleanup, render } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import InTurn from './InTurn.svelte';
import { allMade, nextTurn, painted } from './turns.svelte';

/** Makes something in its turn. `setup` runs when it is made. */
function make(name: string, setup = (): void => {}): void {
  render(InTurn, { children: createRawSnippet(() => ({ render: () => `<i>${name}</i>`, setup })) });
}

/** What was there after each task in which something was made. */
async function madeByTask(begin: () => void): Promise<string[]> {
  const seen: string[] = [];
  const observer = new MutationObserver(() => {
    const made = [...document.querySelectorAll('i')].map((one) => one.textContent).join('');
    if (made !== seen.at(-1)) seen.push(made);
  });
  observer.observe(document.body, { childList: true, subtree: true });
  begin();
  await allMade();
  observer.disconnect();
  return seen;
}

describe('what is made in turns', () => {
  afterEach(cleanup);

  it('is made one a task, in the order in which it was asked for', async () => {
    const seen = await madeByTask(() => ['a', 'b', 'c'].forEach((name) => make(name)));
    expect(seen.filter((made) => made !== '')).toEqual(['a', 'ab', 'abc']);
  });

  it('comes after what waited already, where another turn asked for it', async () => {
    const seen = await madeByTask(() => {
      make('a', () => queueMicrotask(() => make('d')));
      make('b');
    });
    expect(seen.filter((made) => made !== '')).toEqual(['a', 'ab', 'abd']);
  });

  it('is painted before what comes later is asked for', async () => {
    const turn = nextTurn();
    expect(turn.come).toBe(false);
    await painted();
    expect(turn.come).toBe(true);
  });

  it('keeps nobody waiting where nothing is to be made', async () => {
    await allMade();
    let told = false;
    void allMade().then(() => (told = true));
    await Promise.resolve().then(() => Promise.resolve());
    await new Promise((resolve) => setTimeout(resolve));
    expect(told).toBe(true);
  });
});
