import type { JsonMap } from '../../../api/json';
import type { DraftMeta, DraftObject, Json } from '../../../api/objects';
import { typeNameOfKind } from '../../../api/schema/tables';
import type { ResourceRow } from '../../../api/schema/types';
import { badRequest } from '../../../api/status';
import { present } from '../../../base/assert';
import { decodeBody } from '../decode/body';
import { FieldErrors, invalidObject } from '../validation/field-errors';
import type { Answer, Call } from './call';
import { writeOptions } from './options';
import { accountOfToken } from './tokens';
import { CLIENT_GROUPS, CLIENT_NAME } from './user';
import { applyStrictness } from './write';

/**
 * Models pkg/registry/authentication and pkg/registry/authorization: requests that are answered and not kept. The
 * authoriser is AlwaysAllow, and whoever asks is the administrator.
 */

const USER: JsonMap = { username: CLIENT_NAME, groups: [...CLIENT_GROUPS] };
const ALLOWED: Json = { allowed: true };
const EVERY_RULE: Json = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};

type Spec = {
  resourceAttributes?: { namespace?: string };
  nonResourceAttributes?: object;
  user?: string;
  groups?: string[];
  namespace?: string;
  token?: string;
};
type ReviewObject = DraftObject & { spec?: Spec };

interface Review {
  validate?(spec: Spec, metadata: DraftMeta, errors: FieldErrors): void;
  /** The status of the answer. Throws ApiError. */
  status(spec: Spec, call: Call): Json;
}

const REVIEWS: Readonly<Record<string, Review>> = {
  selfsubjectaccessreviews: {
    validate(spec, metadata, errors) {
      validateAttributes(spec, errors);
      validateEmptyMeta(metadata, 'must be empty', errors);
    },
    status: () => ALLOWED,
  },
  subjectaccessreviews: {
    validate(spec, metadata, errors) {
      validateSubject(spec, errors);
      validateEmptyMeta(metadata, 'must be empty', errors);
    },
    status: () => ALLOWED,
  },
  localsubjectaccessreviews: {
    validate(spec, { namespace = '', ...metadata }, errors) {
      validateSubject(spec, errors);
      validateEmptyMeta(metadata, 'must be empty except for namespace', errors);
      const { resourceAttributes, nonResourceAttributes } = spec;
      const asked = resourceAttributes?.namespace ?? '';
      if (resourceAttributes && asked !== namespace) {
        errors.invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace');
      }
      if (nonResourceAttributes) {
        errors.invalid('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request');
      }
    },
    status: () => ALLOWED,
  },
  selfsubjectrulesreviews: {
    status({ namespace = '' }) {
      if (namespace === '') throw badRequest('no namespace on request');
      return EVERY_RULE;
    },
  },
  selfsubjectreviews: { status: () => ({ userInfo: USER }) },
  tokenreviews: {
    status({ token = '' }, { core }) {
      if (token === '') throw badRequest('token is required for TokenReview in authentication');
      const user = accountOfToken(core, token);
      return user ? { authenticated: true, user } : { user: {}, error: '[invalid bearer token]' };
    },
  },
};

function validateAttributes({ resourceAttributes, nonResourceAttributes }: Spec, errors: FieldErrors): void {
  if (resourceAttributes && nonResourceAttributes) {
    const why = 'cannot be specified in combination with resourceAttributes';
    errors.invalid('spec.nonResourceAttributes', nonResourceAttributes, why);
  }
  if (resourceAttributes || nonResourceAttributes) return;
  const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  errors.invalid('spec.resourceAttributes', null, why);
}

function validateSubject(spec: Spec, errors: FieldErrors): void {
  validateAttributes(spec, errors);
  if (spec.user || spec.groups?.length) return;
  errors.invalid('spec.user', spec.user ?? '', 'at least one of user or group must be specified');
}

function validateEmptyMeta(metadata: DraftMeta, why: string, errors: FieldErrors): void {
  if (Object.keys(metadata).length > 0) errors.invalid('metadata', metadata, why);
}

/** POST of a review. Throws ApiError 400, 422. */
export function review(call: Call, row: ResourceRow, namespace: string): Answer {
  const { kind, group, version } = row;
  const options = writeOptions(call.request, 'CreateOptions');
  const apiVersion = `${group}/${version}`;
  const decoded = decodeBody(call.request, {
    apiVersion,
    kind,
    typeName: present(typeNameOfKind(apiVersion, kind), kind),
  });
  applyStrictness(call, decoded, options.fieldValidation, kind);
  const object = decoded.object as ReviewObject;
  const metadata = { ...object.metadata, ...(row.namespaced ? { namespace } : {}) };
  const { validate, status } = present(REVIEWS[row.resource], row.resource);
  const errors = new FieldErrors();
  validate?.(object.spec ?? {}, metadata, errors);
  if (!errors.empty) throw invalidObject(group, kind, '', errors);
  return { code: 201, body: { ...object, metadata, status: status(object.spec ?? {}, call) } as unknown as Json };
}
