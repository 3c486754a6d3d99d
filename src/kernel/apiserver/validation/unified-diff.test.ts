import { expect, it } from 'vitest';
import { goDiff, goDump } from './go-dump';
import { unifiedDiff } from './unified-diff';

it('shows changes with three lines around them', () => {
  const lines = Array.from({ length: 14 }, (_, index) => String(index + 1));
  const before = lines.join('\n');
  const after = [...lines.with(5, 'six'), '15'].join('\n');
  expect(unifiedDiff(before, after)).toBe(
    '@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-6\n+six\n 7\n 8\n 9\n@@ -12,3 +12,4 @@\n 12\n 13\n 14\n+15\n',
  );
  expect(unifiedDiff(before, before)).toBe('');
});

it('shows an object as the server has it in memory', () => {
  expect(goDump({ key: 'a', effect: 'NoSchedule' }, 'io.k8s.api.core.v1.Taint')).toEqual({
    Key: 'a',
    Value: '',
    Effect: 'NoSchedule',
    TimeAdded: null,
  });
  const before = { accessModes: ['ReadWriteOnce'], volumeName: 'v', volumeMode: 'Filesystem' };
  expect(goDiff(before, { ...before, volumeName: 'w' }, 'io.k8s.api.core.v1.PersistentVolumeClaimSpec')).toContain(
    '- "VolumeName": "v",\n+ "VolumeName": "w",\n',
  );
});
