import type { ManifestDocument } from './manifest';
import { isImmutable, shortReason, type RefusedWrite } from './recording-client';

/** What the API server answered to the last Apply of the open file. */
export interface Rejection {
  reason: string;
  /** Documents whose change is refused because a field is immutable, as text for `kubectl replace --force`. */
  replace: string;
  replaceNames: string[];
}

/** Why documents were not applied: the first refusal, or else what kubectl printed. */
export function rejectionOf(
  refusals: readonly RefusedWrite[],
  stderr: string,
  documents: readonly ManifestDocument[],
): Rejection {
  const immutable = refusals.filter(isImmutable);
  const replaced = documents.filter((document) => immutable.some((refusal) => isAbout(refusal, document)));
  return {
    reason: refusals[0] ? shortReason(refusals[0]) : (stderr.trim().split('\n')[0] ?? '').replace(/^error: /, ''),
    replace: replaced.map((document) => document.text).join('\n---\n'),
    replaceNames: replaced.map((document) => `${document.kind} ${document.name}`),
  };
}

function isAbout({ status, request }: RefusedWrite, document: ManifestDocument): boolean {
  return (
    (status.details?.name ?? '') === document.name &&
    (status.details?.kind === document.kind || request.path.includes(`/${document.name}`))
  );
}
