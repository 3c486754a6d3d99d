import type { Tool } from '../tool';
import { cat } from './cat';
import { echo } from './echo';
import { grep } from './grep';
import { head } from './head';
import { jq } from './jq';
import { ls } from './ls';
import { sort } from './sort';
import { tail } from './tail';
import { uniq } from './uniq';
import { wc } from './wc';

/** Programs that read and write text, by name. */
export const TOOLS: readonly Tool[] = [cat, echo, grep, head, jq, ls, sort, tail, uniq, wc];
