const RULES: [RegExp, (found: RegExpExecArray) => string][] = [
  [/^Insufficient (\S+\/\S+)$/, (found) => `These nodes have too few ${found[1]} left to give, or none at all.`],
  [/^Insufficient (.+)$/, (found) => `What their Pods already request leaves too little ${found[1]}.`],
  [/^Too many pods$/, () => 'As many Pods as the node takes are there.'],
  [
    /untolerated taint/,
    (found) =>
      `The Pod needs a toleration for this taint${/\{(\S+?):/.exec(found.input)?.[1] ? `: key ${/\{(\S+?):/.exec(found.input)![1]}` : ''}.`,
  ],
  [/didn't match Pod's node affinity\/selector/, () => 'The Pod asks for a label that they do not have.'],
  [/were unschedulable/, () => 'They are cordoned.'],
  [/volume node affinity conflict/, () => 'The Pod’s volume is in another place than these nodes.'],
  [/unbound immediate PersistentVolumeClaims/, () => 'A claim of the Pod has no volume yet.'],
  [/persistentvolumeclaim "(.+)" not found/, (found) => `There is no claim ${found[1]} in the Pod’s namespace.`],
];

/** A scheduler's reason in Podium's own words, to stand beside it; empty where there is nothing to add. */
export function explainReason(reason: string): string {
  for (const [pattern, words] of RULES) {
    const found = pattern.exec(reason);
    if (found) return words(found);
  }
  return '';
}
