import type { ApiObject } from '../../api/objects';
import type { Ends, Play } from './play';
import { celText } from './wording';

/** A goal that what was played suggests. The author ticks it, words it, and may change what it asks. */
export interface Proposal {
  /** Of small letters, digits and dashes. */
  readonly id: string;
  readonly title: string;
  readonly check: string;
  readonly because: string;
  /** Why it is proposed: what was seen in the play. */
  readonly reason: string;
  /** Named conditions that it asks after. */
  readonly facts: Readonly<Record<string, string>>;
  /** Where a learner looks: the second rung of its hints. */
  readonly where: string;
  /** The more, the likelier it is what the author meant; from 0 to 100. */
  readonly weight: number;
}

/** Looks at how it was and how it became; what it proposes is tried on the play before anybody sees it. */
export type Proposer = (ends: Ends, play: Play) => readonly Proposal[];

interface Templated {
  readonly spec?: {
    readonly containers?: readonly { readonly image?: string }[];
    readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } };
  };
}

/** The images of a Pod, or of a workload's Pods, with their tags. */
export function imagesOf(object: ApiObject): string[] {
  const { spec } = object as ApiObject & Templated;
  const containers = spec?.template?.spec?.containers ?? spec?.containers ?? [];
  return containers.flatMap(({ image }) => (image === undefined ? [] : [image]));
}

/** An image without its tag or digest: what is meant by it. */
export const imageName = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');

/** The first image of an object, by what is meant by it. */
export const mainImage = (object: ApiObject): string => imageName(imagesOf(object)[0] ?? '');

/** CEL: whether a workload's Pods run an image, whatever its tag. */
export const runsImage = (workload: string, image: string): string =>
  `${workload}.spec.template.spec.containers.exists(c, c.image.startsWith(${celText(image)}))`;

/** CEL: whether a Pod runs an image, whatever its tag. */
export const podRuns = (pod: string, image: string): string =>
  `${pod}.spec.containers.exists(c, c.image.startsWith(${celText(image)}))`;

export const WHERE_APPLIED = 'The editor and its Apply, or kubectl in the terminal.';
export const WHERE_MENU = 'The menu of a thing on the stage, or kubectl in the terminal.';
