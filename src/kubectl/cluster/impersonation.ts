import { CliError } from '../errors';
import type { FlagValues } from '../flags/parse';

/** The headers of `--as`, `--as-group`, `--as-uid` and `--as-user-extra`. Models transport.NewImpersonatingRoundTripper. */
export function impersonationHeaders(flags: FlagValues): Record<string, string> {
  const headers: Record<string, string> = {};
  const user = flags.text('as');
  const groups = flags.list('as-group');
  if (user !== '') headers['impersonate-user'] = user;
  if (groups.length > 0) headers['impersonate-group'] = groups.join(',');
  if (flags.text('as-uid') !== '') headers['impersonate-uid'] = flags.text('as-uid');
  for (const extra of flags.list('as-user-extra')) {
    const sign = extra.indexOf('=');
    if (sign <= 0) throw new CliError(`extra "${extra}" does not have the form key=value`);
    headers[`impersonate-extra-${extra.slice(0, sign).toLowerCase()}`] = extra.slice(sign + 1);
  }
  return headers;
}
