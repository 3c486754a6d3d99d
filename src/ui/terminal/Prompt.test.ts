import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import Prompt from './Prompt.svelte';
import type { TerminalSession } from './terminal-session.svelte';

/** The shell's code is loaded when a line first looks as if it might go on. */
const WITHIN = { timeout: 20_000 };

interface Typed {
  entered: string[];
  field: HTMLTextAreaElement;
  interrupted: () => number;
}

function prompt(history: string[] = [], words: string[] = [], suggested = ''): Typed {
  const entered: string[] = [];
  let interrupts = 0;
  const session = {
    history,
    suggested,
    placed: undefined,
    running: true,
    output: { command: () => {} },
    enter: (line: string) => {
      entered.push(line);
      return Promise.resolve();
    },
    interrupt: () => {
      interrupts += 1;
      return true;
    },
    complete: () => Promise.resolve(words),
  } as unknown as TerminalSession;
  render(Prompt, { session, onclear: () => {} });
  return { entered, field: screen.getByRole('textbox'), interrupted: () => interrupts };
}

async function press(field: HTMLTextAreaElement, key: string, ctrlKey = false): Promise<void> {
  await fireEvent.keyDown(field, { key, ctrlKey });
  await tick();
  await new Promise((resolve) => setTimeout(resolve));
  await tick();
}

async function type(field: HTMLTextAreaElement, text: string): Promise<void> {
  await fireEvent.input(field, { target: { value: text } });
  field.setSelectionRange(text.length, text.length);
}

afterEach(cleanup);

describe('the prompt', () => {
  it('runs a line and empties itself', async () => {
    const { field, entered } = prompt();
    await type(field, 'kubectl get pods');
    await press(field, 'Enter');
    expect(entered).toEqual(['kubectl get pods']);
    expect(field.value).toBe('');
  });

  it('goes back through earlier lines and returns to the one being typed', async () => {
    const { field } = prompt(['first', 'second']);
    await type(field, 'draft');
    await press(field, 'ArrowUp');
    expect(field.value).toBe('second');
    await press(field, 'ArrowUp');
    await press(field, 'ArrowUp');
    expect(field.value).toBe('first');
    await press(field, 'ArrowDown');
    await press(field, 'ArrowDown');
    expect(field.value).toBe('draft');
  });

  it('searches earlier lines backwards', async () => {
    const { field, entered } = prompt(['kubectl get nodes', 'kubectl describe pod x', 'kubectl get pods']);
    await press(field, 'r', true);
    for (const letter of 'desc') await press(field, letter);
    expect(field.value).toBe('kubectl describe pod x');
    await press(field, 'Enter');
    expect(entered).toEqual(['kubectl describe pod x']);
  });

  it('completes one word and goes on after a blank', async () => {
    const { field } = prompt([], ['train-sgd-x7k2p']);
    await type(field, 'kubectl logs tr');
    await press(field, 'Tab');
    expect(field.value).toBe('kubectl logs train-sgd-x7k2p ');
  });

  it('completes what several words share, then shows them', async () => {
    const { field } = prompt([], ['train-sgd', 'train-wide']);
    await type(field, 'kubectl delete job t');
    await press(field, 'Tab');
    expect(field.value).toBe('kubectl delete job train-');
    await press(field, 'Tab');
    expect(screen.getByText('train-sgd train-wide', { collapseWhitespace: true })).toBeTruthy();
  });

  it('completes after a comma or an equals sign, and keeps what stands before it', async () => {
    const { field } = prompt([], ['services']);
    await type(field, 'kubectl get pods,serv');
    await press(field, 'Tab');
    expect(field.value).toBe('kubectl get pods,services ');
  });

  it('ends what runs with Ctrl C', async () => {
    const { field, interrupted } = prompt();
    await press(field, 'c', true);
    expect(interrupted()).toBe(1);
  });

  it('shows in grey how an earlier line went on; the right arrow takes it, Tab completes', async () => {
    const { field } = prompt(['kubectl get pods -A'], ['kubectl get podtemplates']);
    await type(field, 'kubectl get p');
    expect(document.querySelector('.ghost')?.textContent).toBe('kubectl get pods -A');
    await press(field, 'ArrowRight');
    expect(field.value).toBe('kubectl get pods -A');
    expect(document.querySelector('.ghost')).toBeNull();
  });

  it('takes what a lesson suggests by Tab, and only if it was typed so far', async () => {
    const { field } = prompt([], ['pods'], 'kubectl get pods -w');
    await type(field, 'kubectl get po');
    expect(screen.getByText('The lesson suggests kubectl get pods -w. Tab takes it.')).toBeTruthy();
    await press(field, 'Tab');
    expect(field.value).toBe('kubectl get pods -w');
    await type(field, 'kubectl get n');
    expect(document.querySelector('.ghost')).toBeNull();
  });

  it('leaves Tab to the page while nothing is typed, whatever is suggested', async () => {
    const { field } = prompt([], [], 'kubectl get pods');
    expect(await fireEvent.keyDown(field, { key: 'Tab' })).toBe(true);
  });

  it('goes on to older lines with Ctrl R, and back to the line with Ctrl G', async () => {
    const { field } = prompt(['kubectl get pods', 'kubectl get nodes', 'ls']);
    await type(field, 'dra');
    await press(field, 'r', true);
    for (const letter of 'get') await press(field, letter);
    expect(field.value).toBe('kubectl get nodes');
    await press(field, 'r', true);
    expect(field.value).toBe('kubectl get pods');
    await press(field, 'r', true);
    expect(field.value).toBe('kubectl get pods');
    await press(field, 'g', true);
    expect(field.value).toBe('dra');
  });

  it('cuts a word with Ctrl W and what is before the cursor with Ctrl U, and leaves Ctrl K to the palette', async () => {
    const { field } = prompt();
    await type(field, 'kubectl get pods  ');
    await press(field, 'w', true);
    expect(field.value).toBe('kubectl get ');
    field.setSelectionRange(8, 8);
    await press(field, 'u', true);
    expect(field.value).toBe('get ');
    expect(await fireEvent.keyDown(field, { key: 'k', ctrlKey: true })).toBe(true);
  });

  it('goes on in another line while a quote is open, and with Shift Enter', async () => {
    const { field, entered } = prompt(['first']);
    await type(field, "echo 'a");
    await press(field, 'Enter');
    await vi.waitFor(() => expect(field.value).toBe("echo 'a\n"), WITHIN);
    await type(field, "echo 'a\nb'");
    await fireEvent.keyDown(field, { key: 'Enter', shiftKey: true });
    await tick();
    expect(field.value).toBe("echo 'a\nb'\n");
    await press(field, 'ArrowUp');
    expect(field.value).toBe("echo 'a\nb'\n");
    await press(field, 'Enter');
    await vi.waitFor(() => expect(entered).toEqual(["echo 'a\nb'\n"]), WITHIN);
  });
});
