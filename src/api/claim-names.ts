import type { Pod } from './objects';

type Volume = NonNullable<Pod['spec']['volumes']>[number];

/** The claim behind a volume of a Pod; a generic ephemeral volume's claim is named after Pod and volume. */
export function claimNameOf(podName: string, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral ? `${podName}-${volume.name}` : undefined;
}

/** Keys (`namespace/name`) of the claims that a Pod uses. */
export function claimsOf({ metadata, spec }: Pod): string[] {
  const claims: string[] = [];
  for (const volume of spec.volumes ?? []) {
    const name = claimNameOf(metadata.name, volume);
    if (name) claims.push(`${metadata.namespace}/${name}`);
  }
  return claims;
}
