import { foundAuthority, type Authority } from '../../api/x509/certificate';

/**
 * The authority of a cluster. It is a function of the cluster's seed, so that it is no state. Nobody is kept out by what it
 * signs: the cluster's connections are not encrypted.
 */
const founded = new Map<number, Authority>();
const FOUNDED_LIMIT = 16;

export function authorityOf(seed: number): Authority {
  const known = founded.get(seed);
  if (known) return known;
  if (founded.size >= FOUNDED_LIMIT) founded.clear();
  const authority = foundAuthority(`podium ${seed}`);
  founded.set(seed, authority);
  return authority;
}
