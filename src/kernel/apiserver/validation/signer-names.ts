import type { FieldErrors } from './field-errors';
import { labelFaults, subdomainFaults, type NameFaults } from './names';

const DOMAIN_MAX = 253;
const NAME_MAX = DOMAIN_MAX + 1 + DOMAIN_MAX + 63 + 1;

/** Who is to sign: a domain and a path. Models pkg/apis/core/validation ValidateSignerName. */
export function validateSignerName(name: string, path: string, errors: FieldErrors): void {
  if (name === '') return errors.required(path);
  const [domain, signer, ...others] = name.split('/');
  if (domain === undefined || signer === undefined || others.length > 0)
    return errors.invalid(
      path,
      name,
      "must be a fully qualified domain and path of the form 'example.com/signer-name'",
    );
  if (domain.length > DOMAIN_MAX) errors.tooLong(path, DOMAIN_MAX);
  validateLabels(domain, labelFaults, path, errors);
  if (!domain.includes('.'))
    errors.invalid(path, domain, 'should be a domain with at least two segments separated by dots');
  validateLabels(signer, subdomainFaults, path, errors);
  if (name.length > NAME_MAX) errors.tooLong(path, NAME_MAX);
}

/** Only the first label that is wrong is told. */
function validateLabels(
  segment: string,
  faultsOf: (label: string) => NameFaults,
  path: string,
  errors: FieldErrors,
): void {
  const wrong = segment.split('.').find((label) => faultsOf(label).length > 0);
  if (wrong === undefined) return;
  for (const fault of faultsOf(wrong))
    errors.invalid(path, segment, `validating label ${JSON.stringify(wrong)}: ${fault}`);
}
