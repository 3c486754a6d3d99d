/** Addresses and address ranges of both families, as numbers that can be compared. */

const V4_PART = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const V4 = new RegExp(`^${V4_PART}(\\.${V4_PART}){3}$`);

export const isIPv4 = (text: string): boolean => V4.test(text);

export function isIPv6(text: string): boolean {
  if (!text.includes(':') || !/^[0-9a-fA-F:.]+$/.test(text)) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const length = groups.length + (tail.includes('.') ? 1 : 0);
  const valid = groups.every(
    (group, index) => /^[0-9a-fA-F]{1,4}$/.test(group) || (index === groups.length - 1 && isIPv4(group)),
  );
  return valid && (halves.length === 2 ? length < 8 : length === 8);
}

/** An address of 32 or 128 bits. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface Cidr extends Address {
  /** How many leading bits all addresses of the range share. */
  readonly length: number;
}

/** An address as a number. Leading zeros are let pass, as Go's ParseIPSloppy does; `undefined` for what is none. */
function parseAddress(text: string): Address | undefined {
  const plain = text.replace(/(^|\.)0+(?=\d)/g, '$1');
  if (isIPv4(plain)) {
    return { bits: 32, value: plain.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  if (!isIPv6(text)) return undefined;
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return { bits: 128, value: [...before, ...zeros, ...after].reduce((sum, group) => sum * 0x10000n + group, 0n) };
}

/** An address as Go writes it; `undefined` for text that is none. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address && addressText(address.value, address.bits);
}

function groupsOf(text: string): bigint[] {
  return text.split(':').flatMap((group) => {
    if (group === '') return [];
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const [a = 0n, b = 0n, c = 0n, d = 0n] = group.split('.').map(BigInt);
    return [a * 256n + b, c * 256n + d];
  });
}

/** Models k8s.io/utils/net ParseCIDRSloppy; `undefined` for text that is no range. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = match ? parseAddress(match[1]!) : undefined;
  const length = Number(match?.[2]);
  return address && length <= address.bits ? { ...address, length } : undefined;
}

/** The first address of the range as a number: that of the text with the bits after the prefix cleared. */
function startOf({ bits, value, length }: Cidr): bigint {
  const shift = BigInt(bits - length);
  return (value >> shift) << shift;
}

/** Whether the text names its range by the first address of it. */
export const isFirstAddress = (range: Cidr): boolean => range.value === startOf(range);

/** Whether the second range lies within the first and is smaller. */
export function strictlyContains(outer: Cidr, inner: Cidr): boolean {
  return outer.bits === inner.bits && outer.length < inner.length && covers(outer, startOf(inner));
}

function covers({ bits, value, length }: Cidr, address: bigint): boolean {
  const shift = BigInt(bits - length);
  return value >> shift === address >> shift;
}

/** Whether the address lies in the range. Ranges and addresses that cannot be read contain nothing. */
export function cidrContains(range: string, address: string): boolean {
  const outer = parseCidr(range);
  const inner = parseAddress(address);
  return outer !== undefined && inner !== undefined && outer.bits === inner.bits && covers(outer, inner.value);
}

/** The range as Go writes it: its first address and the length of the prefix. */
export const rangeText = (range: Cidr): string => `${addressText(startOf(range), range.bits)}/${range.length}`;

/** The range that holds nothing but the address in a range's text. */
export const singleText = ({ value, bits }: Cidr): string => `${addressText(value, bits)}/${bits}`;

function addressText(value: bigint, bits: 32 | 128): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(16 * (7 - index))) & 0xffffn).toString(16));
  return shortened(groups);
}

/** The longest run of zeros becomes `::`. Models RFC 5952. */
function shortened(groups: readonly string[]): string {
  let longest = { at: 0, length: 1 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === '0') length++;
    if (length > longest.length) longest = { at, length };
  }
  const { at, length } = longest;
  return length === 1 ? groups.join(':') : `${groups.slice(0, at).join(':')}::${groups.slice(at + length).join(':')}`;
}
