import { CliError } from '../errors';

/** What resource arguments name: whole types, `type/name` pairs, or names of one type. */
export interface ResourceArguments {
  types: string[];
  names: string[];
  pairs: { type: string; name: string }[];
  problem?: CliError;
}

export const MISSING_RESOURCE = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** Reads `TYPE[,TYPE] [NAME…]` or `TYPE/NAME…`. Models resource.Builder ResourceTypeOrNameArgs, without categories. */
export function readResourceArguments(args: readonly string[]): ResourceArguments {
  const result: ResourceArguments = { types: [], names: [], pairs: [] };
  const normal = spreadTypes(args);
  const slashes = normal.filter((argument) => argument.includes('/')).length;
  if (slashes > 0 && slashes !== normal.length) {
    result.problem = new CliError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
    return result;
  }
  if (slashes > 0) {
    for (const argument of normal) {
      const pair = splitPair(argument);
      if (pair instanceof CliError) return { ...result, problem: pair };
      if (pair) result.pairs.push(pair);
    }
    return result;
  }
  const [types, ...names] = normal;
  if (types !== undefined) result.types = splitTypes(types);
  result.names = names;
  return result;
}

/** `type/name`, undefined where there is no slash, an error for what is malformed. */
export function splitPair(argument: string): { type: string; name: string } | CliError | undefined {
  if (!argument.includes('/')) return undefined;
  const parts = argument.split('/');
  if (parts.length !== 2) return new CliError('arguments in resource/name form may not have more than one slash');
  const [type = '', name = ''] = parts;
  if (type === '' || name === '' || splitTypes(type).length !== 1) {
    return new CliError('arguments in resource/name form must have a single resource and name');
  }
  return { type, name };
}

/** `a,b,a` → a and b. */
function splitTypes(argument: string): string[] {
  return [...new Set(argument.split(','))];
}

/** `a,b x y` → `a/x a/y b/x b/y`. */
function spreadTypes(args: readonly string[]): string[] {
  const [first = '', ...names] = args;
  const types = args.length >= 2 ? splitTypes(first) : [];
  if (types.length <= 1) return [...args];
  return types.flatMap((type) => names.map((name) => `${type}/${name}`));
}
