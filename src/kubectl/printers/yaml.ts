import type { Json } from '../../api/objects';
import { isObject } from '../format/json';
import { compareNaturally } from './natural-order';
import { writeScalar } from './yaml-scalar';

/**
 * YAML as kubectl prints it: keys in natural order, sequences not indented, lines folded near column 80.
 * Models sigs.k8s.io/yaml Marshal with its goyaml.v2 emitter.
 */
export function toYaml(value: Json): string {
  const out: string[] = [];
  writeNode(out, value, '', 0);
  return out.join('');
}

/** `lead` stands already on the line; `indent` is the column of this node's children. */
function writeNode(out: string[], value: Json, lead: string, indent: number): void {
  if (Array.isArray(value) && value.length > 0) writeSequence(out, value, lead, indent);
  else if (isObject(value) && Object.keys(value).length > 0) writeMapping(out, value, lead, indent);
  else out.push(`${lead}${scalarText(value, lead.length, indent)}\n`);
}

function writeSequence(out: string[], items: Json[], lead: string, indent: number): void {
  const pad = ' '.repeat(indent);
  items.forEach((item, index) => {
    const start = index === 0 && lead !== '' ? lead : pad;
    writeNode(out, item, `${start}- `, indent + 2);
  });
}

function writeMapping(out: string[], object: { [key: string]: Json }, lead: string, indent: number): void {
  const pad = ' '.repeat(indent);
  Object.keys(object)
    .sort(compareNaturally)
    .forEach((key, index) => {
      const start = index === 0 && lead !== '' ? lead : pad;
      const name = writeScalar(key, { column: start.length, indent, key: true });
      const value = object[key] ?? null;
      const opening = name.length > 128 || name.includes('\n') ? `${start}? ${name}\n${pad}:` : `${start}${name}:`;
      if (Array.isArray(value) && value.length > 0) {
        out.push(`${opening}\n`);
        writeSequence(out, value, '', indent);
      } else if (isObject(value) && Object.keys(value).length > 0) {
        out.push(`${opening}\n`);
        writeMapping(out, value, '', indent + 2);
      } else out.push(`${opening} ${scalarText(value, opening.length + 1, indent + 2)}\n`);
    });
}

function scalarText(value: Json, column: number, indent: number): string {
  if (Array.isArray(value)) return '[]';
  if (isObject(value)) return '{}';
  if (typeof value === 'string') return writeScalar(value, { column, indent, key: false });
  if (typeof value === 'number') return numberText(value);
  return String(value);
}

const MAX_INTEGER = 2 ** 64;

/** Whole numbers that fit 64 bits as they are, others in Go's shortest form: with an exponent below 1e-4 and from 1e6 on. */
function numberText(value: number): string {
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < MAX_INTEGER) return String(value);
  if (magnitude >= 1e-4 && magnitude < 1e6) return String(value);
  return value.toExponential().replace(/e([-+])(\d)$/, 'e$10$2');
}
