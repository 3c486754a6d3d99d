import type { Container, Json, PodSpec } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { goDump } from './go-dump';
import { labelFaults, subdomainFaults } from './names';

/** Models pkg/apis/core/validation validatePodResourceClaims: claims of devices, and which container uses which. */

export function validatePodClaims(spec: PodSpec, path: string, errors: FieldErrors): void {
  const seen = new Set<string>();
  spec.resourceClaims?.forEach((claim, index) => {
    const at = `${path}[${index}]`;
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    const shown = (): Json => goDump(claim as unknown as Json, 'io.k8s.api.core.v1.PodResourceClaim');
    if (seen.has(name)) errors.duplicate(`${at}.name`, name);
    seen.add(name);
    if (!name) errors.required(`${at}.name`);
    else for (const fault of labelFaults(name)) errors.invalid(`${at}.name`, name, fault);
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined)
      errors.invalid(at, shown(), 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined)
      errors.invalid(at, shown(), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    for (const key of ['resourceClaimName', 'resourceClaimTemplateName'] as const)
      for (const fault of claim[key] === undefined ? [] : subdomainFaults(claim[key]))
        errors.invalid(`${at}.${key}`, claim[key], fault);
  });
}

/** What a container uses of the Pod's claims. */
export function validateClaimUses(
  { resources }: Container,
  known: ReadonlySet<string>,
  path: string,
  errors: FieldErrors,
): void {
  validateResourceClaims(resources?.claims, known, path, errors);
}

/** A claim is used whole or by its requests, and nothing of it twice. Models validateResourceClaimNames. */
export function validateResourceClaims(
  claims: readonly { name: string; request?: string }[] | undefined,
  known: ReadonlySet<string>,
  path: string,
  errors: FieldErrors,
): void {
  const seen = new Set<string>();
  claims?.forEach(({ name, request }, index) => {
    const at = `${path}[${index}]`;
    if (!name) return errors.required(at);
    if (seen.has(name)) errors.duplicate(at, name);
    else {
      for (const fault of request ? labelFaults(request) : []) errors.invalid(`${at}.request`, request, fault);
      const key = request ? `${name}/${request}` : name;
      if (seen.has(key)) errors.duplicate(at, key);
      else if (!request) for (const one of seen) if (one.startsWith(`${name}/`)) errors.duplicate(at, name);
      seen.add(key);
    }
    const all = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`;
    if (!known.has(name)) errors.notFound(at, name, `must be one of the names in pod.spec.resourceClaims${all}`);
  });
}
