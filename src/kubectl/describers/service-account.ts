import { listAt, textAt } from '../format/json';
import { describerWithEvents } from './describer';

const HEADER = 'Image pull secrets:';

/** Models pkg/describe ServiceAccountDescriber. */
export const describeServiceAccount = describerWithEvents((description, account) => {
  description.heading(account, true);
  description.labelsAndAnnotations(account);
  const secrets = listAt(account, 'imagePullSecrets').map((secret) => textAt(secret, 'name'));
  if (secrets.length === 0) description.line(0, `${HEADER}\t<none>`);
  secrets.forEach((name, index) => description.line(0, `${index === 0 ? HEADER : ' '.repeat(HEADER.length)}\t${name}`));
});
