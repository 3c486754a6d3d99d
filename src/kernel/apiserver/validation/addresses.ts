import type { FieldErrors } from './field-errors';

/** Models apimachinery/pkg/util/validation: addresses and address ranges. */

const V4_PART = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const V4 = new RegExp(`^${V4_PART}(\\.${V4_PART}){3}$`);

export const isIPv4 = (text: string): boolean => V4.test(text);

export function isIPv6(text: string): boolean {
  if (!text.includes(':') || !/^[0-9a-fA-F:.]+$/.test(text)) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const length = groups.length + (tail.includes('.') ? 1 : 0);
  const valid = groups.every(
    (group, index) => /^[0-9a-fA-F]{1,4}$/.test(group) || (index === groups.length - 1 && isIPv4(group)),
  );
  return valid && (halves.length === 2 ? length < 8 : length === 8);
}

export function validateIP(text: string, path: string, errors: FieldErrors): void {
  if (!isIPv4(text) && !isIPv6(text))
    errors.invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
}

/** Addresses at which nothing outside of a node can be. Models ValidateEndpointIP. */
export function validateReachable(text: string, path: string, errors: FieldErrors): void {
  if (!isIPv4(text)) return;
  if (text === '0.0.0.0') errors.invalid(path, text, 'may not be unspecified (0.0.0.0 or ::)');
  if (text.startsWith('127.')) errors.invalid(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (text.startsWith('169.254.'))
    errors.invalid(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  if (text.startsWith('224.0.0.'))
    errors.invalid(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
}
