import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** The rules of the sources' structure: who may import whom, how long things may be, what the kernel must not know. */

const SRC = dirname(fileURLToPath(import.meta.url));
const FILE_LIMIT = 500;
const FUNCTION_LIMIT = 70;

const HOST = ['kernel', 'training', 'protocol', 'api', 'base'];
const FOLDERS: Record<string, readonly string[]> = {
  base: [],
  api: ['base'],
  kernel: ['api', 'base'],
  kubectl: ['api', 'base'],
  lesson: ['api', 'base'],
  training: ['api', 'base'],
  protocol: ['api', 'base'],
  scene: ['protocol', 'api', 'base'],
  host: HOST,
  worker: ['host', ...HOST],
  bridge: ['host', ...HOST],
  cli: ['bridge', 'worker', 'host', 'scene', 'protocol', 'training', 'lesson', 'kubectl', 'kernel', 'api', 'base'],
  ui: ['host', 'scene', 'protocol', 'training', 'lesson', 'kubectl', 'api', 'base'],
  embed: ['ui', 'protocol', 'api', 'base'],
};

const KERNEL_LOW = ['machinery', 'apiserver', 'store', 'time'];
const KERNEL: Record<string, readonly string[]> = {
  time: [],
  store: ['time'],
  apiserver: ['store', 'time'],
  machinery: ['apiserver', 'store', 'time'],
  images: KERNEL_LOW,
  scheduler: ['images', ...KERNEL_LOW],
  controllers: ['images', ...KERNEL_LOW],
  kubelet: ['images', ...KERNEL_LOW],
  network: ['images', ...KERNEL_LOW],
  storage: ['images', ...KERNEL_LOW],
  /* It runs the scheduler's own filters, which it takes in as a library, as upstream does. */
  autoscaler: ['scheduler', 'images', ...KERNEL_LOW],
};

interface Source {
  path: string;
  text: string;
  lines: number;
  tree: ts.SourceFile;
  imports: { to: string; typeOnly: boolean }[];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Files that the build names. */
const CONFIGURED = [
  ...readFileSync(join(SRC, '../vite.config.ts'), 'utf8').matchAll(/\.\/src\/([\w./-]+)\.[tj]s/g),
].map((match) => `${match[1]}.ts`);

const paths = filesBelow(SRC).filter((path) => /\.(ts|svelte)$/.test(path));
const known = new Set(paths);

function scriptOf(path: string, text: string): string {
  if (!path.endsWith('.svelte')) return text;
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n');
}

function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = normalize(join(dirname(from), specifier.replace(/\?.*$/, '')));
  return [target, `${target}.ts`, `${target}.svelte.ts`, join(target, 'index.ts')].find((path) => known.has(path));
}

/** `markup` is a component's text: it may import in its template. */
function importsOf(path: string, tree: ts.SourceFile, markup: string): Source['imports'] {
  const imports: Source['imports'] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    const to = resolveImport(path, specifier);
    if (to) imports.push({ to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const typeOnly = ts.isImportDeclaration(node) ? (node.importClause?.isTypeOnly ?? false) : node.isTypeOnly;
      add((node.moduleSpecifier as ts.StringLiteral).text, typeOnly);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteral(specifier)) add(specifier.text, false);
    } else if (ts.isNewExpression(node) && node.expression.getText(tree) === 'URL') {
      const [specifier] = node.arguments ?? [];
      if (specifier && ts.isStringLiteral(specifier)) add(specifier.text, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  for (const match of markup.matchAll(/\bimport\('([^']+)'\)/g)) add(match[1]!, false);
  return imports;
}

const sources: Source[] = paths.map((path) => {
  const text = readFileSync(path, 'utf8');
  const tree = ts.createSourceFile(path, scriptOf(path, text), ts.ScriptTarget.Latest, true);
  return {
    path,
    text,
    lines: text.split('\n').length - 1,
    tree,
    imports: importsOf(path, tree, path.endsWith('.svelte') ? text : ''),
  };
});

const name = (path: string): string => relative(SRC, path).replaceAll('\\', '/');
const isTest = (path: string): boolean => /\.test\.ts$|\.rig\.ts$|\.long\.ts$/.test(path);
const product = sources.filter((source) => !isTest(source.path));
const folderOf = (path: string): string => name(path).split('/')[0]!;
const inKernel = (path: string): boolean => folderOf(path) === 'kernel';

/** The line count of a function from its first to its last line, without its own documentation. */
function longFunctions(source: Source): string[] {
  const long: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const first = source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line;
      const last = source.tree.getLineAndCharacterOfPosition(node.end).line;
      if (last - first + 1 > FUNCTION_LIMIT)
        long.push(`${name(source.path)}:${first + 1} has ${last - first + 1} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return long;
}

describe('folders', () => {
  it('are those of the architecture', () => {
    const found = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(found.map((entry) => entry.name).filter((folder) => !(folder in FOLDERS))).toEqual([]);
  });

  it('import only towards the base', () => {
    const wrong = product.flatMap((source) =>
      source.imports
        .filter(({ to }) => {
          const [from, target] = [folderOf(source.path), folderOf(to)];
          if (from === target || !(from in FOLDERS)) return false;
          const makesWorker = from === 'ui' && target === 'worker' && /\.worker\.ts$/.test(to);
          return !makesWorker && !FOLDERS[from]!.includes(target);
        })
        .map(({ to }) => `${name(source.path)} imports ${name(to)}`),
    );
    expect(wrong).toEqual([]);
  });

  it('of the kernel import only towards the store, and parts never one another', () => {
    const partOf = (path: string): string => name(path).split('/')[1]!;
    const wrong = product
      .filter((source) => inKernel(source.path) && partOf(source.path) in KERNEL)
      .flatMap((source) =>
        source.imports
          .filter(({ to }) => inKernel(to) && partOf(to) !== partOf(source.path))
          .filter(({ to }) => !KERNEL[partOf(source.path)]!.includes(partOf(to)))
          .map(({ to }) => `${name(source.path)} imports ${name(to)}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe('files', () => {
  it('have no import cycles', () => {
    const byPath = new Map(product.map((source) => [source.path, source]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (path: string, trail: string[]): void => {
      if (trail.includes(path))
        return void cycles.push([...trail.slice(trail.indexOf(path)), path].map(name).join(' > '));
      if (done.has(path)) return;
      for (const { to, typeOnly } of byPath.get(path)?.imports ?? []) if (!typeOnly) walk(to, [...trail, path]);
      done.add(path);
    };
    for (const source of product) walk(source.path, []);
    expect(cycles).toEqual([]);
  });

  it('are at most 500 lines, their functions at most 70', () => {
    const longFiles = sources
      .filter((source) => source.lines > FILE_LIMIT)
      .map((source) => `${name(source.path)} has ${source.lines} lines`);
    expect(longFiles).toEqual([]);
    expect(product.flatMap(longFunctions)).toEqual([]);
  });

  it('are all reached from an entry', () => {
    const isEntry = (path: string): boolean =>
      /^(cli\/[^/]+|ui\/main|kernel\/invariants|embed\/[^/]+|worker\/[^/]+\.worker)\.ts$/.test(name(path));
    const reached = new Set<string>();
    const walk = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { to } of product.find((source) => source.path === path)?.imports ?? []) walk(to);
    };
    for (const source of product) if (isEntry(source.path) || CONFIGURED.includes(name(source.path))) walk(source.path);
    expect(
      product
        .map((source) => source.path)
        .filter((path) => !reached.has(path) && !path.endsWith('.d.ts'))
        .map(name),
    ).toEqual([]);
  });

  it('never say any, nor names that mean nothing', () => {
    const anys: string[] = [];
    for (const source of sources) {
      const visit = (node: ts.Node): void => {
        if (node.kind === ts.SyntaxKind.AnyKeyword) anys.push(name(source.path));
        ts.forEachChild(node, visit);
      };
      visit(source.tree);
    }
    expect(anys).toEqual([]);
    expect(
      paths.map(name).filter((path) => /(^|[/-])(utils?|helpers?|manager|misc|common)([./-]|$)/i.test(path)),
    ).toEqual([]);
  });

  it('name no machine, no registry and nobody else', () => {
    const told = /\/work\/|registry\.npmjs|\/home\/[a-z]|mock-?up/;
    expect(product.filter((source) => told.test(source.text)).map((source) => name(source.path))).toEqual([]);
  });
});

describe('the kernel', () => {
  const FORBIDDEN = [
    /\bMath\.random\b/,
    /\bDate\.now\b/,
    /\bnew Date\(\s*\)/,
    /\bperformance\b/,
    /\bsetTimeout\b|\bsetInterval\b|\bqueueMicrotask\b/,
    /\bPromise\b|\basync\b|\bawait\b/,
    /\bdocument\.[a-z]*(query|create|body|Element)|\bwindow\.|\bself\.|\bnavigator\b|\bfetch\(/,
    /from 'xstate'/,
  ];

  it('knows no promise, wall clock, chance or page', () => {
    const allowed = new Set(['kernel/apiserver/in-process.ts']);
    const wrong = product
      .filter(
        (source) => (inKernel(source.path) || folderOf(source.path) === 'base') && !allowed.has(name(source.path)),
      )
      .flatMap((source) => {
        const code = source.text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '').replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
        return FORBIDDEN.filter((pattern) => pattern.test(pattern.source.includes('xstate') ? source.text : code)).map(
          (pattern) => `${name(source.path)}: ${pattern.source}`,
        );
      });
    expect(wrong).toEqual([]);
  });
});
