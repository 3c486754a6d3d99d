import { CliError } from '../errors';
import { toBase64 } from '../format/base64';
import { contentHash } from '../format/content-hash';
import { structJson } from '../format/go-json';
import { goQuote } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { setOwn, sortedKeys } from '../format/json';
import { configKeyProblems } from '../format/names';
import type { Session } from '../session';
import { makeGenerated } from './generated';

/** The data of a Secret while it is gathered. */
export class SecretData {
  private readonly values: JsonObject = {};

  /** Throws where the key is not allowed or taken. */
  add(key: string, value: string): void {
    const problems = configKeyProblems(key);
    if (problems.length > 0)
      throw new CliError(`${goQuote(key)} is not valid key name for a Secret ${problems.join(';')}`);
    if (Object.hasOwn(this.values, key))
      throw new CliError(`cannot add key ${key}, another key by that name already exists`);
    setOwn(this.values, key, toBase64(value));
  }

  /** Makes the Secret. `type` may be empty. */
  async make(session: Session, name: string, type: string): Promise<void> {
    const data: JsonObject = {};
    for (const key of sortedKeys(this.values)) setOwn(data, key, this.values[key] ?? '');
    const filled = Object.keys(data).length > 0;
    const hashed = session.flags.bool('append-hash')
      ? `${name}-${await contentHash(structJson({ data: filled ? data : '', kind: 'Secret', name, type }))}`
      : name;
    const secret: JsonObject = {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: hashed },
      ...(filled ? { data } : {}),
      ...(type ? { type } : {}),
    };
    await makeGenerated(session, secret, 'failed to create secret');
  }
}
