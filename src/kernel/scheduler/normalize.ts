/** The highest score a plugin may give a node, before its weight. */
export const MAX_SCORE = 100;

/** Scales scores to 0 to 100 by the highest; reversed, the highest becomes 0. Models helper.DefaultNormalizeScore. */
export function normalize(scores: number[], reverse: boolean): void {
  let highest = 0;
  for (const score of scores) if (score > highest) highest = score;
  for (let index = 0; index < scores.length; index++) {
    const scaled = highest === 0 ? 0 : Math.trunc((MAX_SCORE * scores[index]!) / highest);
    scores[index] = reverse ? MAX_SCORE - scaled : scaled;
  }
}
