import { newDocument } from '../../host/document';

/** The text of a document of a new cluster, from a preset. */
export function freshDocument(preset: string): string {
  return JSON.stringify(newDocument({ preset }, 1));
}
