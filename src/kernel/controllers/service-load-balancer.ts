import { nextBetween } from '../../base/random';
import { holds } from '../../api/conditions';
import type { Node, Service } from '../../api/objects';
import { isRefusal } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import type { Timer } from '../time/clock';

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane';
const EXCLUDED_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';
/** How long the provider takes to make a balancer, and to take it away. */
const MAKE_MS = [30_000, 50_000] as const;
const REMOVE_MS = [5_000, 15_000] as const;
/** Blocks that RFC 5737 sets aside for examples: nobody's balancer is at these addresses. */
const BLOCKS = ['203.0.113', '198.51.100', '192.0.2'];

/**
 * The provider's balancers: gives Services of type LoadBalancer an address, and takes it back. Clusters whose control
 * plane runs on nodes of their own have no provider. Models cloud-provider/controllers/service/controller.go.
 */
export class ServiceLoadBalancerController extends Controller {
  constructor(parts: ControllerParts) {
    super('service-controller', parts, {});
    parts.informers.on('services', (event) => {
      if (event.type !== 'DELETED' && (wantsBalancer(event.object) || hasFinalizer(event.object)))
        this.enqueue(event.key, event);
    });
  }

  protected override reconcile(key: string): void {
    const { clock, informers } = this.parts;
    const service = informers.byKey('services', key);
    if (!service || this.#hasNoProvider()) return;
    if (!wantsBalancer(service) || service.metadata.deletionTimestamp) return this.#release(key, service);
    clock.cancel(this.name, 'release', key);
    if (addressesOf(service).length > 0 || clock.timer(this.name, 'ensure', key)) return;
    this.#say(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    if (!hasFinalizer(service)) this.#setFinalizer(service, true);
    clock.after(nextBetween(this.state.random, ...MAKE_MS), this.name, 'ensure', key);
  }

  #release(key: string, service: Service): void {
    const { clock } = this.parts;
    clock.cancel(this.name, 'ensure', key);
    if (!hasFinalizer(service) || clock.timer(this.name, 'release', key)) return;
    this.#say(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
    clock.after(nextBetween(this.state.random, ...REMOVE_MS), this.name, 'release', key);
  }

  protected override handleOwn({ kind, key }: Timer): void {
    const service = this.parts.informers.byKey('services', key);
    if (!service) return;
    this.parts.client.because([Number(service.metadata.resourceVersion)]);
    if (kind === 'ensure') this.#ensured(service);
    else this.#released(service);
    this.parts.client.because([]);
  }

  #ensured(service: Service): void {
    const nodes = [...this.parts.informers.all('nodes')].filter(takesTraffic);
    if (nodes.length === 0) {
      this.#say(service, 'Warning', 'UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer');
    }
    const ip = service.spec.loadBalancerIP ?? this.#freeAddress();
    this.#setAddress(service, [{ ip, ipMode: 'VIP' }]);
    this.#say(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  }

  #released(service: Service): void {
    if (addressesOf(service).length > 0) this.#setAddress(service, []);
    this.#setFinalizer(service, false);
    this.#say(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
  }

  /** The first address that no Service has. */
  #freeAddress(): string {
    const used = new Set<string>();
    for (const service of this.parts.informers.all('services'))
      for (const address of addressesOf(service)) used.add(address);
    for (const block of BLOCKS) {
      for (let last = 1; last < 255; last++) if (!used.has(`${block}.${last}`)) return `${block}.${last}`;
    }
    return `${BLOCKS[0]}.254`;
  }

  #setAddress(service: Service, ingress: NonNullable<Service['status']['loadBalancer']>['ingress']): void {
    const loadBalancer = ingress?.length ? { ingress } : {};
    const change = (known: Service): Service => ({ ...known, status: { ...known.status, loadBalancer } });
    this.#patch(service, change, 'status');
  }

  #setFinalizer(service: Service, held: boolean): void {
    this.#patch(service, (known) => {
      const others = (known.metadata.finalizers ?? []).filter((one) => one !== FINALIZER);
      return { ...known, metadata: { ...known.metadata, finalizers: held ? [...others, FINALIZER] : others } };
    });
  }

  /** A Service that is gone meanwhile needs no change. */
  #patch(service: Service, change: (known: Service) => Service, part?: 'status'): void {
    const { namespace = '', name } = service.metadata;
    try {
      this.parts.client.patch('services', namespace, name, change, part);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  #say(service: Service, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.parts.recorder.event(subjectOf(service), type, reason, message);
  }

  #hasNoProvider(): boolean {
    for (const node of this.parts.informers.all('nodes'))
      if (node.metadata.labels?.[CONTROL_PLANE_LABEL] !== undefined) return true;
    return false;
  }
}

/** A class of its own means that somebody else's controller makes the balancer. */
function wantsBalancer({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined;
}

const hasFinalizer = ({ metadata }: Service): boolean => metadata.finalizers?.includes(FINALIZER) === true;

const addressesOf = ({ status }: Service): string[] =>
  (status.loadBalancer?.ingress ?? []).flatMap((one) => (one.ip ? [one.ip] : []));

function takesTraffic(node: Node): boolean {
  return holds(node, 'Ready') && node.metadata.labels?.[EXCLUDED_LABEL] === undefined;
}
