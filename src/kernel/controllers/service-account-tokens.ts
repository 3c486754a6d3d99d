import { objectKey, splitKey, type Secret, type ServiceAccount } from '../../api/objects';
import { equalJson } from '../../api/json';
import { isRefusal } from '../../api/status';
import { legacyToken } from '../apiserver/rest/tokens';
import { Controller, type ControllerParts } from '../machinery/controller';
import { authorityOf } from './certificate-authority';

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';

/**
 * Fills Secrets that ask for the token of a ServiceAccount, and takes those away whose account is not there. Models
 * pkg/controller/serviceaccount tokens_controller.go.
 */
export class TokensController extends Controller {
  constructor(parts: ControllerParts) {
    super('serviceaccount-token-controller', parts, {});
    parts.informers.on('secrets', (event) => {
      if (event.type !== 'DELETED' && event.object.type === TYPE) this.enqueue(event.key, event);
    });
    parts.informers.on('serviceaccounts', (event) => {
      if (event.type !== 'DELETED') return;
      for (const secret of parts.client.list('secrets', event.object.metadata.namespace ?? '')) {
        if (isTokenOf(secret, event.object)) this.enqueue(objectKey(secret), event);
      }
    });
  }

  protected override reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client } = this.parts;
    const secret = client.get('secrets', namespace, name);
    if (secret?.type !== TYPE) return;
    const account = client.get('serviceaccounts', namespace, secret.metadata.annotations?.[NAME] ?? '');
    if (account && isTokenOf(secret, account)) return this.#fill(secret, account);
    try {
      client.remove('secrets', namespace, name);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  /** Models generateTokenIfNeeded. */
  #fill(secret: Secret, account: ServiceAccount): void {
    const { namespace = '' } = secret.metadata;
    const data = {
      'ca.crt': btoa(authorityOf(this.parts.seed).certificate),
      namespace: btoa(namespace),
      ...secret.data,
      token: secret.data?.['token'] ?? btoa(legacyToken(account, secret.metadata.name)),
    };
    const annotations = { ...secret.metadata.annotations, [UID]: account.metadata.uid };
    if (equalJson(data, secret.data) && equalJson(annotations, secret.metadata.annotations)) return;
    this.parts.client.update('secrets', { ...secret, metadata: { ...secret.metadata, annotations }, data });
  }
}

function isTokenOf({ type, metadata: { annotations } }: Secret, { metadata }: ServiceAccount): boolean {
  const uid = annotations?.[UID];
  return type === TYPE && annotations?.[NAME] === metadata.name && (!uid || uid === metadata.uid);
}
