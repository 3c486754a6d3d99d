import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Plugin } from 'vite';

/** JSON Schema, as much of it as describes Kubernetes objects. */
interface Schema {
  [keyword: string]: unknown;
}

const PACKAGES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const MODELS = join(PACKAGES, 'kubernetes-models');
const MODULE = 'virtual:kubernetes-schema';

/** The kinds that the editor completes: what the cluster serves and what a learner may meet beside it. */
const KINDS: Record<string, string[]> = {
  v1: [
    'ConfigMap',
    'Namespace',
    'Node',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  'apps/v1': ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'batch/v1': ['CronJob', 'Job'],
  'policy/v1': ['PodDisruptionBudget'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'networking.k8s.io/v1': ['NetworkPolicy'],
  'scheduling.k8s.io/v1': ['PriorityClass'],
  'storage.k8s.io/v1': ['StorageClass'],
};

/** What stands in a manifest as text or number, with a meaning that its TypeScript type does not tell. */
const SCALARS: Record<string, Schema> = {
  Quantity: {
    anyOf: [
      { type: 'string', pattern: '^[+-]?([0-9]+|[0-9]+\\.[0-9]*|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$' },
      { type: 'number' },
    ],
  },
  IntOrString: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
};

/** Reads the declarations of kubernetes-models and makes one JSON Schema of them, field documentation included. */
export function makeSchema(): Schema {
  const reader = new DeclarationReader();
  const kinds = Object.entries(KINDS).flatMap(([version, names]) =>
    names.map((name) => reader.reference(join(MODELS, version, `${name}.d.ts`), `I${name}`)),
  );
  return { $schema: 'http://json-schema.org/draft-07/schema#', oneOf: kinds, definitions: reader.finish() };
}

/** Follows type names from file to file; every interface becomes a definition once. */
class DeclarationReader {
  readonly #definitions: Record<string, Schema> = {};
  readonly #files = new Map<string, ts.SourceFile>();

  finish(): Record<string, Schema> {
    return this.#definitions;
  }

  /** The schema of a named type of a file: a reference, or what a scalar stands for. */
  reference(path: string, name: string): Schema {
    const file = this.#file(path);
    const local = localName(file, name);
    const scalar = SCALARS[local.slice(1)];
    if (scalar) return scalar;
    const declared = file.statements.find(
      (one): one is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
        (ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one)) && one.name.text === local,
    );
    if (!declared) return {};
    if (ts.isTypeAliasDeclaration(declared)) return this.#type(declared.type, path);
    const key = definitionName(path);
    if (!this.#definitions[key]) {
      this.#definitions[key] = {};
      this.#definitions[key] = this.#object(declared, path);
    }
    return { $ref: `#/definitions/${key}` };
  }

  #file(path: string): ts.SourceFile {
    let file = this.#files.get(path);
    if (!file) {
      file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
      this.#files.set(path, file);
    }
    return file;
  }

  #object(declared: ts.InterfaceDeclaration, path: string): Schema {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const member of declared.members) {
      if (!ts.isPropertySignature(member) || !member.type || !ts.isStringLiteral(member.name)) continue;
      const name = member.name.text;
      if (name === 'status' && properties['kind']) continue;
      properties[name] = withText(this.#type(member.type, path), documentation(member));
      if (!member.questionToken) required.push(name);
    }
    return {
      ...withText({ type: 'object' }, documentation(declared)),
      properties,
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
    };
  }

  #type(node: ts.TypeNode, path: string): Schema {
    if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal))
      return { type: 'string', enum: [node.literal.text] };
    if (ts.isUnionTypeNode(node)) return this.#union(node, path);
    if (ts.isTypeLiteralNode(node)) return this.#map(node, path);
    if (ts.isArrayTypeNode(node)) return { type: 'array', items: this.#type(node.elementType, path) };
    if (node.kind === ts.SyntaxKind.StringKeyword) return { type: 'string' };
    if (node.kind === ts.SyntaxKind.NumberKeyword) return { type: 'number' };
    if (node.kind === ts.SyntaxKind.BooleanKeyword) return { type: 'boolean' };
    if (!ts.isTypeReferenceNode(node) || !ts.isIdentifier(node.typeName)) return {};
    const [argument] = node.typeArguments ?? [];
    if (node.typeName.text === 'Array' && argument) return { type: 'array', items: this.#type(argument, path) };
    const imported = importedFrom(this.#file(path), node.typeName.text, path);
    return this.reference(imported ?? path, node.typeName.text);
  }

  #union(node: ts.UnionTypeNode, path: string): Schema {
    const parts = node.types.map((one) => this.#type(one, path));
    const words = parts.flatMap((part) => (Array.isArray(part['enum']) ? (part['enum'] as string[]) : []));
    return words.length === parts.length ? { type: 'string', enum: words } : { anyOf: parts };
  }

  #map(node: ts.TypeLiteralNode, path: string): Schema {
    const index = node.members.find(ts.isIndexSignatureDeclaration);
    return { type: 'object', ...(index ? { additionalProperties: this.#type(index.type, path) } : {}) };
  }
}

/** `IDeployment` for `IIoK8sApiAppsV1Deployment`: the name by which the declaring file itself knows a type. */
function localName(file: ts.SourceFile, exported: string): string {
  for (const statement of file.statements) {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !ts.isNamedExports(statement.exportClause))
      continue;
    const found = statement.exportClause.elements.find((element) => element.name.text === exported);
    if (found) return found.propertyName?.text ?? exported;
  }
  return exported;
}

function importedFrom(file: ts.SourceFile, name: string, path: string): string | undefined {
  for (const statement of file.statements) {
    const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
    if (!bindings || !ts.isNamedImports(bindings) || !ts.isImportDeclaration(statement)) continue;
    if (!bindings.elements.some((element) => element.name.text === name)) continue;
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    const stem = from.startsWith('.') ? join(dirname(path), from) : join(PACKAGES, from);
    return `${stem.replace(/\.js$/, '')}.d.ts`;
  }
  return undefined;
}

/** `apps.v1.DeploymentSpec` for `…/kubernetes-models/apps/v1/DeploymentSpec.d.ts`. */
function definitionName(path: string): string {
  const inside = path.slice(PACKAGES.length).replace(/^(@kubernetes-models|kubernetes-models)\//, '');
  return inside.replace(/\.d\.ts$/, '').replaceAll('/', '.');
}

function documentation(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .map((comment) => (ts.isJSDoc(comment) ? (ts.getTextOfJSDocComment(comment.comment) ?? '') : ''))
    .join('\n')
    .trim();
}

function withText(schema: Schema, text: string): Schema {
  if (text === '') return schema;
  /* A reference with siblings is ignored by draft 7, so it is wrapped. */
  return '$ref' in schema ? { allOf: [schema], description: text } : { ...schema, description: text };
}

/** Serves the schema as the module `virtual:kubernetes-schema`, made once when somebody first asks for it. */
export function kubernetesSchema(): Plugin {
  let code: string | undefined;
  return {
    name: 'kubernetes-schema',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      code ??= `export default JSON.parse(${JSON.stringify(JSON.stringify(makeSchema()))});`;
      return { code, map: null };
    },
  };
}
