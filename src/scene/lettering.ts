/** Widths of text on the stage, so that layout is a pure function and nothing is cut or overlaps. In pixels. */

/** Advance of one letter of the monospaced face, in ems. */
const MONO_ADVANCE = 0.632;
/** Advances of the proportional face at weight 560, in thousandths of an em: the lighter weights are narrower. */
const SANS_ADVANCES: Record<string, number> = Object.fromEntries(
  (
    [
      ['ABCDEFGHIJKLM', [656, 630, 652, 680, 585, 560, 708, 698, 411, 540, 650, 547, 844]],
      ['NOPQRSTUVWXYZ', [707, 733, 613, 743, 635, 602, 586, 688, 623, 873, 659, 618, 614]],
      ['abcdefghijklm', [540, 583, 500, 582, 553, 344, 578, 562, 280, 253, 529, 294, 866]],
      ['nopqrstuvwxyz', [562, 564, 583, 589, 364, 493, 355, 555, 501, 716, 515, 491, 486]],
      ['0123456789', [655, 426, 566, 590, 620, 599, 614, 525, 620, 581]],
      [' .,:;-/()×…', [299, 246, 245, 246, 246, 368, 417, 320, 320, 534, 800]],
    ] as const
  ).flatMap(([letters, widths]) => [...letters].map((letter, index) => [letter, widths[index] ?? 0])),
);
const WIDEST = 900;

/** The width of monospaced text with the stage's tracking for names (−0.03 em) or labels (−0.02 em). */
export function monoWidth(text: string, size: number, tracking = -0.03): number {
  return text.length * size * (MONO_ADVANCE + tracking);
}

/** The width of proportional text. */
export function sansWidth(text: string, size: number): number {
  let thousandths = 0;
  for (const letter of text) thousandths += SANS_ADVANCES[letter] ?? WIDEST;
  return (thousandths * size) / 1000;
}

/** The first of `texts` (longest first) that fits; the empty text when none does. */
export function fitText(texts: readonly string[], width: number, measure: (text: string) => number): string {
  return texts.find((text) => measure(text) <= width) ?? '';
}

/** Six to ten letters of a template's hash, before the five of the Pod. */
const TEMPLATE_HASH = /^(.+?)-[bcdfghjklmnpqrstvwxz2456789]{6,10}-([bcdfghjklmnpqrstvwxz2456789]{5})$/;

/** Shorter and shorter forms of a Pod's name: whole, without the template's hash, the owner's name. */
export function podNameForms(name: string, owner: string): string[] {
  const match = TEMPLATE_HASH.exec(name);
  const forms = [name];
  if (match) forms.push(`${match[1]}-${match[2]}`);
  if (owner !== '' && name.startsWith(owner)) forms.push(owner);
  return [...new Set(forms)];
}

/** `4`, `0.5`, `2.25`, `17`: at most three digits that matter. */
export function amount(value: number): string {
  const digits = value >= 10 ? 0 : value >= 1 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/** `6:14`, `1:02:03`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** `1 Pod`, `3 Pods`. */
export function counted(count: number, word: string): string {
  return `${grouped(count)} ${word}${count === 1 ? '' : 's'}`;
}

/** `3,400`. */
export function grouped(count: number): string {
  return count < 1000 ? String(count) : count.toLocaleString('en-US');
}

/** Shorter and shorter forms of any name, cut between its words only. */
export function nameForms(name: string): string[] {
  const words = name.split('-');
  const forms = [name];
  for (let count = words.length - 1; count > 0; count--) forms.push(`${words.slice(0, count).join('-')}-…`);
  return [...forms, ''];
}
