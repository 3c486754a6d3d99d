import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Desk, REAL, alike, source, wordsOf } from './side-by-side/kubectls.rig';
import type { Line, Printed } from './side-by-side/kubectls.rig';

/**
 * The same script of writes is run by the real kubectl against one cluster and by ours against its twin: each line must
 * print the same, and leave the same objects, down to who manages which fields. In a script stand files (`== NAME` and its
 * text), command lines (`$ ARGS`, before which `@SED ` is what the editor does and `<FILE ` what comes over standard
 * input), and pauses (`+ MS`). A first line `speed N` lets time run; then objects are not compared.
 * What the real one printed is kept beside the script, so that it is compared also where there is none.
 */
const FOLDER = new URL('./side-by-side/writes/', import.meta.url);
const STATE =
  'deploy,sts,ds,rs,svc,cm,secret,ns,sa,role,rolebinding,clusterrole,clusterrolebinding,hpa,quota,pdb,job,cronjob,ingress,node,pod';

interface Script {
  files: Map<string, string>;
  steps: string[];
  speed: number;
}

function read(name: string): Script {
  const script: Script = { files: new Map(), steps: [], speed: 0 };
  let file = '';
  for (const line of source(`writes/${name}`).trimEnd().split('\n')) {
    if (line.startsWith('speed ')) script.speed = Number(line.slice(6));
    else if (line.startsWith('== ')) script.files.set((file = line.slice(3)), '');
    else if (/^[$+] /.test(line)) script.steps.push(line);
    else script.files.set(file, `${script.files.get(file)}${line}\n`);
  }
  return script;
}

function lineOf(step: string, files: Map<string, string>): Line {
  const [, sed, input, rest = ''] = /^\$ (?:@(\S+) )?(?:<(\S+) )?(.*)$/.exec(step) ?? [];
  const stdin = input === undefined ? undefined : (files.get(input) ?? '');
  return {
    args: wordsOf(rest),
    ...(stdin === undefined ? {} : { stdin }),
    ...(sed === undefined ? {} : { sed: sed.replaceAll('_', ' ') }),
  };
}

/** They count what a boot writes, which is not kubectl's. */
const OF_THE_BOOT = /((?:resourceVersion|uid): "?)[-\w]+/g;

/** What a line printed, without what differs from cluster to cluster: where it listens, and where its files are. */
function shown({ out, err, code }: Printed, desk: Desk): string {
  const plain = (text: string): string =>
    alike(text.replaceAll(desk.server, 'SERVER').replaceAll(desk.folder, 'FOLDER').replace(OF_THE_BOOT, '$1'));
  return `${plain(out)}${plain(err).replace(/^(?=.)/gm, '! ')}exit ${code}`;
}

const SCRIPTS = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
const recordOf = (name: string): URL => new URL(name.replace(/txt$/, 'recorded'), FOLDER);

async function prepared(desks: Desk[], { files, speed }: Script): Promise<void> {
  for (const desk of desks) {
    await desk.open(speed);
    for (const [file, text] of files) desk.write(file, text);
  }
}

describe('writes', () => {
  it.each(SCRIPTS.filter((name) => existsSync(recordOf(name))))(
    '%s prints what the real kubectl printed',
    { timeout: 120_000 },
    async (name) => {
      const script = read(name);
      const desk = new Desk();
      await prepared([desk], script);
      const said: string[] = [];
      for (const step of script.steps) {
        if (step.startsWith('+ ')) await desk.advance(Number(step.slice(2)));
        else said.push(`${step}\n${shown(await desk.ours(lineOf(step, script.files)), desk)}`);
      }
      desk.close();
      expect(said.join('\n')).toBe(readFileSync(recordOf(name), 'utf8'));
    },
  );
});

describe.skipIf(REAL === undefined)(
  `writes beside the real kubectl (${REAL ?? 'there is none: set PODIUM_KUBECTL'})`,
  () => {
    it.each(SCRIPTS)('%s', { timeout: 240_000 }, async (name) => {
      const script = read(name);
      const { files, steps, speed } = script;
      const [theirs, own] = [new Desk(), new Desk()];
      await prepared([theirs, own], script);
      const troubles: string[] = [];
      const said: string[] = [];
      let known = new Set<string>();
      for (const step of steps) {
        if (step.startsWith('+ ')) {
          for (const desk of [theirs, own]) await desk.advance(Number(step.slice(2)));
          continue;
        }
        const line = lineOf(step, files);
        const expected = shown(await theirs.real(line), theirs);
        said.push(`${step}\n${expected}`);
        const left = differences(expected, shown(await own.ours(line), own));
        const state = speed > 0 ? [] : differences(await stateOf(theirs), await stateOf(own));
        const fresh = [...left, ...state.filter((one) => !known.has(one))];
        known = new Set(state);
        if (fresh.length > 0) troubles.push(step, ...fresh.slice(0, 40));
      }
      for (const desk of [theirs, own]) desk.close();
      expect(troubles, troubles.join('\n')).toEqual([]);
      if (existsSync(recordOf(name))) writeFileSync(recordOf(name), said.join('\n'));
    });
  },
);

const stateOf = async (desk: Desk): Promise<string> =>
  (await desk.ours({ args: ['get', STATE, '-A', '-o', 'yaml', '--show-managed-fields'] })).out;

/** The lines in which two texts differ: what the real kubectl has with a minus, what ours has with a plus. */
function differences(theirs: string, own: string): string[] {
  const [before, after] = [theirs.split('\n'), own.split('\n')];
  const only = (lines: string[], others: string[], mark: string): string[] => {
    const known = new Set(others);
    return lines.filter((line) => !known.has(line)).map((line) => mark + line);
  };
  const found = [...only(before, after, '- '), ...only(after, before, '+ ')];
  return found.length === 0 && theirs !== own ? ['the same lines, in another order', theirs, own] : found;
}
