import { GENERATE_FLAGS, intOrText, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { array, text } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import { setOwn } from '../../format/json';
import type { Session } from '../../session';

export const createIngressCommand: Command = {
  name: 'ingress',
  usage: 'ingress NAME --rule=host/path=service:port[,tls[=secret]] ',
  short: 'Create an ingress with the specified name',
  aliases: ['ing'],
  examples: `  kubectl create ingress models --rule='models.example.com/*=model-server:80'`,
  flags: [
    ...GENERATE_FLAGS,
    text('class', 'The Ingress class.'),
    array('rule', 'HOST/PATH=SERVICE:PORT[,tls[=SECRET]]; a path that ends with * is a prefix.'),
    text('default-backend', 'SERVICE:PORT for everything else.'),
    array('annotation', 'KEY=VALUE.'),
  ],
  run: createIngress,
};

const RULE = /^[\w*\-.]*\/.*=[\w-]+:[\w-]+(,tls=?([\w-]+)?)?/;

async function createIngress(session: Session): Promise<void> {
  const { flags } = session;
  const { name } = nameAndCommand(session);
  const rules = flags.list('rule');
  const backend = flags.text('default-backend');
  const annotations = flags.list('annotation');
  check(rules, backend, annotations);
  const written: JsonObject = {};
  for (const annotation of annotations)
    setOwn(written, annotation.slice(0, annotation.indexOf('=')), annotation.slice(annotation.indexOf('=') + 1));
  const tls = tlsOf(rules);
  const ruled = rulesOf(rules);
  const ingress: JsonObject = {
    kind: 'Ingress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: { name, ...(annotations.length > 0 ? { annotations: written } : {}) },
    spec: {
      ...(flags.text('class') ? { ingressClassName: flags.text('class') } : {}),
      ...(backend ? { defaultBackend: backendOf(backend) } : {}),
      ...(tls.length > 0 ? { tls } : {}),
      ...(ruled.length > 0 ? { rules: ruled } : {}),
    },
  };
  await makeGenerated(session, ingress, 'failed to create ingress:');
}

function check(rules: readonly string[], backend: string, annotations: readonly string[]): void {
  if (backend === '' && rules.length === 0) {
    throw new CliError(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    );
  }
  const wrong = rules.find((rule) => !RULE.test(rule));
  if (wrong !== undefined)
    throw new CliError(`rule ${wrong} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const odd = annotations.find((annotation) => !annotation.includes('='));
  if (odd !== undefined) throw new CliError(`annotation ${odd} is invalid and should be in format key=[value]`);
  if (backend !== '' && backend.split(':').length !== 2)
    throw new CliError('default-backend should be in format servicename:serviceport');
}

const hostOf = (rule: string): string => rule.split('/')[0] ?? '';

function tlsOf(rules: readonly string[]): JsonObject[] {
  const bySecret = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const rule of rules) {
    const parts = rule.split(',');
    const host = hostOf(rule);
    if (parts.length !== 2 || seen.has(host)) continue;
    seen.add(host);
    const secret = parts[1]?.split('=')[1] ?? '';
    if (host === '' && secret === '') continue;
    bySecret.set(secret, [...(bySecret.get(secret) ?? []), ...(host ? [host] : [])]);
  }
  return [...bySecret].map(([secret, hosts]) => ({
    ...(hosts.length > 0 ? { hosts } : {}),
    ...(secret ? { secretName: secret } : {}),
  }));
}

function rulesOf(rules: readonly string[]): JsonObject[] {
  const byHost = new Map<string, JsonObject[]>();
  for (const rule of rules) {
    const plain = rule.split(',')[0] ?? '';
    const host = hostOf(plain);
    byHost.set(host, [...(byHost.get(host) ?? []), pathOf(plain.slice(host.length + 1))]);
  }
  return [...byHost].map(([host, paths]) => ({ ...(host ? { host } : {}), http: { paths } }));
}

function pathOf(text: string): JsonObject {
  const [path = '', service = ''] = text.split('=');
  const isPrefix = path.endsWith('*');
  return {
    path: `/${isPrefix ? path.slice(0, -1) : path}`,
    pathType: isPrefix ? 'Prefix' : 'Exact',
    backend: backendOf(service),
  };
}

function backendOf(text: string): JsonObject {
  const [name = '', given = ''] = text.split(':');
  const port = intOrText(given);
  return { service: { name, port: typeof port === 'number' ? { number: port } : { name: port } } };
}
