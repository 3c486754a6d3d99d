import type { ApiObject } from '../../../api/objects';
import type { Core, Write } from '../core';
import type { Resource } from '../kind';

/** What admission is asked about. */
export interface AdmissionRequest {
  readonly operation: 'create' | 'update' | 'delete';
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** The object as it would be stored; for `delete`, as it stands. */
  readonly object: ApiObject;
  /** For `update`, as it stands. */
  readonly current?: ApiObject;
  readonly write: Write;
}

/** How often an object has gone past the plugins that change it: twice, where somebody wants to see what others changed. */
export interface Rounds {
  readonly second: boolean;
  /** Whether there is to be a second. */
  wanted: boolean;
  /** Whoever was asked and wants to be asked again after a change; who is to be. */
  readonly asked: Set<string>;
  readonly again: Set<string>;
  /** The object as policies left it. */
  left?: ApiObject;
}

/** An admission plugin, under its upstream name. Refusals are thrown as ApiError. */
export interface AdmissionPlugin {
  readonly name: string;
  /** The resources it looks at; none given means all. */
  readonly resources?: readonly string[];
  /** The subresources whose strategies are of their own that it looks at too. */
  readonly subresources?: readonly string[];
  /** Returns the object as it should be; its argument, where nothing is to change. */
  admit?(request: AdmissionRequest, core: Core, rounds: Rounds): ApiObject;
  validate?(request: AdmissionRequest, core: Core): void;
  /** Notes what is about to be stored; nothing refuses it any more. */
  record?(request: AdmissionRequest, core: Core): void;
}

/** The plugins that look at one resource, in upstream's order. */
export class Admission {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #mutating = new Map<string, AdmissionPlugin[]>();
  readonly #validating = new Map<string, AdmissionPlugin[]>();
  readonly #recording = new Map<string, AdmissionPlugin[]>();

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  admit(request: AdmissionRequest, core: Core): ApiObject {
    const rounds: Rounds = { second: false, wanted: false, asked: new Set(), again: new Set() };
    const object = this.#round(request, core, rounds);
    return rounds.wanted ? this.#round({ ...request, object }, core, { ...rounds, second: true }) : object;
  }

  #round(request: AdmissionRequest, core: Core, rounds: Rounds): ApiObject {
    let object = request.object;
    for (const plugin of this.#of(this.#mutating, request.resource.kind.resource, (one) => one.admit !== undefined)) {
      object = plugin.admit!(object === request.object ? request : { ...request, object }, core, rounds);
    }
    return object;
  }

  /** `part`: the request is about a subresource with a strategy of its own. */
  validate(request: AdmissionRequest, core: Core, part = false): void {
    for (const plugin of this.#of(
      this.#validating,
      request.resource.kind.resource,
      (one) => one.validate !== undefined,
    )) {
      if (!part || plugin.subresources?.includes(request.subresource)) plugin.validate!(request, core);
    }
  }

  record(request: AdmissionRequest, core: Core): void {
    for (const plugin of this.#of(this.#recording, request.resource.kind.resource, (one) => one.record !== undefined)) {
      plugin.record!(request, core);
    }
  }

  #of(
    known: Map<string, AdmissionPlugin[]>,
    resource: string,
    wanted: (plugin: AdmissionPlugin) => boolean,
  ): AdmissionPlugin[] {
    let plugins = known.get(resource);
    if (!plugins) {
      plugins = this.#plugins.filter((one) => wanted(one) && (!one.resources || one.resources.includes(resource)));
      known.set(resource, plugins);
    }
    return plugins;
  }
}
