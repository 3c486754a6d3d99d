import { ApiError } from '../../../api/status';

/** Models apiserver/pkg/endpoints/handlers/negotiation: in which form the client wants its answer. */

export interface Media {
  readonly format: 'json' | 'yaml';
  /** The kind the answer is converted to. */
  readonly as: '' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList';
  readonly version: string;
}

const PLAIN: Media = { format: 'json', as: '', version: '' };
const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/** Thrown where no listed type can be given and the answer must be plain text. */
export class NotAcceptableText extends Error {
  override name = 'NotAcceptableText';
}

/** What a handler can convert its answer to, by kind. */
export type Conversions = Readonly<Record<string, (group: string, version: string) => boolean>>;

interface Clause {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly quality: number;
}

/** Chooses the first form that can be given. Throws ApiError 406, or NotAcceptableText where none is of a known type. */
export function negotiate(accept: string | undefined, conversions: Conversions): Media {
  const clauses = readAccept(accept ?? '');
  if (clauses.length === 0) return PLAIN;
  let known = false;
  for (const clause of clauses) {
    const format = formatOf(clause.type);
    if (!format) {
      known ||= clause.type === 'application/vnd.kubernetes.protobuf';
      continue;
    }
    known = true;
    const { as = '', g = '', v = '' } = clause.parameters;
    if (as === '') return { format, as: '', version: '' };
    if (conversions[as]?.(g, v)) return { format, as: as as Media['as'], version: v };
  }
  if (!known) throw new NotAcceptableText(`only the following media types are accepted: ${ACCEPTED}`);
  throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${ACCEPTED}`);
}

function formatOf(type: string): Media['format'] | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

function readAccept(accept: string): Clause[] {
  return accept
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [type = '', ...rest] = part.split(';').map((piece) => piece.trim());
      const parameters = Object.fromEntries(
        rest.map((piece) => [piece.split('=')[0] ?? '', piece.split('=').slice(1).join('=')]),
      );
      return { type, parameters, quality: parameters['q'] === undefined ? 1 : Number(parameters['q']) };
    })
    .sort((left, right) => right.quality - left.quality);
}

/** What resources can be shown as. */
export const OBJECT_CONVERSIONS: Conversions = {
  Table: (group, version) => group === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1'),
  PartialObjectMetadata: (group, version) => group === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1'),
  PartialObjectMetadataList: (group, version) => group === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1'),
};

/** What discovery can be shown as. */
export const DISCOVERY_CONVERSIONS: Conversions = {
  APIGroupDiscoveryList: (group, version) =>
    group === 'apidiscovery.k8s.io' && (version === 'v2' || version === 'v2beta1'),
};
