/** How much the stage says of each thing: 1 named pills, 2 squares with monograms, 3 small squares, 4 one cell a node. */
export type DetailLevel = 1 | 2 | 3 | 4;

/** The most Pods and nodes that a level can show so that everything stays readable. */
const LIMITS: readonly { level: DetailLevel; pods: number; nodes: number }[] = [
  { level: 1, pods: 40, nodes: 12 },
  { level: 2, pods: 400, nodes: 48 },
  { level: 3, pods: 10_000, nodes: 400 },
];
const HYSTERESIS = 1.15;

/** The level for so many Pods and nodes. `before` keeps its level up to 15 % past the limit, so that it does not flicker. */
export function detailLevel(pods: number, nodes: number, before?: DetailLevel): DetailLevel {
  for (const { level, pods: podLimit, nodes: nodeLimit } of LIMITS) {
    const slack = before !== undefined && before <= level ? HYSTERESIS : 1;
    if (pods <= podLimit * slack && nodes <= nodeLimit * slack) return level;
  }
  return 4;
}
