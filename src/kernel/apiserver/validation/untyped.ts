import { isMap } from '../../../api/json';
import type { ApiObject, Json } from '../../../api/objects';

/** Reading fields of kinds whose objects are held as plain JSON: what is not said is what Go would have there. */

export type Part = { readonly [key: string]: Json };

export const part = (value: unknown): Part => (isMap(value as Json) ? (value as Part) : {});
export const parts = (value: unknown): Part[] => (Array.isArray(value) ? value.map(part) : []);
export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
export const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(text) : []);
export const count = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
export const isThere = (value: Json | undefined): value is Json => value !== undefined && value !== null;
export const specOf = (object: ApiObject): Part => part((object as unknown as Part)['spec']);
export const statusOf = (object: ApiObject): Part => part((object as unknown as Part)['status']);
