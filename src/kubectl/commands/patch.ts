import type { Json } from '../../api/objects';
import { JsonPatchFailure, applyJsonPatch } from '../../api/patch/json-patch';
import { applyMergePatch } from '../../api/patch/merge';
import { applyStrategicPatch } from '../../api/patch/strategic';
import { typeNameOfKind } from '../../api/schema/tables';
import type { Info } from '../cluster/info';
import { apiVersionOf } from '../cluster/info';
import { manifestOptions } from '../cluster/manifest-sources';
import { select } from '../cluster/select';
import type { PatchType } from '../cluster/writes';
import { PATCH_CONTENT, patchObject } from '../cluster/writes';
import type { Command } from '../command';
import { CliError, ServerError, asError } from '../errors';
import { bool, text } from '../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS, RECORD_FLAG, SUBRESOURCE_FLAG, fieldManagerFlag } from '../flags/standard';
import { goQuote } from '../format/go-text';
import { copyJson, equalJson, isObject } from '../format/json';
import { parseGoJson } from '../manifest/go-json-reader';
import { yamlToJson } from '../manifest/yaml';
import { PRINT_FLAGS, printerFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';

export const patchCommand: Command = {
  name: 'patch',
  completes: 'resources',
  usage: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  short: 'Update fields of a resource',
  long: 'Changes fields of an object. The patch is JSON or YAML: strategic (the default), merge, or a list of JSON patch operations.',
  examples: `  kubectl patch deployment model-server -p '{"spec":{"replicas":2}}'

  kubectl patch pod debug --type=json -p '[{"op":"replace","path":"/spec/containers/0/image","value":"busybox:1.37"}]'`,
  flags: [
    RECORD_FLAG,
    ...PRINT_FLAGS,
    text('patch', 'The patch.', { short: 'p' }),
    text('patch-file', 'File with the patch.'),
    text('type', 'One of [json merge strategic].', { default: 'strategic', values: ['json', 'merge', 'strategic'] }),
    DRY_RUN_FLAG,
    ...FILENAME_FLAGS,
    bool('local', 'Work on the files only, without the cluster.'),
    fieldManagerFlag('kubectl-patch'),
    SUBRESOURCE_FLAG,
  ],
  run: patch,
};

async function patch(session: Session): Promise<void> {
  const { flags, args } = session;
  const dryRun = session.dryRun();
  const type = patchType(session);
  const body = readPatch(session);
  const local = flags.bool('local');
  const selection = await select(session, {
    ...manifestOptions(session),
    subresource: flags.text('subresource'),
    continueOnError: true,
    flatten: true,
    ...(local ? {} : { args }),
  });
  let count = 0;
  await selection.visit(async (info) => {
    count++;
    const pretend = local || dryRun === 'client';
    const patched = pretend ? patchHere(info, type, body) : await patchThere(session, info, type, body);
    const operation = equalJson(info.object ?? {}, patched) ? 'patched (no change)' : 'patched';
    printerFor(flags, session.io, withDryRun(operation, dryRun)).print(isObject(patched) ? patched : {}, session.out);
  });
  if (count === 0) throw new CliError('no objects passed to patch');
}

function patchType(session: Session): PatchType {
  const { flags, args } = session;
  if (flags.text('patch') !== '' && flags.text('patch-file') !== '')
    throw new CliError('cannot specify --patch and --patch-file together');
  if (flags.text('patch') === '' && flags.text('patch-file') === '') {
    throw new CliError('must specify --patch or --patch-file containing the contents of the patch');
  }
  if (flags.bool('local') && args.length > 0) throw new CliError('cannot specify --local and server resources');
  if (flags.bool('local') && session.dryRun() === 'server') {
    throw new CliError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  }
  const type = flags.text('type').toLowerCase() || 'strategic';
  if (type === 'json' || type === 'merge' || type === 'strategic') return type;
  throw new CliError(`--type must be one of [json merge strategic], not ${goQuote(flags.text('type'))}`);
}

/** The patch as the server gets it: JSON as it stands, YAML as JSON. */
function readPatch({ flags, io }: Session): Json {
  const file = flags.text('patch-file');
  const given = flags.text('patch');
  const source = file === '' ? given : io.readFile(file);
  if (source === undefined) throw new CliError(`unable to read patch file: open ${file}: no such file or directory`);
  if (source.trimStart().startsWith('{')) return source;
  try {
    return yamlToJson(source);
  } catch (thrown) {
    throw new CliError(`unable to parse ${goQuote(given)}: ${asError(thrown).message}`);
  }
}

async function patchThere(session: Session, info: Info, type: PatchType, body: Json): Promise<Json> {
  const options = { fieldManager: session.flags.text('field-manager'), dryRun: session.dryRun() };
  try {
    return await patchObject(
      session.rest,
      { ...info, subresource: session.flags.text('subresource') },
      type,
      body,
      options,
    );
  } catch (thrown) {
    if (!(thrown instanceof ServerError) || thrown.reason !== 'UnsupportedMediaType') throw thrown;
    const { group, version, kind } = info.mapping;
    throw new CliError(
      `${PATCH_CONTENT[type]} is not supported by ${group}/${version}, Kind=${kind}: ${thrown.message}`,
    );
  }
}

function patchHere(info: Info, type: PatchType, body: Json): Json {
  const changes = typeof body === 'string' ? parseGoJson(body) : body;
  const original = copyJson(info.object ?? {});
  if (type === 'merge') return applyMergePatch(original, changes);
  if (type === 'json') {
    try {
      return applyJsonPatch(original, Array.isArray(changes) ? changes : []);
    } catch (thrown) {
      throw thrown instanceof JsonPatchFailure ? new CliError(thrown.message) : thrown;
    }
  }
  const { group, version, kind } = info.mapping;
  const typeName = typeNameOfKind(apiVersionOf(info), kind);
  if (typeName === undefined) {
    throw new CliError(
      `strategic merge patch is not supported for ${group}/${version}, Kind=${kind} locally, try --type merge`,
    );
  }
  return applyStrategicPatch(original, changes, typeName);
}
