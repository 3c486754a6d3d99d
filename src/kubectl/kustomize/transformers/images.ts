import type { Json } from '../../../api/objects';
import { isObject, textAt } from '../../format/json';
import { changeField } from '../field-path';
import type { FieldSpec } from '../field-specs';
import type { ImageEntry } from '../kustomization';
import type { ResourceList } from '../resource-list';

/** Names other images. Models ImageTagTransformerPlugin: lists of containers anywhere, then the fields of the specs. */
export function transformImages(list: ResourceList, entry: ImageEntry, specs: readonly FieldSpec[]): void {
  const objects = list.resources
    .map(({ object }) => object)
    .filter((object) => textAt(object, 'kind') !== 'CustomResourceDefinition');
  const change = (image: Json | undefined): Json | undefined =>
    typeof image === 'string' ? changedImage(image, entry) : image;
  for (const object of objects) changeContainers(object, change);
  for (const object of objects) for (const spec of specs) changeField(object, spec, change);
}

function changeContainers(value: Json, change: (image: Json | undefined) => Json | undefined): void {
  if (Array.isArray(value)) value.forEach((item) => changeContainers(item, change));
  if (!isObject(value)) return;
  for (const [key, field] of Object.entries(value)) {
    changeContainers(field, change);
    if ((key !== 'containers' && key !== 'initContainers') || !Array.isArray(field)) continue;
    for (const container of field)
      if (isObject(container) && typeof container['image'] === 'string')
        container['image'] = change(container['image']) ?? null;
  }
}

function changedImage(image: string, { name = '', newName, newTag, tagSuffix, digest }: ImageEntry): string {
  if (!isMeant(image, name)) return image;
  const old = parseImage(image);
  const base = newName || old.name;
  if (newTag && digest) return `${base}:${newTag}@${digest}`;
  if (newTag) return `${base}:${newTag}`;
  if (digest) return `${base}@${digest}`;
  if (tagSuffix) return `${base}:${old.tag}${tagSuffix}`;
  return base + (old.tag && `:${old.tag}`) + (old.digest && `@${old.digest}`);
}

/** An entry's name is a regular expression for the image without its tag. */
function isMeant(image: string, name: string): boolean {
  try {
    return new RegExp(`^${name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`).test(image);
  } catch {
    return image === name;
  }
}

function parseImage(image: string): { name: string; tag: string; digest: string } {
  const slash = Math.max(image.indexOf('/'), 0);
  const [, path = '', tag = '', digest = ''] = /^([^:@]*)(?::([^@]*))?(?:@([\s\S]*))?$/.exec(image.slice(slash)) ?? [];
  return { name: image.slice(0, slash) + path, tag, digest };
}
