import { base64Length } from '../format/base64';
import { objectAt, sortedKeys, textAt } from '../format/json';
import { describerWithoutEvents } from './describer';

/** Models pkg/describe SecretDescriber: sizes only, but for tokens of service accounts. */
export const describeSecret = describerWithoutEvents((description, secret) => {
  description.heading(secret, true);
  description.labelsAndAnnotations(secret);
  const type = textAt(secret, 'type');
  description.write(0, `\nType:\t${type}\n`);
  description.write(0, '\nData\n====\n');
  for (const key of sortedKeys(objectAt(secret, 'data') ?? {})) {
    const value = textAt(secret, 'data', key);
    const token = key === 'token' && type === 'kubernetes.io/service-account-token';
    description.field(key, token ? atob(value) : `${base64Length(value)} bytes`);
  }
});
