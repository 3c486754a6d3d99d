/** Where plugins take part in a cycle, in the order in which it comes to them. */
export const EXTENSION_POINTS = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
] as const;

export type ExtensionPoint = (typeof EXTENSION_POINTS)[number];
