import { equalJson } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';
import { ApiError, forbidden } from '../../../api/status';
import type { Core } from '../core';
import type { AdmissionPlugin, AdmissionRequest, Rounds } from './admission';
import { isAsked } from './match-rules';
import { failed, holdsFor, paramsOf, scopeFor, type BindingSpec, type PolicySpec } from './policies';
import type { PolicyScope } from './policy-expressions';
import { PatchFault, withConfiguration, withPatches } from './policy-patches';

/** Models apiserver/pkg/admission/plugin/policy/mutating. */

interface Mutation {
  readonly patchType: string;
  readonly applyConfiguration?: { readonly expression: string };
  readonly jsonPatch?: { readonly expression: string };
}

interface Policy extends ApiObject {
  readonly spec: PolicySpec & { readonly mutations: readonly Mutation[]; readonly reinvocationPolicy: string };
}

interface Binding extends ApiObject {
  readonly spec: BindingSpec;
}

/** A policy that is to change an object, as one of its bindings says, with one set of parameters. */
interface Invocation {
  readonly policy: Policy;
  readonly binding: Binding;
  readonly params: Json;
}

interface Denial {
  readonly message: string;
  readonly reason: string;
}

export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  admit(request, core, rounds) {
    if (core.store.all('mutatingadmissionpolicybindings' as 'configmaps').size === 0 || !isAsked(request))
      return request.object;
    return new Round(request, core, rounds).object;
  },
};

/** One pass of all policies over an object. */
class Round {
  object: ApiObject;
  readonly #denials: Denial[] = [];
  readonly #rounds: Rounds;

  constructor(request: AdmissionRequest, core: Core, rounds: Rounds) {
    this.object = request.object;
    this.#rounds = rounds;
    if (rounds.second && !equalJson(rounds.left, this.object)) this.#askAgain();
    for (const invocation of this.#invocations(request, core)) this.#invoke(invocation, request, core);
    if (this.object !== request.object) {
      this.#askAgain();
      rounds.wanted = true;
    }
    rounds.left = this.object;
    if (this.#denials.length > 0) throw refusal(request, this.#denials);
  }

  /** All that hold for the request as it came, in the order of the names of policies and bindings. */
  #invocations(request: AdmissionRequest, core: Core): Invocation[] {
    const policies = core.store.all('mutatingadmissionpolicies' as 'configmaps') as unknown as Map<string, Policy>;
    const bindings = core.store.all('mutatingadmissionpolicybindings' as 'configmaps') as unknown as Map<
      string,
      Binding
    >;
    const names = [...bindings.keys()].sort();
    return [...policies.keys()].sort().flatMap((name) =>
      names
        .map((key) => bindings.get(key)!)
        .filter((binding) => binding.spec.policyName === name)
        .flatMap((binding) => this.#ofBinding(policies.get(name)!, binding, request, core)),
    );
  }

  #ofBinding(policy: Policy, binding: Binding, request: AdmissionRequest, core: Core): Invocation[] {
    if (!holdsFor(policy.spec, binding.spec, request, core)) return [];
    const params = paramsOf(policy.spec, binding.spec, request, core);
    if (!('problem' in params)) return params.map((one) => ({ policy, binding, params: one }));
    this.#deny({ policy, binding, params: null }, params.problem, 'Forbidden');
    return [];
  }

  #invoke(invocation: Invocation, request: AdmissionRequest, core: Core): void {
    const { policy, params } = invocation;
    const scope = scopeFor(policy.spec, params, { ...request, object: this.object }, core);
    if (!scope) return;
    if ('problem' in scope) return this.#deny(invocation, scope.problem, 'Invalid');
    const key = keyOf(invocation);
    if (this.#rounds.second && !this.#rounds.again.has(key)) return;
    const before = this.object;
    for (const mutation of policy.spec.mutations) this.#mutate(mutation, scope, invocation, request);
    if (!equalJson(before, this.object)) this.#askAgain();
    if (policy.spec.reinvocationPolicy === 'IfNeeded') this.#rounds.asked.add(key);
  }

  #mutate(mutation: Mutation, scope: PolicyScope, invocation: Invocation, { resource }: AdmissionRequest): void {
    const { applyConfiguration, jsonPatch } = mutation;
    const { expression } = applyConfiguration ?? jsonPatch ?? { expression: '' };
    scope.set('object', this.object as unknown as Json);
    const made = scope.evaluate(expression);
    if ('problem' in made) return this.#deny(invocation, failed(expression, made.problem), 'Invalid');
    try {
      this.object = (applyConfiguration ? withConfiguration : withPatches)(this.object, made.value, resource);
    } catch (error) {
      if (!(error instanceof PatchFault)) throw error;
      this.#deny(invocation, error.message, 'Invalid');
    }
  }

  /** Those that want to see what others have changed are asked in the next round. */
  #askAgain(): void {
    for (const key of this.#rounds.asked) this.#rounds.again.add(key);
    this.#rounds.asked.clear();
  }

  #deny({ policy, binding }: Invocation, why: string, reason: string): void {
    if (policy.spec.failurePolicy === 'Ignore') return;
    const names = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
    this.#denials.push({ message: `${names} denied request: ${why}`, reason });
  }
}

const keyOf = ({ policy, binding, params }: Invocation): string => {
  const { namespace = '', name = '' } = (params as unknown as ApiObject | null)?.metadata ?? {};
  return [policy.metadata.name, binding.metadata.name, namespace, name].join('/');
};

/** The first denial gives the words and the reason; all of them are told. */
function refusal({ resource, name, object }: AdmissionRequest, denials: readonly Denial[]): ApiError {
  const { group, resource: plural } = resource.row;
  const { status } = forbidden(group, plural, name || object.metadata.name, '');
  const causes = denials.map(({ message }) => ({ message }));
  const [{ message, reason }] = denials as [Denial];
  return new ApiError(403, reason, message, { ...status.details, causes });
}
