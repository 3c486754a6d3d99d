import { Environment, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { reportOf } from './compile-report';
import { registerKubernetes } from './kubernetes';
import { registerObjects, withObjectCalls } from './object-literals';
import { CelError, CelSyntaxError, type CelValue } from './values';

/**
 * The Common Expression Language, for the rules of custom resources and for lessons. The library interprets; added here
 * are Kubernetes' functions, cel-go's words for errors, `has()` of any field, and a bound on what an evaluation may cost.
 */

/** An expression that can be evaluated again and again. */
export interface CelExpression {
  readonly source: string;
  /** What it gives, as far as that is known beforehand: `bool`, `list<int>`; `dyn` where it is not. */
  readonly type: string;
  /** The variables it speaks of. */
  readonly names: ReadonlySet<string>;
  /** The functions it calls by name, not on something. */
  readonly functions: ReadonlySet<string>;
  /** The calls of functions whose first argument is a text, such as `ever('lost')`: name and text. */
  readonly calls: readonly (readonly [name: string, text: string])[];
  /** Throws CelError where it has no value. */
  evaluate(scope: Readonly<Record<string, CelValue>>): CelValue;
}

export interface CelOptions {
  /** The variables that there are; each may hold anything. */
  readonly variables: readonly string[];
  /** Adds functions. */
  readonly functions?: (environment: Environment) => void;
  /** How many parts of an expression one evaluation may look at. Default: Kubernetes' limit of a call. */
  readonly costLimit?: number;
  /** Whether expressions may make objects, as `Object{…}` and `JSONPatch{…}`. */
  readonly objects?: boolean;
}

/* Models k8s.io/apiserver/pkg/apis/cel PerCallLimit. */
const COST_LIMIT = 1_000_000;
const SOURCE_LIMIT = 8_192;
const LIMITS = {
  maxAstNodes: 2_000,
  maxDepth: 100,
  maxListElements: 1_000,
  maxMapEntries: 1_000,
  maxCallArguments: 16,
};
/** A result within an evaluation may not be longer than this. */
const LENGTH_LIMIT = 1_000_000;
const LENGTH_PER_COST = 64;
const FAILURE_COST = 20;

const TOO_COSTLY = new CelError('operation cancelled: actual cost limit exceeded');

interface Run {
  run(ast: unknown, context: unknown): unknown;
}

/** An environment in which expressions are compiled: what names and functions there are. */
export class Cel {
  readonly #environment: Environment;
  readonly #costLimit: number;
  readonly #objects: boolean;
  #costLeft = 0;

  constructor({ variables, functions, costLimit = COST_LIMIT, objects = false }: CelOptions) {
    const options = { homogeneousAggregateLiterals: false, enableOptionalTypes: true, limits: LIMITS };
    const environment = new Environment(options);
    this.#environment = environment;
    this.#costLimit = costLimit;
    this.#objects = objects;
    for (const name of variables) environment.registerVariable(name, 'dyn');
    registerKubernetes(environment);
    if (objects) registerObjects(environment);
    functions?.(environment);
    this.#meter(environment);
  }

  /** Reads an expression. Throws CelSyntaxError where it is none, or speaks of what there is not. */
  compile(source: string): CelExpression {
    const { parsed, type } = this.#checked(source);
    const found: Found = { names: new Set(), functions: new Set(), calls: [] };
    collect(parsed.ast, found);
    return { source, type, ...found, evaluate: (scope) => this.#evaluate(parsed, scope) };
  }

  #checked(source: string): { parsed: ParseResult; type: string } {
    if (source.length > SOURCE_LIMIT) throw new CelSyntaxError(`an expression may have ${SOURCE_LIMIT} characters`);
    try {
      const text = this.#objects ? withObjectCalls(source) : source;
      const parsed = this.#environment.parse(withAnyHas(text, this.#environment));
      const { valid, error, type = 'dyn' } = parsed.check();
      if (!valid) throw error ?? new CelSyntaxError('no expression');
      return { parsed, type };
    } catch (error) {
      if (error instanceof RangeError) throw new CelSyntaxError('nested too deeply');
      throw new CelSyntaxError(wordsOf(error), reportOf(source, error));
    }
  }

  #evaluate(parsed: ParseResult, scope: Readonly<Record<string, CelValue>>): CelValue {
    this.#costLeft = this.#costLimit;
    try {
      return parsed(scope) as CelValue;
    } catch (error) {
      if (this.#costLeft < 0 || error instanceof RangeError) throw TOO_COSTLY;
      throw error instanceof CelError ? error : new CelError(wordsOf(error));
    }
  }

  /**
   * A macro is given the evaluator, which runs every part of an expression by its `run`. It is counted there. The same
   * evaluator serves all expressions of an environment, so this is done once.
   */
  #meter(environment: Environment): void {
    const meter = (evaluator: Run): boolean => {
      const run = evaluator.run.bind(evaluator);
      evaluator.run = (ast, context) => {
        this.#spend(1);
        const value = this.#tried(() => run(ast, context));
        if (typeof value === 'string' || Array.isArray(value)) this.#hold(value.length);
        return value;
      };
      return true;
    };
    environment.registerFunction('podium_meter(ast): bool', () => ({
      typeCheck: (checker: { getType(name: string): unknown }) => checker.getType('bool'),
      evaluate: meter,
    }));
    environment.evaluate('podium_meter(1)', {});
  }

  /** A failure costs more than a value: loops go on after it. */
  #tried(work: () => unknown): unknown {
    try {
      return work();
    } catch (error) {
      this.#costLeft -= FAILURE_COST;
      throw error;
    }
  }

  #spend(cost: number): void {
    this.#costLeft -= cost;
    if (this.#costLeft < 0) throw TOO_COSTLY;
  }

  #hold(length: number): void {
    if (length > LENGTH_LIMIT) this.#costLeft = -1;
    if (length > LENGTH_PER_COST) this.#spend(length / LENGTH_PER_COST);
  }
}

/** The library's errors in cel-go's words. */
function wordsOf(error: unknown): string {
  const { code, summary, message } = error as { code?: string; summary?: string; message: string };
  const words = summary ?? message;
  const last = words.slice(words.indexOf(':') + 1).trim();
  switch (code) {
    case 'no_such_key':
      return `no such key: ${last}`;
    case 'index_out_of_bounds':
      return `index out of bounds: ${/index (-?\d+)/.exec(words)?.[1] ?? ''}`;
    case 'unknown_variable':
      return `undeclared reference to '${last}' (in container '')`;
    case 'no_such_overload':
    case 'no_matching_overload':
    case 'invalid_condition_type':
    case 'invalid_logical_operand':
    case 'invalid_comprehension_range':
      return words.startsWith('no such overload') ? words.replace(/dyn<(\w+)>/g, '$1') : `no such overload: ${words}`;
    default:
      return words;
  }
}

type Part = { op: string; args: unknown; start: number; end: number };

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && 'op' in value;

function partsOf(args: unknown): Part[] {
  if (isPart(args)) return [args];
  return Array.isArray(args) ? args.flatMap(partsOf) : [];
}

interface Found {
  readonly names: Set<string>;
  readonly functions: Set<string>;
  readonly calls: (readonly [string, string])[];
}

function collect(node: ASTNode | Part, found: Found): void {
  const { op, args } = node as Part;
  if (op === 'id') found.names.add(args as string);
  if (op === 'call') {
    const [name, [first]] = args as [string, Part[]];
    found.functions.add(name);
    if (first?.op === 'value' && typeof first.args === 'string') found.calls.push([name, first.args]);
  }
  for (const part of partsOf(args)) collect(part, found);
}

/**
 * The library takes `has(a.b.c)` alone; cel-go takes any field, such as `has(a[0].b)`. Those are asked as optional ones:
 * `(a[0]).?b.hasValue()`. The last is first, so that what encloses it is read anew.
 */
function withAnyHas(source: string, environment: Environment): string {
  let text = source;
  for (let left = HAS_LIMIT; left > 0; left--) {
    const call = hasCalls(environment.parse(text).ast as unknown as Part).at(-1);
    if (!call) return text;
    const [, of, field] = HAS.exec(text.slice(call.start, call.end)) ?? [];
    if (of === undefined) return text;
    text = `${text.slice(0, call.start)}(${of}).?${field}.hasValue()${text.slice(call.end)}`;
  }
  throw new CelSyntaxError('too many calls of has()');
}

const HAS = /^has\s*\(([\s\S]*)\.\s*(\w+)\s*\)$/;
const HAS_LIMIT = 100;

/** Calls of has() of what is no path of names. */
function hasCalls(node: Part): Part[] {
  const inner = partsOf(node.args).flatMap(hasCalls);
  if (node.op !== 'call') return inner;
  const [name, [field]] = node.args as [string, Part[]];
  return name === 'has' && field?.op === '.' && !isPath(field) ? [node, ...inner] : inner;
}

function isPath({ op, args }: Part): boolean {
  return op === 'id' || (op === '.' && isPath((args as Part[])[0]!));
}
