import type { SigningRequest } from '../kinds/certificates';
import type { FieldErrors } from './field-errors';

const PEM = /^-----BEGIN ([A-Z ]+)-----\s[A-Za-z0-9+/=\s]+-----END \1-----\s*$/;
const SHORTEST_SECONDS = 600;

/** Models pkg/apis/certificates/validation. */
export function validateSigningRequest({ spec = {} }: SigningRequest, errors: FieldErrors): void {
  const { signerName = '', usages, expirationSeconds } = spec;
  const fault = requestFault(typeof spec['request'] === 'string' ? spec['request'] : '');
  if (fault !== undefined) errors.invalid('spec.request', spec['request'] ?? '', fault);
  if (!Array.isArray(usages) || usages.length === 0) errors.required('spec.usages');
  const name = typeof signerName === 'string' ? signerName : '';
  if (name === '') errors.required('spec.signerName');
  else if (name.split('/').length < 2)
    errors.invalid(
      'spec.signerName',
      name,
      'must be a fully qualified domain and path of the form "example.com/signer-name"',
    );
  if (typeof expirationSeconds === 'number' && expirationSeconds < SHORTEST_SECONDS)
    errors.invalid(
      'spec.expirationSeconds',
      expirationSeconds,
      `may not specify a duration less than ${SHORTEST_SECONDS} seconds (10 minutes)`,
    );
}

function requestFault(base64: string): string | undefined {
  const match = PEM.exec(decoded(base64));
  return match?.[1] === 'CERTIFICATE REQUEST' ? undefined : 'PEM block type must be CERTIFICATE REQUEST';
}

function decoded(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}
