import { cidrContains, isIPv4, isIPv6 } from '../../../api/cidr';
import type { FieldErrors } from './field-errors';

/** Models apimachinery/pkg/util/validation: addresses and address ranges. */

export function validateIP(text: string, path: string, errors: FieldErrors): void {
  if (!isIPv4(text) && !isIPv6(text))
    errors.invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
}

/** Ranges in which nothing is that other nodes could reach, and what is said of them. */
const UNREACHABLE: readonly (readonly [ranges: readonly string[], why: string])[] = [
  [['0.0.0.0/32', '::/128'], 'may not be unspecified (0.0.0.0 or ::)'],
  [['127.0.0.0/8', '::1/128'], 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [['169.254.0.0/16', 'fe80::/10'], 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [['224.0.0.0/24', 'ff02::/16'], 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
];

/** Addresses at which nothing outside of a node can be. Models ValidateEndpointIP. */
export function validateReachable(text: string, path: string, errors: FieldErrors): void {
  for (const [ranges, why] of UNREACHABLE) {
    if (ranges.some((range) => cidrContains(range, text))) errors.invalid(path, text, why);
  }
}
