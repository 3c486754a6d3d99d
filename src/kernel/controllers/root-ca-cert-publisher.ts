import type { ConfigMap, Draft } from '../../api/objects';
import { Controller, type ControllerParts } from '../machinery/controller';
import type { StoreEvent } from '../store/event';
import { authorityOf } from './certificate-authority';
import { createOnce, isActiveNamespace } from './serviceaccount';

const NAME = 'kube-root-ca.crt';
const DESCRIPTION_ANNOTATION = 'kubernetes.io/description';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the ' +
  'internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Gives every namespace the ConfigMap that Pods trust. Models pkg/controller/certificates/rootcacertpublisher. */
export class RootCaCertPublisher extends Controller {
  constructor(parts: ControllerParts) {
    super('root-ca-certificate-publisher', parts, {});
    parts.informers.on('namespaces', (event) => this.enqueue(event.key, event));
    parts.informers.on('configmaps', (event) => this.#onConfigMap(event));
  }

  #onConfigMap(event: StoreEvent<ConfigMap>): void {
    const { name, namespace = '' } = event.object.metadata;
    if (name === NAME) this.enqueue(namespace, event);
  }

  protected override reconcile(namespace: string): void {
    if (!isActiveNamespace(this.parts.informers.byKey('namespaces', namespace))) return;
    const present = this.parts.informers.get('configmaps', namespace, NAME);
    const { certificate } = authorityOf(this.parts.seed);
    const data = { 'ca.crt': certificate };
    if (!present) {
      const annotations = { [DESCRIPTION_ANNOTATION]: DESCRIPTION };
      const draft: Draft<ConfigMap> = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: NAME, namespace, annotations },
        data,
      };
      return createOnce(() => this.parts.client.create('configmaps', draft));
    }
    if (present.data?.['ca.crt'] === certificate && Object.keys(present.data).length === 1) return;
    this.parts.client.update('configmaps', { ...present, data });
  }
}
