import { describe, expect, it } from 'vitest';
import { FakeCluster } from './fake-cluster.rig';

const settings = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { mode: 'slow', size: '1' },
};

/** An editor in which each turn makes something of the text. */
function editor(...turns: ((text: string) => string)[]): { edit: (text: string) => Promise<string>; shown: string[] } {
  const shown: string[] = [];
  return {
    shown,
    edit: async (text) => {
      shown.push(text);
      return turns[shown.length - 1]!(text);
    },
  };
}

describe('kubectl edit', () => {
  it('opens the object as YAML and sends what was changed', async () => {
    const cluster = new FakeCluster([settings]);
    const { edit, shown } = editor((text) => text.replace('mode: slow', 'mode: fast'));
    expect(await cluster.kubectl(['edit', 'cm', 'settings'], { edit })).toEqual({
      out: 'configmap/settings edited\n',
      err: '',
      code: 0,
    });
    expect(shown[0]).toContain('\napiVersion: v1\ndata:\n  mode: slow\n');
    const sent = cluster.requests.find((request) => request.method === 'PATCH');
    expect(sent?.body).toEqual({ data: { mode: 'fast' } });
    expect(sent?.headers?.['content-type']).toBe('application/strategic-merge-patch+json');
  });

  it.each<[string, (text: string) => string, string]>([
    ['nothing was changed', (text) => text, 'Edit cancelled, no changes made.\n'],
    ['only comments were', (text) => `# so\n${text}`, 'Edit cancelled, no changes made.\n'],
    ['the file is empty', () => '', 'Edit cancelled, saved file was empty.\n'],
  ])('leaves all as it is where %s', async (_about, turn, err) => {
    const cluster = new FakeCluster([settings]);
    expect(await cluster.kubectl(['edit', 'cm', 'settings'], { edit: editor(turn).edit })).toEqual({
      out: '',
      err,
      code: 0,
    });
    expect(cluster.requests.some((request) => request.method === 'PATCH')).toBe(false);
  });

  it('opens again, with the reason, where the text cannot be read, and gives up where nothing is done about it', async () => {
    const { edit, shown } = editor(
      () => 'a: [',
      (text) => text,
    );
    const { err, code } = await new FakeCluster([settings]).kubectl(['edit', 'cm', 'settings'], { edit });
    expect(shown[1]).toMatch(/^# .*yaml: /m);
    expect(err).toMatch(/Edit cancelled, no valid changes were saved\.\n$/);
    expect(code).toBe(0);
  });

  it('says that there is no editor', async () => {
    const { err } = await new FakeCluster([settings]).kubectl(['edit', 'cm', 'settings']);
    expect(err).toBe('error: unable to launch the editor "vi"\n');
  });
});
