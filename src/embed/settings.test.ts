// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { embedAddress, type EmbedChoice } from '../ui/embedding/embed-address';
import { readSettings } from './settings';

const CHOICE: EmbedChoice = {
  title: '',
  preset: 'ml',
  yaml: '',
  panels: ['yaml', 'cluster'],
  theme: undefined,
  origin: '',
};

/** What the frame makes of an address that the page has written. */
async function read(choice: Partial<EmbedChoice>) {
  const address = await embedAddress({ ...CHOICE, ...choice });
  const { search, hash } = new URL(address, 'https://podium.example/deep/');
  const { state, ...settings } = readSettings(search);
  return { address, settings, state: await state(hash) };
}

const presetOf = (text: string): string => (JSON.parse(text) as { start: { preset: string } }).start.preset;

describe('an address that is written for a frame', () => {
  it('is short where nothing is asked for, and means the learner’s own cluster', async () => {
    const { address, settings, state } = await read({});
    expect(address).toBe('embed.html#preset=ml');
    expect(settings).toEqual({ theme: undefined, panels: ['yaml', 'cluster'], origin: undefined, title: '' });
    expect(state).toMatchObject({ yaml: undefined, atMs: undefined, problem: '' });
    expect(presetOf(state.text)).toBe('ml');
  });

  it.each<Partial<EmbedChoice>>([
    { title: 'Taints & keys, "quoted" <b>' },
    { panels: ['yaml'] },
    { panels: ['cluster'] },
    { theme: 'dark' },
    { theme: 'light' },
    { origin: 'https://school.example' },
    { origin: 'http://localhost:8080' },
  ])('is read as it was meant: %j', async (choice) => {
    expect((await read(choice)).settings).toMatchObject(choice);
  });

  it.each(['tpu', 'self-managed', 'pool:200xlarge', 'no such %'])('names the cluster %s', async (preset) => {
    expect(presetOf((await read({ preset })).state.text)).toBe(preset);
  });

  it('holds the editor’s text, whatever it is', async () => {
    const yaml = 'kind: Pod # ü &yaml= #cluster=\n';
    const { state } = await read({ yaml, preset: 'tpu' });
    expect({ yaml: state.yaml, preset: presetOf(state.text), problem: state.problem }).toEqual({
      yaml,
      preset: 'tpu',
      problem: '',
    });
  });
});

it.each([
  ['#preset=%', '%'],
  ['#preset=', 'ml'],
  ['#', 'ml'],
  ['', 'ml'],
])('takes the fragment %j for the cluster %s', async (hash, preset) => {
  const { text, problem } = await readSettings('').state(hash);
  expect([presetOf(text), problem]).toEqual([preset, '']);
});
