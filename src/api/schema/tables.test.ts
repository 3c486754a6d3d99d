import { describe, expect, it } from 'vitest';
import { RESOURCES, typeByName, typeNameOfKind } from './tables';
import { decodeField, encodeField } from './type-code';

describe('the tables of types', () => {
  it('know the types of kinds', () => {
    expect(typeNameOfKind('apps/v1', 'Deployment')).toBe('io.k8s.api.apps.v1.Deployment');
    expect(typeNameOfKind('v1', 'Pod')).toBe('io.k8s.api.core.v1.Pod');
    expect(typeNameOfKind('v2', 'Pod')).toBeUndefined();
    expect(typeByName('io.k8s.api.core.v1.Nothing')).toBeUndefined();
    expect(typeByName('__proto__')).toBeUndefined();
  });

  it('keep what OpenAPI and Go say of a field', () => {
    const spec = typeByName('io.k8s.api.core.v1.PodSpec')!;
    expect(spec.required).toEqual(['containers']);
    expect(spec.fields!['containers']).toMatchObject({
      type: 'array',
      listType: 'map',
      mapKeys: ['name'],
      patchKey: 'name',
      always: true,
    });
    expect(spec.fields!['restartPolicy']).toEqual({ type: 'string', goType: 'RestartPolicy' });
    expect(typeByName('io.k8s.api.apps.v1.DeploymentSpec')!.fields!['replicas']).toEqual({
      type: 'integer',
      format: 'int32',
      pointer: true,
    });
    expect(typeByName('io.k8s.api.core.v1.ContainerPort')!.fields!['protocol']!.default).toBe('TCP');
  });

  it('have a type for everything that a type refers to', () => {
    const missing = new Set<string>();
    const seen = new Set<string>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      const type = typeByName(name);
      if (!type) missing.add(name);
      for (const field of Object.values(type?.fields ?? {})) {
        for (const ref of [field.ref, field.items?.ref, field.values?.ref, field.values?.items?.ref])
          if (ref) visit(ref);
      }
    };
    for (const row of RESOURCES) {
      const name = typeNameOfKind(row.group ? `${row.group}/${row.version}` : row.version, row.kind);
      if (name) visit(name);
    }
    expect(seen.size).toBeGreaterThan(300);
    expect([...missing]).toEqual([]);
  });

  it('read back what they write', () => {
    const codes = [
      's',
      'i! ',
      '[:core.v1.Container!] list=map keys=name patch=merge by=name always',
      '{:pkg.api.resource.Quantity} go=ResourceList',
      's default="TCP" go=Protocol',
      ':machinery.meta.v1.Time default=null',
    ];
    for (const code of codes) expect(encodeField(decodeField(code.trim()))).toBe(code.trim());
  });
});
