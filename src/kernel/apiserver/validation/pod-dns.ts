import type { PodSpec } from '../../../api/objects';
import { validateIP } from './addresses';
import type { FieldErrors } from './field-errors';
import { underscoredSubdomainFaults } from './names';

const MOST_SERVERS = 3;
const MOST_SEARCHES = 32;
const LONGEST_SEARCHES = 2048;

/** Models pkg/apis/core/validation validatePodDNSConfig. */
export function validateDnsConfig({ dnsPolicy, dnsConfig }: PodSpec, path: string, errors: FieldErrors): void {
  if (dnsPolicy === 'None' && !dnsConfig)
    return errors.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None');
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === 'None' && nameservers.length === 0)
    return errors.required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None');
  if (nameservers.length > MOST_SERVERS)
    errors.invalid(`${path}.nameservers`, nameservers, `must not have more than ${MOST_SERVERS} nameservers`);
  nameservers.forEach((server, index) => validateIP(server, `${path}.nameservers[${index}]`, errors));
  if (searches.length > MOST_SEARCHES)
    errors.invalid(`${path}.searches`, searches, `must not have more than ${MOST_SEARCHES} search paths`);
  if (searches.join(' ').length > LONGEST_SEARCHES)
    errors.invalid(
      `${path}.searches`,
      searches,
      `must not have more than ${LONGEST_SEARCHES} characters (including spaces) in the search list`,
    );
  searches.forEach((search, index) => {
    const name = search.replace(/\.$/, '');
    if (search !== '.')
      for (const fault of underscoredSubdomainFaults(name)) errors.invalid(`${path}.searches[${index}]`, name, fault);
  });
  options.forEach(({ name }, index) => {
    if (!name) errors.required(`${path}.options[${index}]`, 'must not be empty');
  });
}
