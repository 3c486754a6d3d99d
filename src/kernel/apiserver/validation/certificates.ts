import { equalJson } from '../../../api/json';
import type { Json } from '../../../api/objects';
import { expiriesOf } from '../../../api/x509/certificate';
import { X509Error } from '../../../api/x509/keys';
import { tryRequest } from '../../../api/x509/request';
import type { SigningCondition, SigningRequest } from '../kinds/certificates';
import type { FieldErrors } from './field-errors';
import { goDiff } from './go-dump';
import { validateSignerName } from './signer-names';
import { isThere, text, texts } from './untyped';

/** Models pkg/apis/certificates/validation. */

/** Which door a change comes through: each lets something else be changed. */
export type ChangedPart = 'object' | 'status' | 'approval';

const SHORTEST_SECONDS = 600;
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const CONDITIONS = 'status.conditions';
const CERTIFICATE = 'status.certificate';
const STATUSES = ['False', 'True', 'Unknown'];
/** Conditions that are true or absent. */
const LASTING = ['Approved', 'Denied', 'Failed'];
const DECISIONS = ['Approved', 'Denied'];
const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

const conditionsOf = ({ status }: SigningRequest): readonly SigningCondition[] => status?.conditions ?? [];

export function validateSigningRequest(request: SigningRequest, errors: FieldErrors): void {
  const { signerName, usages, expirationSeconds, request: pem } = request.spec ?? {};
  const read = tryRequest(text(pem));
  if (read instanceof X509Error) errors.invalid('spec.request', pem ?? null, read.message);
  validateUsages(texts(usages), errors);
  if (signerName === LEGACY_SIGNER)
    errors.invalid('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version');
  else validateSignerName(text(signerName), 'spec.signerName', errors);
  if (typeof expirationSeconds === 'number' && expirationSeconds < SHORTEST_SECONDS)
    errors.invalid(
      'spec.expirationSeconds',
      expirationSeconds,
      `may not specify a duration less than ${SHORTEST_SECONDS} seconds (10 minutes)`,
    );
  validateConditions(conditionsOf(request), errors);
}

function validateUsages(usages: readonly string[], errors: FieldErrors): void {
  if (usages.length === 0) errors.required('spec.usages');
  usages.forEach((usage, index) => {
    if (!USAGES.includes(usage)) errors.notSupported(`spec.usages[${index}]`, usage, USAGES);
  });
  usages.forEach((usage, index) => {
    if (usages.indexOf(usage) < index) errors.duplicate(`spec.usages[${index}]`, usage);
  });
}

function validateConditions(conditions: readonly SigningCondition[], errors: FieldErrors): void {
  conditions.forEach(({ type, status }, index) => {
    const at = `${CONDITIONS}[${index}]`;
    const before = conditions.slice(0, index).map((one) => one.type);
    const known = LASTING.includes(type) ? ['True'] : STATUSES;
    if (!type) errors.required(`${at}.type`);
    if (!status) errors.required(`${at}.status`);
    else if (!known.includes(status)) errors.notSupported(`${at}.status`, status, known);
    if (DECISIONS.includes(type) && before.some((other) => other !== type && DECISIONS.includes(other)))
      errors.invalid(CONDITIONS, type, 'Approved and Denied conditions are mutually exclusive');
    if (before.includes(type)) errors.duplicate(`${at}.type`, type);
  });
}

/** What may change depends on the door; a decision and a certificate stay. */
export function validateSigningUpdate(
  next: SigningRequest,
  current: SigningRequest,
  changes: ChangedPart,
  errors: FieldErrors,
): void {
  validateSigningRequest(next, errors);
  const [given, kept] = [next.status?.certificate, current.status?.certificate];
  if (given !== kept) validateCertificate(given, errors);
  for (const type of LASTING)
    if (ofType(next, type).length < ofType(current, type).length)
      errors.forbidden(CONDITIONS, `updates may not remove a condition of type ${JSON.stringify(type)}`);
  if (changes !== 'approval') for (const type of DECISIONS) validateSameDecision(next, current, type, errors);
  if (given === kept) return;
  if (changes !== 'status') errors.forbidden(CERTIFICATE, 'updates may not set certificate content');
  else if (kept) errors.forbidden(CERTIFICATE, 'updates may not modify existing certificate content');
}

const ofType = (request: SigningRequest, type: string): SigningCondition[] =>
  conditionsOf(request).filter((one) => one.type === type);

function validateSameDecision(next: SigningRequest, current: SigningRequest, type: string, errors: FieldErrors): void {
  const [after, before] = [ofType(next, type), ofType(current, type)];
  const quoted = JSON.stringify(type);
  if (after.length > before.length) errors.forbidden(CONDITIONS, `updates may not add a condition of type ${quoted}`);
  if (after.length !== before.length || equalJson(after, before)) return;
  const [old, changed] = [before, after] as unknown as [Json, Json];
  const difference = goDiff(old, changed, 'io.k8s.api.certificates.v1.CertificateSigningRequestCondition');
  errors.forbidden(CONDITIONS, `updates may not modify a condition of type ${quoted}\n${difference}`);
}

function validateCertificate(base64: string | undefined, errors: FieldErrors): void {
  if (!isThere(base64) || base64 === '') return;
  try {
    expiriesOf(atob(base64));
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    errors.invalid(CERTIFICATE, '<certificate data>', error.message);
  }
}
