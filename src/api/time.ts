const SECOND_MS = 1000;
const texts = new Map<number, string>();
const TEXTS_KEPT = 256;

/**
 * RFC 3339 with seconds, as metav1.Time is written. `ms` since the Unix epoch. Pure; a bounded memo, for each second is
 * said many times.
 */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / SECOND_MS);
  const known = texts.get(second);
  if (known !== undefined) return known;
  const text = `${new Date(second * SECOND_MS).toISOString().slice(0, 19)}Z`;
  if (texts.size >= TEXTS_KEPT) texts.clear();
  texts.set(second, text);
  return text;
}

/** RFC 3339 with microseconds, as metav1.MicroTime is written. */
export function formatMicroTime(ms: number): string {
  const thousandths = String(Math.floor(ms) % SECOND_MS).padStart(3, '0');
  return `${formatTime(ms).slice(0, 19)}.${thousandths}000Z`;
}

const moments = new Map<string, number>();
const MOMENTS_KEPT = 1024;

/** Milliseconds since the Unix epoch; NaN for text that is no time. Pure; a bounded memo, as above. */
export function parseTime(text: string): number {
  const known = moments.get(text);
  if (known !== undefined) return known;
  const moment = new Date(text).getTime();
  if (moments.size >= MOMENTS_KEPT) moments.clear();
  moments.set(text, moment);
  return moment;
}

/** Models k8s.io/apimachinery/pkg/util/duration HumanDuration: `5s`, `2m5s`, `3h`, `4d1h`, `2y`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 60 * 2) return `${seconds}s`;
  const minutes = Math.trunc(ms / 60_000);
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % 60, 's');
  if (minutes < 60 * 3) return `${minutes}m`;
  const hours = Math.trunc(ms / 3_600_000);
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return twoUnits(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(hours / 24 / 365);
  if (hours < 24 * 365 * 8) return twoUnits(years, 'y', days % 365, 'd');
  return `${years}y`;
}

function twoUnits(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major}${majorUnit}` : `${major}${majorUnit}${minor}${minorUnit}`;
}
