/** A number, or a share of a total as `"25%"`; nothing counts as 0. Models intstr.GetScaledValueFromIntOrPercent. */
export function scaled(value: number | string | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const share = (parseInt(value, 10) * total) / 100;
  return roundUp ? Math.ceil(share) : Math.floor(share);
}
