import type { Draft, Namespace, ServiceAccount } from '../../api/objects';
import { ApiError } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import type { StoreEvent } from '../store/event';
import { isNamespaceTerminating } from './pod-control';

/** Gives every namespace its ServiceAccount `default`. Models pkg/controller/serviceaccount. */
export class ServiceAccountController extends Controller {
  constructor(parts: ControllerParts) {
    super('serviceaccount-controller', parts, {});
    parts.informers.on('namespaces', (event) => this.enqueue(event.key, event));
    parts.informers.on('serviceaccounts', (event) => this.#onAccount(event));
  }

  #onAccount(event: StoreEvent<ServiceAccount>): void {
    if (event.type === 'DELETED') this.enqueue(event.object.metadata.namespace ?? '', event);
  }

  protected override reconcile(name: string): void {
    const namespace = this.parts.informers.byKey('namespaces', name);
    if (!isActiveNamespace(namespace)) return;
    if (this.parts.informers.get('serviceaccounts', name, 'default')) return;
    const draft: Draft<ServiceAccount> = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: name },
    };
    createOnce(() => this.parts.client.create('serviceaccounts', draft));
  }
}

/** Creates what may be there already, or belong to a namespace that is going away. */
export function createOnce(create: () => void): void {
  try {
    create();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'AlreadyExists' || error.reason === 'NotFound' || isNamespaceTerminating(error)) return;
    throw error;
  }
}

/** Whether a namespace is there and not going away. */
export function isActiveNamespace(namespace: Namespace | undefined): boolean {
  return namespace?.status.phase === 'Active';
}
